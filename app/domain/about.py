# SPDX-License-Identifier: Apache-2.0
"""What the program is made of."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Component:
    """The program itself or something that it is shipped with.

    Attributes:
        license: as its makers name it, such as ``MIT``; empty where they do not.
        text: the license's own text, or the notice; empty where there is none.
    """

    name: str
    version: str
    license: str
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class About:
    """The program's version, and everything else by name."""

    version: str
    components: tuple[Component, ...]
