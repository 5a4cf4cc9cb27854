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

CONSISTENCY_VERSION = 1
# Mean distance between two signatures: SVC2004 users 1 to 20 have 0.6 to 1.6 within a session; two persons'
# signatures lie at 2.2 and more.
QUITE_DIFFERENT = 2.0
# Three that are all alike but one: the odd one is this much farther off than the others are from each other.
ODD_RATIO = 2.0


@dataclass(frozen=True, slots=True)
class Repetition:
    """How a new signature compares with the earlier ones. ``distance`` None: it is the first."""

    distance: float | None
    earlier_spread: float | None
    quite_different: bool


def compare_repetition(earlier: Sequence[SignatureRecord], latest: SignatureRecord) -> Repetition:
    """Compare a new signature with those that were accepted before it.

    Raises:
        OperatorError: ``signature_file_invalid`` where one has no ink.
    """
    if not earlier:
        return Repetition(None, None, quite_different=False)
    distances = _distances([*earlier, latest])
    count = len(earlier)
    distance = float(np.mean(distances[count, :count]))
    spread = None
    if count > 1:
        spread = float(np.mean([distances[a, b] for a, b in combinations(range(count), 2)]))
    odd = spread is not None and distance > ODD_RATIO * spread and distance > QUITE_DIFFERENT / 2
    return Repetition(distance, spread, quite_different=distance > QUITE_DIFFERENT or odd)


def best_set(signatures: Sequence[SignatureRecord], keep: int) -> tuple[int, ...]:
    """Give the indexes of the ``keep`` signatures that agree best, in their order.

    Raises:
        OperatorError: ``signature_file_invalid`` where one has no ink.
    """
    if len(signatures) <= keep:
        return tuple(range(len(signatures)))
    distances = _distances(signatures)
    return min(
        combinations(range(len(signatures)), keep),
        key=lambda chosen: float(np.sum(distances[np.ix_(chosen, chosen)])),
    )


def _distances(signatures: Sequence[SignatureRecord]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    segments = [segments_of(record) for record in signatures]
    features = alike(segments, [features_from(part) for part in segments])
    result = np.zeros((len(features), len(features)))
    for row in range(1, len(features)):
        result[row, :row] = result[:row, row] = pair_distances(features[:row], features[row])
    return result
