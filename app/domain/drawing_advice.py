# SPDX-License-Identifier: Apache-2.0
"""What may be said about a drawing before it is kept. Advice only: the operator may always keep it."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.signature_gate import GateCode

#: What a gate found that is worth a word: the student can do something about it.
WORTH_A_WORD = (GateCode.CLIPPED, GateCode.PRESSURE_DEAD, GateCode.TOO_LONG)


@dataclass(frozen=True, slots=True)
class DrawingAdvice:
    """Advice on one step.

    Attributes:
        looks_like: key of the shape that the drawing looks like, where another one was asked for; else None.
        quite_different: whether a repeated signature is far from the ones given before.
        odd_step: number of an earlier signature that is far from all others, this one among them; 0: none.
        gate: something else that is not as it should be; one of ``WORTH_A_WORD``.
    """

    looks_like: str | None = None
    quite_different: bool = False
    odd_step: int = 0
    gate: GateCode | None = None

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to say."""
        return self == DrawingAdvice()
