# SPDX-License-Identifier: Apache-2.0
"""Everything that compares fingers, built on one vault and one gallery."""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from app.services.calibration import CalibrationService
from app.services.finger_checks import FingerChecks
from app.services.finger_engine import OwnEngine
from app.services.finger_rebuild import FingerRebuildService
from app.services.finger_sign_in import FingerSignInService
from app.services.gallery import GalleryService
from app.services.impressions import ImpressionVault
from app.services.subject_keys import SubjectKeys
from app.services.writer import Writer


@dataclass(frozen=True, slots=True)
class FingerServices:
    """The checks within a visit, the gallery, sign-in by finger, and templates made anew."""

    keys: SubjectKeys
    vault: ImpressionVault
    checks: FingerChecks
    gallery: GalleryService
    sign_in: FingerSignInService
    rebuild: FingerRebuildService


def finger_services(
    writer: Writer,
    keys: SubjectKeys,
    station_uid: UUID | None,
    calibration: CalibrationService | None = None,
) -> FingerServices:
    """Build them with the station's own engine."""
    engine = OwnEngine()
    vault = ImpressionVault(writer, keys)
    gallery = GalleryService(writer, vault, time.monotonic)
    return FingerServices(
        keys=keys,
        vault=vault,
        checks=FingerChecks(vault, engine),
        gallery=gallery,
        sign_in=FingerSignInService(writer, vault, engine, gallery, time.monotonic, station_uid=station_uid),
        rebuild=FingerRebuildService(writer, keys, calibration),
    )
