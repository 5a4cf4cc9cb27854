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
    weights=(0.152, 0.2785, -0.0044, 0.1345, 0.0548, 0.1005, 3.3725, -2.5319, 1.1607),
    offset=-8.922,
    rate_start=-2.4803,
    rate_slope=-0.4651,
)
#: On minutiae alone, for templates of other makers.
MINUTIAE_ONLY = ScoreModel(
    weights=(0.4043, 0.098, -0.0459, 0.0, 0.0, 0.0, 0.0, -5.0729, 1.77),
    offset=-6.6151,
    rate_start=-1.0791,
    rate_slope=-0.452,
)
