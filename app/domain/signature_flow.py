# SPDX-License-Identifier: Apache-2.0
"""The steps of a signature flow as data, and how far a session has come.

The table itself lies in ``resources/flows.toml``; whoever may read files hands its text to ``parse_flows``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from app.domain.errors import OperatorError, SetupError

MAX_STEPS = 99
#: Width and height of the box that examples are drawn in.
EXAMPLE_SIZE = (100.0, 60.0)
_EXAMPLE = re.compile(r"\s*([MLCZ])([-+0-9. ,]*)")
_EXAMPLE_NUMBERS = {"M": 2, "L": 2, "C": 6, "Z": 0}


class FlowType(str, Enum):
    """Which flow a session runs through."""

    SIGNUP = "signup"
    SIGNIN = "signin"


class StepType(str, Enum):
    """What kind of ink a step asks for."""

    SIGNATURE = "signature"
    SHAPE = "shape"
    DRAWING = "drawing"


class Guide(str, Enum):
    """What lies on the canvas under the ink."""

    BASELINE = "baseline"
    NONE = "none"
    DOTS = "dots"  # four numbered dots at 25 % and 75 % of width and height


@dataclass(frozen=True, slots=True)
class PathPiece:
    """A piece of an example: ``M`` move to, ``L`` line to, ``C`` cubic curve to, ``Z`` close.

    ``values``: x and y of two, or of control, control and end point, within ``EXAMPLE_SIZE``.
    """

    command: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One step: its number, what it asks for, and which templates may recognise the result (or none).

    ``example``: how it may look, to be shown beside the canvas; empty where the table gives none.
    """

    number: int
    step_type: StepType
    key: str
    instruction: str
    guide: Guide
    template_set: str | None
    example: tuple[PathPiece, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a session has come, in the words of the source's ``get_enrollment_progress``.

    ``last_step_number`` is the step accepted last in time, 0 before the first one.
    """

    total_steps: int
    completed_steps: int
    last_step_number: int
    last_step_type: StepType | None
    remaining_steps: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """The ordered steps of one flow."""

    flow_type: FlowType
    steps: tuple[FlowStep, ...]

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset(step.number for step in self.steps)

    def step(self, number: int) -> FlowStep:
        """Give the step of that number.

        Raises:
            OperatorError: ``step_not_in_flow``.
        """
        for step in self.steps:
            if step.number == number:
                return step
        raise OperatorError("step_not_in_flow", flow=self.flow_type.value, step=number)

    def is_complete(self, accepted: Collection[int]) -> bool:
        """True where the set of accepted numbers is the flow's set; a count never decides."""
        return frozenset(accepted) == self.numbers

    def next_step(self, accepted: Collection[int]) -> FlowStep | None:
        """Give the first step that is not accepted yet, or None."""
        return next((step for step in self.steps if step.number not in accepted), None)

    def progress(self, accepted: Collection[int], *, last_step_number: int = 0) -> Progress:
        """Give the progress of a session whose steps ``accepted`` are stored.

        Args:
            last_step_number: the step accepted last; without it, the highest of ``accepted``.

        Raises:
            OperatorError: ``step_not_in_flow`` where a number does not belong to the flow.
        """
        done = frozenset(accepted)
        for number in sorted(done):
            self.step(number)
        last = last_step_number or max(done, default=0)
        return Progress(
            total_steps=len(self.steps),
            completed_steps=len(done),
            last_step_number=last,
            last_step_type=self.step(last).step_type if last else None,
            remaining_steps=len(self.steps) - len(done),
            is_complete=self.is_complete(done),
        )


def parse_flows(text: str) -> dict[FlowType, Flow]:
    """Read the step table.

    Raises:
        SetupError: ``setting_invalid`` with the table's name and what is wrong.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SetupError("setting_invalid", file="flows.toml", key="flows", reason=str(error)) from error
    flows = {}
    for flow_type in FlowType:
        rows = document.get(flow_type.value)
        if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_STEPS:
            raise _table_error(flow_type.value, "steps")
        steps = tuple(_parse_step(row, f"{flow_type.value}[{index}]") for index, row in enumerate(rows))
        if [step.number for step in steps] != list(range(1, len(steps) + 1)):
            raise _table_error(flow_type.value, "number")
        if len({step.key for step in steps}) != len(steps):
            raise _table_error(flow_type.value, "key")
        flows[flow_type] = Flow(flow_type, steps)
    return flows


def _parse_step(row: object, where: str) -> FlowStep:
    if not isinstance(row, Mapping):
        raise _table_error(where, "step")
    values: Mapping[str, Any] = row
    known = {"number", "type", "key", "instruction", "guide", "template_set", "example"}
    for name in values:
        if name not in known:
            raise _table_error(where, name)
    number = values.get("number")
    if type(number) is not int:
        raise _table_error(where, "number")
    for name in ("key", "instruction"):
        if not isinstance(values.get(name), str) or not values[name]:
            raise _table_error(where, name)
    template_set = values.get("template_set")
    if template_set is not None and not isinstance(template_set, str):
        raise _table_error(where, "template_set")
    try:
        step_type, guide = StepType(values.get("type")), Guide(values.get("guide", "none"))
    except ValueError as error:
        raise _table_error(where, str(error)) from error
    example = _parse_example(values.get("example", ""), where)
    return FlowStep(number, step_type, values["key"], values["instruction"], guide, template_set, example)


def _parse_example(text: object, where: str) -> tuple[PathPiece, ...]:
    """Read a drawing: letters and numbers as in the paths of SVG, absolute ones of four sorts only."""
    if not isinstance(text, str) or len(text) > 4000:
        raise _table_error(where, "example")
    pieces, at = [], 0
    while at < len(text.rstrip()):
        found = _EXAMPLE.match(text, at)
        if found is None:
            raise _table_error(where, "example")
        command, at = found[1], found.end()
        try:
            numbers = [float(number) for number in found[2].replace(",", " ").split()]
        except ValueError as error:
            raise _table_error(where, "example") from error
        wanted = _EXAMPLE_NUMBERS[command]
        if (len(numbers) % wanted if wanted else len(numbers)) or (wanted and not numbers):
            raise _table_error(where, "example")
        limits = EXAMPLE_SIZE * (len(numbers) // 2)
        if not all(0 <= number <= limit for number, limit in zip(numbers, limits, strict=True)):
            raise _table_error(where, "example")
        for start in range(0, max(len(numbers), 1), wanted or 1):
            pieces.append(PathPiece(command, tuple(numbers[start : start + wanted])))
    if pieces and pieces[0].command != "M":
        raise _table_error(where, "example")
    return tuple(pieces)


def _table_error(where: str, reason: str) -> SetupError:
    return SetupError("setting_invalid", file="flows.toml", key=where, reason=reason)
