# SPDX-License-Identifier: Apache-2.0
"""Synthetic records for the tests of this folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.biometrics.signature.synthetic import Ink, PenSettings, drawing, record_of, signature
from app.biometrics.signature.verify import Reference
from app.domain.signatures import Canvas, PenDevice, PointerType, SignatureRecord

CANVAS = Canvas(800, 300, mm_per_px=0.25)
DEVICE = PenDevice("Synthetic pen", "pen-1", PointerType.PEN, frozenset({"pressure"}))
STARTED_AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
AT_100_HZ = PenSettings(rate_hz=100.0, jitter=0.0002)


def record(ink: Ink, canvas: Canvas = CANVAS) -> SignatureRecord:
    return record_of(ink, started_at=STARTED_AT, device=DEVICE, canvas=canvas)


def signed(
    writer: int, sample: int, settings: PenSettings = AT_100_HZ, variation: float = 1.0
) -> SignatureRecord:
    return record(signature(writer, sample, settings, variation=variation))


def drawn(key: str, seed: int, settings: PenSettings = AT_100_HZ) -> SignatureRecord:
    return record(drawing(key, seed, settings))


def references(writer: int, count: int = 3, settings: PenSettings = AT_100_HZ) -> list[Reference]:
    return [
        Reference(f"{writer}-{sample}", STARTED_AT + timedelta(days=sample), signed(writer, sample, settings))
        for sample in range(count)
    ]


def without_pressure(found: SignatureRecord) -> SignatureRecord:
    return replace(found, pressure=None)
