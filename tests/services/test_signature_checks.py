# SPDX-License-Identifier: Apache-2.0
"""What is said about a drawing before it is kept, by the real measures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.biometrics.signature.synthetic import record_of, signature, step_ink
from app.domain.drawing_advice import DrawingAdvice
from app.domain.signature_flow import Flow
from app.domain.signature_gate import GateCode
from app.domain.signatures import Canvas, PenDevice, PointerType, SignatureRecord
from app.services.signature_checks import advised
from tests.services.desk import START
from tests.ui.samples import flow

CANVAS = Canvas(800, 300, 1.0, 0.25)
DEVICE = PenDevice("test pen", "pen-1", PointerType.PEN, frozenset({"pressure"}))


@pytest.fixture
def steps() -> Flow:
    return flow()


def signed(writer: int, sample: int) -> SignatureRecord:
    return record_of(signature(writer, sample), started_at=START, device=DEVICE, canvas=CANVAS)


def drawn(key: str) -> SignatureRecord:
    return record_of(step_ink(key, 3), started_at=START, device=DEVICE, canvas=CANVAS)


def test_nothing_is_said_about_what_is_well(steps: Flow) -> None:
    assert advised(steps.step(3), signed(1, 2), {1: signed(1, 0), 2: signed(1, 1)}) == DrawingAdvice()
    assert advised(steps.step(5), drawn("square"), {}).is_silent


def test_another_shape_is_told(steps: Flow) -> None:
    assert advised(steps.step(4), drawn("square"), {}) == DrawingAdvice(looks_like="square")


def test_a_signature_unlike_the_ones_before_is_told(steps: Flow) -> None:
    assert advised(steps.step(3), signed(11, 0), {1: signed(1, 0), 2: signed(1, 1)}).quite_different


def test_the_odd_one_of_the_earlier_ones_is_named_by_its_step(steps: Flow) -> None:
    assert advised(steps.step(3), signed(1, 2), {1: signed(11, 0), 2: signed(1, 1)}).odd_step == 1
    assert advised(steps.step(1), signed(1, 2), {2: signed(1, 0), 3: signed(11, 0)}).odd_step == 3


def test_ink_at_the_edge_and_a_pen_without_pressure_are_told(steps: Flow) -> None:
    record = signed(1, 0)
    clipped = replace(record, x=(0, *record.x[1:]))
    assert advised(steps.step(1), clipped, {}) == DrawingAdvice(gate=GateCode.CLIPPED)
    assert advised(steps.step(1), replace(record, pressure=None), {}).gate is GateCode.PRESSURE_DEAD


def test_a_drawing_of_more_than_a_minute_is_told(steps: Flow) -> None:
    record = drawn("square")
    slow = replace(record, t_us=tuple(time_us * 61_000_000 // record.duration_us for time_us in record.t_us))
    assert advised(steps.step(5), slow, {}).gate is GateCode.TOO_LONG
