# SPDX-License-Identifier: Apache-2.0
"""Error rates of a verifier from the scores of genuine and forged signatures, in per cent."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def equal_error(genuine: Floats, forged: Floats) -> tuple[float, float]:
    """Give the equal error rate in per cent and its threshold (accepted at or above)."""
    limits = np.unique(np.concatenate([genuine, forged]))
    missed = np.searchsorted(np.sort(genuine), limits, side="left") / len(genuine)
    passed = 1.0 - np.searchsorted(np.sort(forged), limits, side="left") / len(forged)
    best = int(np.argmin(np.abs(missed - passed)))
    return float(missed[best] + passed[best]) * 50.0, float(limits[best])


def rejected_at(genuine: Floats, forged: Floats, accepted_share: float) -> float:
    """Give the per cent of genuine ones rejected where at most ``accepted_share`` of forgeries pass."""
    allowed = math.floor(accepted_share * len(forged))
    limit = np.sort(forged)[::-1][allowed]  # this one and everything below must be rejected
    return float(np.mean(genuine <= limit)) * 100.0
