# SPDX-License-Identifier: Apache-2.0
"""Seals what a touch gave, and opens it again where the finger's enrollment is completed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from app.domain.capture import Frame, Polarity
from app.domain.capture_events import CapturedImpression
from app.domain.enrollment import Verdict, finger_is_complete
from app.domain.errors import SetupError
from app.domain.finger_checks import Finding
from app.domain.fingerprints import Finger
from app.domain.operations_visits import DeviceSeen, FinishedFinger, RecordImpression
from app.domain.policy import Policy
from app.domain.visits import FingerTask, Visit
from app.security.sealed import SealContext
from app.services.subject_keys import SubjectKeys
from app.services.writer import Writer
from app.storage.templates import SealedTemplate, enrolled_fingers, templates_of
from app.storage.visits import StoredTemplate, visit_templates

NOTHING_FOUND = Finding()

#: A kept image is a PGM file (Netpbm, "pgm") whose comment says what the picture does not.
_PGM = re.compile(rb"P5\n# (\d{2,4}) dpi (\w+)\n(\d{1,5}) (\d{1,5}) 255\n")


class ImpressionVault:
    """Templates and images on their way into, and out of, sealed columns."""

    def __init__(self, writer: Writer, keys: SubjectKeys) -> None:
        self._writer = writer
        self._keys = keys

    def sealed(
        self,
        visit: Visit,
        finger: Finger,
        taken: CapturedImpression,
        policy: Policy,
        finding: Finding = NOTHING_FOUND,
    ) -> RecordImpression:
        """The payload that records a touch; of a refused one only quality and reasons are kept.

        Args:
            finding: what comparing the touch with other touches found.
        """
        task = visit.task(finger) or FingerTask(finger)
        impression_uid = self._writer.new_id()
        enrollment_uid = task.session_uid or self._writer.new_id()
        kept = taken.verdict is not Verdict.REFUSED
        key = self._keys.of(visit.student.uid)

        def seal(column: str, data: bytes | None) -> str | None:
            if data is None or not kept:
                return None
            return key.seal(data, SealContext("impressions", column, impression_uid, visit.student.uid))

        return RecordImpression(
            visit_uid=visit.uid,
            student_uid=visit.student.uid,
            enrollment_uid=enrollment_uid,
            enrollment_session_id=f"finger_{enrollment_uid.hex}",
            impression_uid=impression_uid,
            finger=finger,
            attempt_number=len(task.impressions) + 1,
            quality=taken.reading.quality,
            accepted=taken.verdict in (Verdict.GOOD, Verdict.FAIR) and finding.reason is None,
            reasons=taken.reading.reasons if finding.reason is None else (finding.reason,),
            seconds=round(taken.seconds, 3),
            wire_seconds=round(taken.wire_seconds, 3),
            device=DeviceSeen(
                device_uid=self._writer.new_id(),
                serial=taken.device.serial,
                vendor=taken.device.vendor,
                model=taken.device.model,
                driver=taken.device.driver,
            ),
            template_data=seal("template_data", taken.template),
            template_format=taken.template_format if kept and taken.template else None,
            image_data=seal("image_data", kept_image(taken) if policy.keep_images else None),
            match_rate=finding.match_rate,
            other_finger=finding.other_finger,
        )

    def templates(self, visit: Visit) -> tuple[tuple[StoredTemplate, bytes], ...]:
        """Every kept template of the visit with its bytes in the clear, in memory only."""
        with self._writer.store.reading() as session:
            rows = visit_templates(session, visit.uid)
        return tuple((row, self._open(visit, row)) for row in rows)

    def enrolled(self, student_uid: UUID) -> dict[Finger, tuple[bytes, ...]]:
        """The templates of the fingers that a student has enrolled, in memory only."""
        with self._writer.store.reading() as session:
            fingers = enrolled_fingers(session, student_uid)
            tokens = templates_of(session, [finger.session_uid for finger in fingers])
        return {
            finger.finger: self.opened(student_uid, tokens.get(finger.session_uid, ())) for finger in fingers
        }

    def opened(self, student_uid: UUID, sealed: Sequence[SealedTemplate]) -> tuple[bytes, ...]:
        """Templates of one student in the clear; those that do not open (any more) are left out."""
        try:
            key = self._keys.of(student_uid)
        except SetupError:
            return ()
        found = []
        for template in sealed:
            context = SealContext(template.table, "template_data", template.row_uid, student_uid)
            try:
                found.append(key.open(template.token, context))
            except SetupError:
                continue
        return tuple(found)

    def finished(self, visit: Visit, policy: Policy) -> tuple[FinishedFinger, ...]:
        """What completes each captured finger: its best counted template, sealed for its session."""
        with self._writer.store.reading() as session:
            rows = {row.impression_uid: row for row in visit_templates(session, visit.uid)}
        finished = []
        for task in visit.fingers:
            if task.skip is not None or task.session_uid is None or not finger_is_complete(task, policy):
                continue
            best = max(task.accepted, key=lambda impression: impression.quality)
            row = rows.get(best.uid)
            finished.append(
                FinishedFinger(
                    enrollment_uid=task.session_uid,
                    quality=best.quality,
                    template_data=None if row is None else self._resealed(visit, row, task.session_uid),
                    template_format=None if row is None else row.template_format,
                )
            )
        return tuple(finished)

    def _open(self, visit: Visit, row: StoredTemplate) -> bytes:
        context = SealContext("impressions", "template_data", row.impression_uid, visit.student.uid)
        return self._keys.of(visit.student.uid).open(row.token, context)

    def _resealed(self, visit: Visit, row: StoredTemplate, session_uid: UUID) -> str:
        context = SealContext("enrollment_sessions", "template_data", session_uid, visit.student.uid)
        return self._keys.of(visit.student.uid).seal(self._open(visit, row), context)


def kept_image(taken: CapturedImpression) -> bytes:
    """A touch's picture as it is kept where policy wants that."""
    device = taken.device
    header = f"P5\n# {device.dpi} dpi {device.polarity.value}\n{taken.width_px} {taken.height_px} 255\n"
    return header.encode("ascii") + taken.pixels


def kept_frame(image: bytes) -> Frame | None:
    """The picture that ``kept_image`` made, as a whole frame; None where it is something else."""
    header = _PGM.match(image)
    if header is None or header[2].decode() not in {polarity.value for polarity in Polarity}:
        return None
    width_px, height_px, pixels = int(header[3]), int(header[4]), image[header.end() :]
    if width_px * height_px != len(pixels):
        return None
    return Frame(
        width_px=width_px,
        height_px=height_px,
        dpi=int(header[1]),
        bits=8,
        polarity=Polarity(header[2].decode()),
        pixels=pixels,
        started_at_s=0.0,
        finished_at_s=0.0,
        wire_s=0.0,
    )
