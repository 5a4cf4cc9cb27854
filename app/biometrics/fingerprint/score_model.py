# SPDX-License-Identifier: Apache-2.0
"""The fitted weights of the score.

Fitted by ``fingerprint fit-score`` on FVC2002 DB1_B and DB3_B, whole and as 256 x 288 and 192 x 192 windows
(1,680 mates, 17,280 non-mates), and with a small weight on 50 synthetic fingers; no other set was used.
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
    weights=(0.1603, 0.2379, -0.0034, 0.1186, 0.0472, 0.1339, 3.7058, -2.4099, 1.2912),
    offset=-10.0062,
    rate_start=-2.5787,
    rate_slope=-0.4832,
)
#: On minutiae alone, for templates of other makers.
MINUTIAE_ONLY = ScoreModel(
    weights=(0.4125, 0.0475, -0.0476, 0.0, 0.0, 0.0, 0.0, -5.0296, 1.8686),
    offset=-6.9183,
    rate_start=-1.1319,
    rate_slope=-0.4345,
)
