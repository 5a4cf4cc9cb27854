# SPDX-License-Identifier: Apache-2.0
"""The fitted weights of the score.

Fitted by ``fingerprint fit-score`` on FVC2002 DB1_B and DB3_B, whole and as 256 x 288 and 192 x 192 windows:
1,680 mates and 17,280 non-mates; no other set was used.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """score = offset + weights . features; log10(false match rate) = rate_start + rate_slope * score."""

    weights: tuple[float, ...]
    offset: float
    rate_start: float
    rate_slope: float


#: With ridge waves on both sides.
WITH_WAVES = ScoreModel(
    weights=(0.1243, 0.4149, -0.052, 0.1923, 0.1195, 0.0838, 0.7309, -2.5395, 0.6385),
    offset=-3.8663,
    rate_start=-2.835,
    rate_slope=-0.6888,
)
#: On minutiae alone, for templates of other makers.
MINUTIAE_ONLY = ScoreModel(
    weights=(0.6587, 0.4297, -0.1989, 0.0, 0.0, 0.0, 0.0, -4.0418, 0.0),
    offset=-1.2632,
    rate_start=-1.8528,
    rate_slope=-0.8792,
)
