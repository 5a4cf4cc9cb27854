# SPDX-License-Identifier: Apache-2.0
"""Seals what a touch gave, and opens it again where the finger's enrollment is completed."""

from __future__ import annotations

from uuid import UUID

from app.domain.capture_events import CapturedImpression
from app.domain.enrollment import Verdict, finger_is_complete
from app.domain.fingerprints import Finger
from app.domain.operations_visits import DeviceSeen, FinishedFinger, RecordImpression
from app.domain.policy import Policy
from app.domain.visits import FingerTask, Visit
from app.security.sealed import SealContext
from app.services.subject_keys import SubjectKeys
from app.services.writer import Writer
from app.storage.visits import StoredTemplate, visit_templates


class ImpressionVault:
    """Templates and images on their way into, and out of, sealed columns."""

    def __init__(self, writer: Writer, keys: SubjectKeys) -> None:
        self._writer = writer
        self._keys = keys

    def sealed(
        self, visit: Visit, finger: Finger, taken: CapturedImpression, policy: Policy
    ) -> RecordImpression:
        """The payload that records a touch; of a refused one only quality and reasons are kept."""
        task = visit.task(finger) or FingerTask(finger)
        impression_uid = self._writer.new_id()
        enrollment_uid = task.session_uid or self._writer.new_id()
        kept = taken.verdict is not Verdict.REFUSED
        key = self._keys.of(visit.student.uid)

        def seal(column: str, data: bytes | None) -> str | None:
            if data is None or not kept:
                return None
            return key.seal(data, SealContext("impressions", column, impression_uid, visit.student.uid))

        header = f"P5 {taken.width_px} {taken.height_px} 255\n".encode("ascii")
        return RecordImpression(
            visit_uid=visit.uid,
            student_uid=visit.student.uid,
            enrollment_uid=enrollment_uid,
            enrollment_session_id=f"finger_{enrollment_uid.hex}",
            impression_uid=impression_uid,
            finger=finger,
            attempt_number=len(task.impressions) + 1,
            quality=taken.reading.quality,
            accepted=taken.verdict in (Verdict.GOOD, Verdict.FAIR),
            reasons=taken.reading.reasons,
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
            image_data=seal("image_data", header + taken.pixels if policy.keep_images else None),
        )

    def templates(self, visit: Visit) -> tuple[tuple[StoredTemplate, bytes], ...]:
        """Every kept template of the visit with its bytes in the clear, in memory only."""
        with self._writer.store.reading() as session:
            rows = visit_templates(session, visit.uid)
        return tuple((row, self._open(visit, row)) for row in rows)

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
