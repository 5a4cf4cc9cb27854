# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from app.biometrics.signature.outlines import DRAWING_KEYS, outline
from app.biometrics.signature.shapes import ShapeGuess, cloud_distances, cloud_of, recognize
from app.biometrics.signature.synthetic import step_ink
from app.domain.errors import OperatorError
from app.domain.signatures import build_record
from tests.biometrics.signature.samples import CANVAS, DEVICE, STARTED_AT, drawn


@pytest.mark.parametrize("key", DRAWING_KEYS)
def test_drawings_are_recognized_and_never_argued_with(key: str) -> None:
    guesses = [recognize(drawn(key, seed)) for seed in range(5)]
    assert sum(guess.best == key for guess in guesses) >= 4
    assert all(guess.advice(key) is None for guess in guesses)


@pytest.mark.parametrize(
    ("drawn_key", "wanted"), [("square", "circle"), ("circle", "star"), ("star", "house")]
)
def test_another_shape_is_asked_about(drawn_key: str, wanted: str) -> None:
    advice = [recognize(drawn(drawn_key, seed)).advice(wanted) for seed in range(5)]
    assert advice.count(drawn_key) >= 4


def test_a_close_call_is_not_asked_about() -> None:
    guess = ShapeGuess("square", {"square": 1.0, "circle": 1.1, "star": 3.0})
    assert guess.advice("circle") is None
    assert guess.advice("star") == "square"
    assert guess.advice("signature_1") is None


def test_order_and_direction_of_strokes_do_not_matter() -> None:
    strokes = outline("house", np.random.default_rng(1))
    turned = [stroke[::-1] for stroke in strokes[::-1]]
    other = cloud_of(outline("circle", np.random.default_rng(2)))
    clouds = np.stack([cloud_of(turned), other])
    same, different = cloud_distances(cloud_of(strokes), clouds)
    assert same < different / 5


def test_size_and_place_do_not_matter() -> None:
    strokes = outline("star", np.random.default_rng(1))
    moved = [stroke * 40.0 + 7.0 for stroke in strokes]
    assert cloud_distances(cloud_of(strokes), cloud_of(moved)[None])[0] == pytest.approx(0.0, abs=1e-9)


def test_a_dot_is_recognized_as_something() -> None:
    assert np.isfinite(cloud_of([np.zeros((1, 2))])).all()


def test_no_ink_is_refused() -> None:
    empty = build_record([], started_at=STARTED_AT, device=DEVICE, canvas=CANVAS)
    with pytest.raises(OperatorError, match="no_ink"):
        recognize(empty)


@pytest.mark.parametrize("key", ["signature_1", "signature_3", *DRAWING_KEYS])
def test_every_step_has_ink_on_the_canvas(key: str) -> None:
    for seed in range(3):
        ink = step_ink(key, seed)
        points = [point for stroke in ink for point in stroke]
        assert len(points) > 50
        assert all(0.0 < point.x < 1.0 and 0.0 < point.y < 1.0 for point in points)
        assert all(0.0 < point.pressure <= 1.0 for point in points if point.pressure is not None)
        times = [point.t_us for point in points]
        assert times == sorted(set(times))
