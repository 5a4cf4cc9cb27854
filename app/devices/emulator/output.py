# SPDX-License-Identifier: Apache-2.0
"""What an emulated module does on its line; the server turns it into bytes and time."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Output:
    """Something the module does on its line: after ``delay_s`` it sends ``data``, then changes its rate or
    dies."""

    data: bytes = field(repr=False)
    delay_s: float = 0.0
    baud_after: int | None = None
    unplugs: bool = False
