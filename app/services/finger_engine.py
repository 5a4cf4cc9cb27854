# SPDX-License-Identifier: Apache-2.0
"""What comparing touches asks of the biometrics room: templates made ready, match rates, area added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from app.biometrics.fingerprint.enrolled import area_added, verify
from app.biometrics.fingerprint.iso19794 import read_iso
from app.biometrics.fingerprint.prepared import Prepared, prepare
from app.domain.errors import OperatorError


@dataclass(frozen=True, slots=True)
class Compared:
    """One touch against the impressions of one finger, the best of them counting.

    Attributes:
        score: of the matcher, higher is more alike.
        false_match_rate: chance that a different finger scores as high.
    """

    score: float
    false_match_rate: float


class FingerEngine(Protocol):
    """Compares touches. What ``ready`` gives is for the other two to take."""

    def ready(self, template: bytes) -> object | None:
        """A template made ready for comparing; None for one that cannot be compared."""

    def compare(self, new: object, earlier: Sequence[object]) -> Compared:
        """Compare a touch with at least one impression of a finger."""

    def area_added(self, new: object, earlier: Sequence[object]) -> float:
        """Share of the touch's area that the earlier impressions do not show, 0 to 1."""


class OwnEngine:
    """The station's own engine."""

    def ready(self, template: bytes) -> object | None:
        """See ``FingerEngine``; a template of another maker or an empty one cannot be compared."""
        try:
            prepared = prepare(read_iso(template))
        except OperatorError:
            return None
        return prepared if len(prepared) else None

    def compare(self, new: object, earlier: Sequence[object]) -> Compared:
        """See ``FingerEngine``."""
        verdict = verify(cast(Prepared, new), cast(Sequence[Prepared], earlier), 1.0)
        return Compared(verdict.score, verdict.false_match_rate)

    def area_added(self, new: object, earlier: Sequence[object]) -> float:
        """See ``FingerEngine``."""
        return area_added(cast(Prepared, new), cast(Sequence[Prepared], earlier))
