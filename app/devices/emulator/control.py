# SPDX-License-Identifier: Apache-2.0
"""Orders for an emulated reader, the same words on its control socket and in a script.

``place [N]``, ``lift``, ``fault NAME`` (``fault none``), ``unplug``, ``replug``, ``state``. A script has one
order a line, and besides ``wait SECONDS``, ``repeat`` (from the top) and comments after ``#``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.domain.errors import AppError, SetupError


class Controlled(Protocol):
    """What takes the orders."""

    def place_number(self, number: int | None) -> None:
        """Puts a finger on the glass: image number ``number``, or the next one."""

    def lift_finger(self) -> None:
        """Takes it away."""

    def set_fault(self, name: str | None) -> None:
        """Sets a fault by name, or none."""

    def unplug(self) -> None:
        """Pulls the cable."""

    def replug(self) -> None:
        """Plugs it in."""

    def state(self) -> str:
        """One line about the reader."""


def obey(reader: Controlled, line: str) -> str:
    """Does what the line says; "ok", the state, or "error ..."."""
    word, _, rest = line.strip().partition(" ")
    try:
        if word == "place":
            reader.place_number(int(rest) if rest else None)
        elif word == "lift":
            reader.lift_finger()
        elif word == "fault":
            reader.set_fault(None if rest in ("", "none") else rest)
        elif word == "unplug":
            reader.unplug()
        elif word == "replug":
            reader.replug()
        elif word == "state":
            return reader.state()
        else:
            return "error unknown order"
    except (AppError, ValueError, IndexError) as error:
        return f"error {error}"
    return "ok"


@dataclass(slots=True)
class Script:
    """Orders with their times, run by ``advance``."""

    orders: list[tuple[float, str]]
    length_s: float
    repeats: bool
    _next: int = 0
    _offset_s: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Script:
        """Reads a script.

        Raises:
            SetupError: ``setting_invalid`` for a line that is no order.
        """
        at_s, orders, repeats = 0.0, [], False
        for number, raw in enumerate(text.splitlines(), start=1):
            line = raw.partition("#")[0].strip()
            word, _, rest = line.partition(" ")
            if word == "wait":
                try:
                    at_s += max(0.0, float(rest))
                except ValueError as error:
                    raise SetupError("setting_invalid", key="script", line=number) from error
            elif word == "repeat":
                repeats = at_s > 0
            elif word in ("place", "lift", "fault", "unplug", "replug"):
                orders.append((at_s, line))
            elif line:
                raise SetupError("setting_invalid", key="script", line=number)
        return cls(orders, at_s, repeats)

    def advance(self, now_s: float, reader: Controlled) -> None:
        """Does what is due ``now_s`` seconds after the start."""
        while True:
            while self._next < len(self.orders) and self._offset_s + self.orders[self._next][0] <= now_s:
                obey(reader, self.orders[self._next][1])
                self._next += 1
            if not (self.repeats and self._offset_s + self.length_s <= now_s):
                return
            self._offset_s += self.length_s
            self._next = 0
