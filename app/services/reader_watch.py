# SPDX-License-Identifier: Apache-2.0
"""The capture service on a reader that the settings name, with the station's own engine."""

from __future__ import annotations

import time

from app.biometrics.fingerprint.live import LiveQuality
from app.devices.base import ReaderOptions
from app.devices.registry import make_reader
from app.domain.policy import Policy
from app.services.capture import CaptureService
from app.services.fingerprint_templates import extracted


def capture_service(reader_id: str, policy: Policy) -> CaptureService:
    """Watches the reader; ``reader_id``: ``auto`` for the first serial module found, else its address."""
    options = ReaderOptions(keep_template=False)
    address = "r30x:auto" if reader_id == "auto" else reader_id
    return CaptureService(
        make_reader=lambda: make_reader(address, options),
        make_meter=LiveQuality,
        extract=extracted,
        policy=policy,
        clock_s=time.monotonic,
    )
