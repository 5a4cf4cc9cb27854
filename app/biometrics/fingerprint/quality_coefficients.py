# SPDX-License-Identifier: Apache-2.0
"""Coefficients of the quality model, written by ``fingerprint fit-quality``; do not edit."""

from __future__ import annotations

INTERCEPT = 41.3386
CENTERS = (
    5.41722,  # skin
    4.79185,  # usable
    11.2821,  # usable_root
    0.591587,  # usable_share
    0.725266,  # certainty
    0.819866,  # clarity
    0.355352,  # purity
    0.587014,  # certainty_low
    0.739407,  # clarity_low
    0.0466404,  # flow
    3.63154,  # swing
    0.755627,  # evenness
    1.46226,  # period_spread
)
SPREADS = (
    0.272196,  # skin
    0.655863,  # usable
    3.42941,  # usable_root
    0.232367,  # usable_share
    0.118637,  # certainty
    0.0430951,  # clarity
    0.0287887,  # purity
    0.152257,  # certainty_low
    0.0459014,  # clarity_low
    0.0167244,  # flow
    0.490631,  # swing
    0.0890636,  # evenness
    0.293174,  # period_spread
)
WEIGHTS = (
    5.97423,  # skin
    2.08045,  # usable
    3.48023,  # usable_root
    0.763554,  # usable_share
    0.509496,  # certainty
    -0.282506,  # clarity
    1.85461,  # purity
    -0.521956,  # certainty_low
    0.499844,  # clarity_low
    2.36359,  # flow
    6.01418,  # swing
    0.436431,  # evenness
    0.676855,  # period_spread
)
