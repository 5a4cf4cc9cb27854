# SPDX-License-Identifier: Apache-2.0
"""Makes templates anew with the present engine, where policy kept the images, and says what cannot be."""

from __future__ import annotations

from dataclasses import dataclass

from app.biometrics.fingerprint.background import Background
from app.domain.capture import Frame
from app.domain.errors import SetupError
from app.domain.operations_fingerprints import RebuildTemplate
from app.security.sealed import SealContext
from app.services.calibration import CalibrationService
from app.services.fingerprint_templates import FORMAT_NAME, extracted
from app.services.impressions import kept_frame
from app.services.subject_keys import KeysOfSubject, SubjectKeys
from app.services.writer import Writer
from app.storage.templates import KeptImpression, kept_impressions


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """Counts of impressions.

    Attributes:
        template_format: that they are brought to.
        total: with a template.
        current: of that format already.
        rebuilt: made anew (or, in a trial, that would be).
        without_image: of another format, and no image was kept: capture the finger again to renew it.
        unreadable: the image does not open or shows nothing; the old template stays.
        formats: how many impressions of which format there were before.
    """

    template_format: str
    total: int
    current: int
    rebuilt: int
    without_image: int
    unreadable: int
    formats: dict[str, int]


class FingerRebuildService:
    """Goes over all kept impressions. For the command line: blocking, and slow with many images.

    Args:
        calibration: of the station's readers, whose frame and dirt are left out again.
    """

    def __init__(
        self, writer: Writer, keys: SubjectKeys, calibration: CalibrationService | None = None
    ) -> None:
        self._writer = writer
        self._keys = keys
        self._calibration = calibration

    def rebuild(self, *, everything: bool = False, commit: bool = True) -> RebuildReport:
        """Make templates of an older format anew.

        Args:
            everything: those of the present format as well.
            commit: False only counts.
        """
        with self._writer.store.reading() as session:
            kept = tuple(kept_impressions(session))
        formats: dict[str, int] = {}
        current = rebuilt = without_image = unreadable = 0
        for impression in kept:
            formats[impression.template_format] = formats.get(impression.template_format, 0) + 1
            if impression.template_format == FORMAT_NAME and not everything:
                current += 1
            elif impression.image_token is None:
                without_image += 1
            elif self._rebuilt(impression, impression.image_token, commit=commit):
                rebuilt += 1
            else:
                unreadable += 1
        return RebuildReport(
            FORMAT_NAME, len(kept), current, rebuilt, without_image, unreadable, dict(sorted(formats.items()))
        )

    def _rebuilt(self, impression: KeptImpression, token: str, *, commit: bool) -> bool:
        place = SealContext("impressions", "image_data", impression.uid, impression.student_uid)
        try:
            key = self._keys.of(impression.student_uid)
            image = key.open(token, place)
        except SetupError:
            return False
        frame = kept_frame(image)
        made = None if frame is None else extracted(frame, self._background(impression, frame))
        if made is None:
            return False
        if commit:
            self._writer.write(impression.student_uid, self._payload(impression, key, made.template))
        return True

    def _background(self, impression: KeptImpression, frame: Frame) -> Background | None:
        """The frame and dirt of the reader that gave the image, as its pictures are kept: fingertip up."""
        if self._calibration is None:
            return None
        known = self._calibration.of_stored(
            impression.device_serial, impression.device_model, frame.width_px, frame.height_px
        )
        background = known.background
        return background.turned() if background is not None and known.turned else background

    def _payload(self, impression: KeptImpression, key: KeysOfSubject, template: bytes) -> RebuildTemplate:
        student, session_uid = impression.student_uid, impression.session_uid
        session_template = None
        if session_uid is not None:
            session_template = key.seal(
                template, SealContext("enrollment_sessions", "template_data", session_uid, student)
            )
        return RebuildTemplate(
            impression_uid=impression.uid,
            template_data=key.seal(
                template, SealContext("impressions", "template_data", impression.uid, student)
            ),
            template_format=FORMAT_NAME,
            enrollment_uid=session_uid,
            session_template=session_template,
        )
