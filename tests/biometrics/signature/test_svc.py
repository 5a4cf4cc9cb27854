# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from app.biometrics.signature.svc import read_svc
from app.biometrics.signature.synthetic import PenSettings, signature
from app.domain.errors import OperatorError
from tests.biometrics.signature.svc_text import svc_text

LINE = "100 200 5000 {button} 0 0 {pressure}"


def text(*rows: str) -> str:
    return "\r\n".join([str(len(rows)), *rows])


def test_strokes_begin_at_their_tip_up_sample() -> None:
    ink = signature(1, 1, PenSettings(rate_hz=100.0))
    record = read_svc(svc_text(1, 1))
    assert [end - start for start, end in record.stroke_ranges] == [len(stroke) for stroke in ink]
    assert record.tip_point_count == len(record.t_us)


def test_the_button_is_a_bit_mask() -> None:
    rows = [
        f"{10 * at} 0 {1000 + 10 * at} {button} 0 0 5{at}" for at, button in enumerate((0, 1, 3, 5, 1, 0, 3))
    ]
    assert read_svc(text(*rows)).stroke_ranges == ((0, 5), (5, 7))
    rows = [f"{10 * at} 0 {1000 + 10 * at} {button} 0 0 5{at}" for at, button in enumerate((2, 3, 4, 1))]
    assert read_svc(text(*rows)).stroke_ranges == ((0, 2), (2, 4))


def test_a_gap_in_time_begins_a_stroke() -> None:
    rows = [f"0 {at} {time} 1 0 0 5{at}" for at, time in enumerate((0, 10, 20, 90, 100))]
    assert read_svc(text(*rows)).stroke_ranges == ((0, 3), (3, 5))


def test_times_that_step_back_are_sorted_and_equal_ones_spread() -> None:
    rows = [f"{at} 0 {time} 1 0 0 5{at}" for at, time in enumerate((0, 10, 20, 20, 19, 30))]
    record = read_svc(text(*rows))
    assert record.x == (0, 1, 4, 2, 3, 5)
    assert list(record.t_us) == sorted(set(record.t_us))


def test_y_is_turned_downward() -> None:
    record = read_svc(text("0 50 0 1 0 0 5", "0 80 10 1 0 0 6"))
    assert record.y == (30, 0)


def test_files_of_the_first_task_have_no_pressure() -> None:
    record = read_svc(text("0 50 0 1", "0 80 10 1"))
    assert record.pressure is None
    assert "pressure" not in record.device.capabilities


@pytest.mark.parametrize(
    "content",
    [
        "",
        "x",
        "0",
        "2\r\n1 2 3 1 0 0 5",
        "1\r\n1 2 3 1 0 0",
        "2\r\n1 2 3 1 0 0 5\r\n1 2 3 1",
        "1\r\n1 2 x 1 0 0 5",
        "1\r\n1 2 nan 1 0 0 5",
        f"1\r\n1 2 {10**30} 1 0 0 5",
        "2\r\n1 2 0 1 0 0 5\r\n1 2 99999999999 1 0 0 5",
        "5\r\n" * 100_020,
    ],
)
def test_damaged_files_are_refused(content: str) -> None:
    with pytest.raises(OperatorError, match="signature_file_invalid"):
        read_svc(content)
