# SPDX-License-Identifier: Apache-2.0
"""Holds a repeated signature against the earlier ones at once, while the person still sits at the pad.

The measure is the verifier's; the limit is wide, because three repetitions by one person in one minute are to
be kept and only a scribble, a slip or a different name is to be asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from app.biometrics.signature.features import features_from
from app.biometrics.signature.resample import segments_of
from app.biometrics.signature.verify import alike, pair_distances
from app.domain.signatures import SignatureRecord

_Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
CONSISTENCY_VERSION = 2
# Mean distance between two signatures: SVC2004 users 1 to 20 have 0.6 to 1.6 within a session; two persons'
# signatures lie at 2.2 and more.
QUITE_DIFFERENT = 2.0
# Three that are all alike but one: the odd one is this much farther off than the others are from each other.
ODD_RATIO = 2.0


@dataclass(frozen=True, slots=True)
class Repetition:
    """How a new signature compares with the earlier ones.

    Attributes:
        distance: mean distance to the earlier ones that it belongs with; None for the first.
        earlier_spread: mean distance of those among themselves; None for fewer than two.
        quite_different: the new one does not belong with the earlier ones.
        odd_one: index of the earlier one that does not belong with the others and the new one, if any.
    """

    distance: float | None
    earlier_spread: float | None
    quite_different: bool
    odd_one: int | None = None


def compare_repetition(earlier: Sequence[SignatureRecord], latest: SignatureRecord) -> Repetition:
    """Compare a new signature with those that were accepted before it.

    Raises:
        OperatorError: ``signature_file_invalid`` where one has no ink.
    """
    if not earlier:
        return Repetition(None, None, quite_different=False)
    distances = _distances([*earlier, latest])
    count = len(earlier)
    odd_one = _odd_one(distances)
    if odd_one == count:
        odd_one = None  # the new one itself, which is asked about
    kept = [index for index in range(count) if index != odd_one]
    distance = float(np.mean(distances[count, kept]))
    spread = _spread(distances, kept) if len(kept) > 1 else None
    odd = spread is not None and distance > ODD_RATIO * spread and distance > QUITE_DIFFERENT / 2
    return Repetition(distance, spread, distance > QUITE_DIFFERENT or odd, odd_one)


def _odd_one(distances: _Matrix) -> int | None:
    """The one of three or more that lies far from all others, which lie close together."""
    count = len(distances)
    if count < 3:
        return None
    kept = list(_best(distances, count - 1))
    (left_out,) = set(range(count)) - set(kept)
    away = float(np.mean(distances[left_out, kept]))
    spread = _spread(distances, kept)
    if away > ODD_RATIO * spread and away > QUITE_DIFFERENT / 2 and spread <= QUITE_DIFFERENT:
        return left_out
    return None


def _spread(distances: _Matrix, chosen: Sequence[int]) -> float:
    return float(np.mean([distances[first, second] for first, second in combinations(chosen, 2)]))


def best_set(signatures: Sequence[SignatureRecord], keep: int) -> tuple[int, ...]:
    """Give the indexes of the ``keep`` signatures that agree best, in their order.

    Raises:
        OperatorError: ``signature_file_invalid`` where one has no ink.
    """
    if len(signatures) <= keep:
        return tuple(range(len(signatures)))
    return _best(_distances(signatures), keep)


def _best(distances: _Matrix, keep: int) -> tuple[int, ...]:
    return min(
        combinations(range(len(distances)), keep),
        key=lambda chosen: float(np.sum(distances[np.ix_(chosen, chosen)])),
    )


def _distances(signatures: Sequence[SignatureRecord]) -> _Matrix:
    segments = [segments_of(record) for record in signatures]
    features = alike(segments, [features_from(part) for part in segments])
    result = np.zeros((len(features), len(features)))
    for row in range(1, len(features)):
        result[row, :row] = result[:row, row] = pair_distances(features[:row], features[row])
    return result
