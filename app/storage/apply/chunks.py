# SPDX-License-Identifier: Apache-2.0
"""Parts of long lists, short enough for one statement's parameters on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

CHUNK = 500

Item = TypeVar("Item")


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items in order, at most ``CHUNK`` at a time."""
    return (items[at : at + CHUNK] for at in range(0, len(items), CHUNK))
