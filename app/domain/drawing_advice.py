# SPDX-License-Identifier: Apache-2.0
"""What may be said about a drawing before it is kept. Advice only: the operator may always keep it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DrawingAdvice:
    """Advice on one step.

    Attributes:
        looks_like: key of the shape that the drawing looks like, where another one was asked for; else None.
        quite_different: whether a repeated signature is far from the ones given before.
    """

    looks_like: str | None = None
    quite_different: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to say."""
        return self.looks_like is None and not self.quite_different
