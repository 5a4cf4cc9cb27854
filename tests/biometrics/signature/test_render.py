# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import cv2
import numpy as np
import pytest

from app.biometrics.signature.render import render, render_png
from app.domain.errors import OperatorError
from app.domain.signature_codec import from_bytes, to_bytes
from app.domain.signatures import Canvas, Point, Stroke, build_record
from tests.biometrics.signature.samples import CANVAS, DEVICE, STARTED_AT, signed, without_pressure


def test_the_picture_is_the_same_from_the_stored_record() -> None:
    record = signed(1, 1)
    assert render_png(from_bytes(to_bytes(record))) == render_png(record)


def test_the_picture_is_gray_and_of_the_promised_size() -> None:
    picture = cv2.imdecode(np.frombuffer(render_png(signed(1, 1)), np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture.shape == (300, 800)
    assert picture.max() == 255
    assert picture.min() == 0
    assert np.array_equal(picture, render(signed(1, 1)))


def test_ink_lies_where_the_pen_was() -> None:
    points = tuple(Point(10_000 * at, *CANVAS.from_px(200 + 2 * at, 150)) for at in range(100))
    record = build_record([Stroke(points)], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)
    rows, columns = np.nonzero(render(record) < 128)
    assert 199 <= columns.min() <= 201
    assert 397 <= columns.max() <= 400
    assert set(rows.tolist()) <= {148, 149, 150, 151}


def test_pressure_makes_the_line_wider() -> None:
    record = signed(1, 1)
    assert (render(record) < 128).sum() != (render(without_pressure(record)) < 128).sum()


def test_pressed_twice_as_hard_is_darker() -> None:
    def inked(pressure: int) -> int:
        points = tuple(
            Point(10_000 * at, *CANVAS.from_px(200 + 2 * at, 150), pressure + at) for at in range(100)
        )
        record = build_record([Stroke(points)], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)
        return int((255 - render(record).astype(int)).sum())

    assert inked(60_000) > 1.5 * inked(10_000)


def test_a_picture_to_fit_fills_its_frame() -> None:
    rows, columns = np.nonzero(render(signed(1, 1), fit=True) < 128)
    assert np.ptp(rows) > 250 or np.ptp(columns) > 680


def test_another_canvas_shape_is_not_stretched() -> None:
    tall = Canvas(300, 300)
    points = tuple(Point(10_000 * at, *tall.from_px(100 + at, 100 + at)) for at in range(100))
    record = build_record([Stroke(points)], started_at=STARTED_AT, device=DEVICE, canvas=tall)
    rows, columns = np.nonzero(render(record) < 128)
    assert abs(int(np.ptp(rows)) - int(np.ptp(columns))) <= 1


def test_a_dot_is_seen() -> None:
    dot = build_record([Stroke((Point(0, 6400, 6400),))], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)
    assert (render(dot) < 255).any()


def test_no_ink_is_refused() -> None:
    empty = build_record([], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)
    with pytest.raises(OperatorError, match="no_ink"):
        render(empty)
