# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from importlib.resources import files

import pytest

from app.domain.errors import OperatorError, SetupError
from app.domain.signature_flow import EXAMPLE_SIZE, Flow, FlowType, Guide, StepType, parse_flows

TEXT = files("resources").joinpath("flows.toml").read_text(encoding="utf-8")


@pytest.fixture
def signup() -> Flow:
    return parse_flows(TEXT)[FlowType.SIGNUP]


def test_signup_has_the_eleven_steps_of_the_source(signup: Flow) -> None:
    assert [(step.number, step.step_type.value, step.instruction) for step in signup.steps] == [
        (1, "signature", "Sign your name"),
        (2, "signature", "Sign your name again"),
        (3, "signature", "Sign your name one more time"),
        (4, "shape", "Draw a circle"),
        (5, "shape", "Draw a square"),
        (6, "shape", "Draw a triangle"),
        (7, "drawing", "Draw a simple face"),
        (8, "drawing", "Draw a star"),
        (9, "drawing", "Draw an arrow"),
        (10, "drawing", "Draw a house"),
        (11, "drawing", "Connect these dots"),
    ]
    assert signup.step(11).guide is Guide.DOTS
    assert signup.step(1).template_set is None
    assert signup.step(4).template_set == "shapes"


def test_signin_has_one_step() -> None:
    signin = parse_flows(TEXT)[FlowType.SIGNIN]
    assert [(step.number, step.instruction) for step in signin.steps] == [(1, "Sign your name")]
    assert signin.is_complete({1})


def test_the_set_of_steps_decides_not_their_count(signup: Flow) -> None:
    assert signup.is_complete(range(1, 12))
    assert not signup.is_complete(range(1, 11))
    assert not signup.is_complete([1] * 11)
    assert not signup.is_complete([*range(1, 11), 12])
    assert not signup.is_complete(range(101, 112))


def test_progress_tells_what_the_source_told(signup: Flow) -> None:
    progress = signup.progress({1, 2, 4}, last_step_number=2)
    assert (progress.total_steps, progress.completed_steps, progress.remaining_steps) == (11, 3, 8)
    assert (progress.last_step_number, progress.last_step_type) == (2, StepType.SIGNATURE)
    assert not progress.is_complete
    assert signup.progress({1, 2, 4}).last_step_type is StepType.SHAPE
    assert signup.progress(range(1, 12)).is_complete


def test_progress_before_the_first_step(signup: Flow) -> None:
    progress = signup.progress(())
    assert (progress.completed_steps, progress.last_step_number, progress.last_step_type) == (0, 0, None)


def test_the_next_step_is_the_first_gap(signup: Flow) -> None:
    following = signup.next_step({1, 2, 4})
    assert following is not None
    assert following.number == 3
    assert signup.next_step(signup.numbers) is None


@pytest.mark.parametrize("number", [0, 12, -1])
def test_steps_outside_the_flow_are_refused(signup: Flow, number: int) -> None:
    with pytest.raises(OperatorError, match="step_not_in_flow"):
        signup.step(number)
    with pytest.raises(OperatorError, match="step_not_in_flow"):
        signup.progress({1, number})


STEP = (
    '[[{flow}]]\nnumber = {number}\ntype = "{type}"\nkey = "{key}"\ninstruction = "Sign"\nguide = "{guide}"\n'
)
GOOD = {"flow": "signup", "number": 1, "type": "signature", "key": "a", "guide": "none"}
SIGNIN = STEP.format(**(GOOD | {"flow": "signin"}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[[",
        SIGNIN,
        SIGNIN + "signup = 5",
        SIGNIN + STEP.format(**(GOOD | {"number": 2})),
        SIGNIN + STEP.format(**(GOOD | {"number": '"1"'})),
        SIGNIN + STEP.format(**(GOOD | {"type": "song"})),
        SIGNIN + STEP.format(**(GOOD | {"guide": "grid"})),
        SIGNIN + STEP.format(**(GOOD | {"key": ""})),
        SIGNIN + STEP.format(**GOOD) + "color = 1",
        SIGNIN + STEP.format(**GOOD) + "template_set = 1",
        SIGNIN + STEP.format(**GOOD) + STEP.format(**(GOOD | {"number": 2})),
    ],
)
def test_a_bad_table_is_refused(text: str) -> None:
    parse_flows(SIGNIN + STEP.format(**GOOD))
    with pytest.raises(SetupError, match="setting_invalid"):
        parse_flows(text)


def with_example(path: str) -> str:
    return TEXT.replace('example = "M50 8 L76 51 L24 51 Z"', f'example = "{path}"')


def test_every_step_has_an_example_that_fits_its_box(signup: Flow) -> None:
    for step in signup.steps:
        assert step.example, step.key
        assert step.example[0].command == "M"
        for piece in step.example:
            assert all(0 <= x <= EXAMPLE_SIZE[0] for x in piece.values[::2])
            assert all(0 <= y <= EXAMPLE_SIZE[1] for y in piece.values[1::2])


def test_an_example_is_read_piece_by_piece() -> None:
    step = parse_flows(with_example("M 1,2 L3 4 5 6 C 1 2 3 4 5 6 Z"))[FlowType.SIGNUP].step(6)
    assert [(piece.command, piece.values) for piece in step.example] == [
        ("M", (1.0, 2.0)),
        ("L", (3.0, 4.0)),
        ("L", (5.0, 6.0)),
        ("C", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)),
        ("Z", ()),
    ]


def test_a_step_without_an_example_has_none() -> None:
    assert parse_flows(with_example(""))[FlowType.SIGNUP].step(6).example == ()


@pytest.mark.parametrize(
    "path",
    [
        "L1 1",
        "M1",
        "M1 2 C3 4 5 6",
        "M1 2 Z3",
        "M-1 2",
        "M1 61",
        "M101 2",
        "M1 2 Q3 4 5 6",
        "M1 2 L1e9 2",
        "M. 1",
    ],
)
def test_a_bad_example_is_refused(path: str) -> None:
    with pytest.raises(SetupError, match="example"):
        parse_flows(with_example(path))
