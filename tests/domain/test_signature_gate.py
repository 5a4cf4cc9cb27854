# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.signature_gate import GateCode, StepGate, ink_length, median_interval_us
from app.domain.signatures import Canvas, PenDevice, Point, PointerType, SignatureRecord, Stroke, build_record

DEVICE = PenDevice("", "", PointerType.PEN)


def make_record(
    *,
    count: int = 100,
    step_px: float = 2.0,
    period_us: int = 5_000,
    at_px: float = 100.0,
    pointers: tuple[PointerType, ...] = (PointerType.PEN,),
    pressure: bool = True,
    device: PenDevice = DEVICE,
) -> SignatureRecord:
    canvas = Canvas(800, 300)
    strokes = []
    for number, pointer in enumerate(pointers):
        points = []
        for at in range(count):
            x, y = canvas.from_px(at_px + at * step_px, 150)
            force = 1000 + at if pressure else None
            points.append(Point((number * count + at) * period_us, x, y, force))
        strokes.append(Stroke(tuple(points), pointer))
    return build_record(strokes, started_at=datetime(2026, 1, 1, tzinfo=UTC), device=device, canvas=canvas)


def test_a_fair_drawing_passes() -> None:
    report = StepGate().check(make_record())
    assert report.codes == ()
    assert report.accepted


@pytest.mark.parametrize(
    ("record", "code", "refused"),
    [
        (make_record(count=14, step_px=10, period_us=15_000 * 2), GateCode.TOO_FEW_POINTS, True),
        (make_record(step_px=0.5), GateCode.TOO_LITTLE_INK, True),
        (make_record(pointers=(PointerType.PEN, PointerType.FINGER)), GateCode.MIXED_POINTERS, True),
        (make_record(at_px=0.0), GateCode.CLIPPED, False),
        (make_record(at_px=650.0), GateCode.CLIPPED, False),
        (make_record(count=50, step_px=4), GateCode.TOO_SHORT, False),
        (make_record(count=3100, step_px=0.1, period_us=20_000), GateCode.TOO_LONG, False),
        (make_record(count=40, step_px=5, period_us=20_000), GateCode.RATE_LOW, False),
        (
            make_record(pressure=False, device=replace(DEVICE, capabilities=frozenset({"pressure"}))),
            GateCode.PRESSURE_DEAD,
            False,
        ),
    ],
)
def test_every_fault_has_its_code(record: SignatureRecord, code: GateCode, refused: bool) -> None:
    report = StepGate().check(record)
    assert code in report.codes
    assert (code in report.refusals) is refused
    assert (code in report.advice) is not refused


def test_absent_pressure_that_was_declared_is_fine() -> None:
    assert StepGate().check(make_record(pressure=False)).codes == ()


def test_an_empty_canvas_is_refused() -> None:
    record = build_record(
        [], started_at=datetime(2026, 1, 1, tzinfo=UTC), device=DEVICE, canvas=Canvas(800, 300)
    )
    assert not StepGate().check(record).accepted
    assert GateCode.RATE_UNKNOWN in StepGate().check(record).codes


def test_lengths_and_intervals_stay_inside_strokes() -> None:
    record = make_record(count=11, pointers=(PointerType.PEN, PointerType.PEN))
    assert ink_length(record) == 2 * 10 * 2 * 64
    assert median_interval_us(record) == 5_000
