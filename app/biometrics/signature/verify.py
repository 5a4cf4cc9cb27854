# SPDX-License-Identifier: Apache-2.0
"""Does a signature agree with the ones that were given at sign-up? Consistent, doubtful or different.

The distance to each reference is dynamic time warping over the channels of ``features``; their mean is
divided by the square root of the references' mean distance among themselves (a writer who varies is allowed
more, but not in full proportion), and a signature that is less fluent than the references (slower, weaker,
longer lifts) pays for it. It tells a wrong person's own signature reliably, a practiced forger's often; it
is a second factor and a check of consistency, never an identity, and its score is no percentage.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from itertools import combinations

import numpy as np
import numpy.typing as npt

from app.biometrics.signature.dtw import distances
from app.biometrics.signature.features import PAIR_SCALED, Features, features_from
from app.biometrics.signature.resample import CANONICAL_HZ, Segments, segments_of
from app.domain.signatures import SignatureRecord, invalid

Floats = npt.NDArray[np.float64]
ALGORITHM_VERSION = "dtw9-fluency/1"

# Score limits with pressure and without. At or above the first a signature is consistent, below the second it
# is different. Taken from SVC2004 Task 2, users 1 to 20, three references: the equal error point against
# skilled forgeries, and the score below which 1 % of the genuine ones lie.
LIMITS = {True: (-0.34, -0.43), False: (-0.26, -0.38)}
# Spread of a writer's own signatures in each logarithm of features.FLUENCY, and which way a forger errs.
FLUENCY_SPREAD = np.array([0.08, 0.24, 0.13, 0.10, 0.16])
FLUENCY_SIGN = np.array([1.0, 1.0, -1.0, -1.0, -1.0])
FLUENCY_WEIGHT = 0.02
FLUENCY_CAP = 4.0
_ALONE = 1.0  # stands in for the distance among references where there is only one
_SAME_RATE = 1.25  # a slower device's signature is compared at its own rate, from this ratio on
_WIDE = 1.6  # references as far apart as this do not look like one person's


class Verdict(str, Enum):
    """The answer, as it is shown and stored."""

    CONSISTENT = "consistent"
    DOUBTFUL = "doubtful"
    DIFFERENT = "different"


class VerificationFlag(str, Enum):
    """What to know about an answer."""

    OTHER_DEVICE = "other_device"  # no reference comes from the device that was used now
    OTHER_RATE = "other_rate"  # compared at the slower device's rate
    WITHOUT_PRESSURE = "without_pressure"  # one side has none, so neither was used
    WITHOUT_SIZE = "without_size"  # a canvas did not know millimeters, so only proportions were used
    FEW_REFERENCES = "few_references"  # fewer than three
    UNLIKE_REFERENCES = "unlike_references"  # the references differ much among themselves
    LESS_FLUENT = "less_fluent"  # slower and weaker than the references by a wide margin


@dataclass(frozen=True, slots=True)
class Reference:
    """One signature that a writer is known by."""

    reference_id: str
    captured_at: datetime
    record: SignatureRecord = field(repr=False)


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer for one signature. ``score``: higher is more alike; it has no unit and is no percentage."""

    verdict: Verdict
    score: float
    threshold: float  # at or above: consistent
    different_below: float
    reference_ids: tuple[str, ...]
    device_match: bool
    flags: tuple[VerificationFlag, ...]
    algorithm_version: str = ALGORITHM_VERSION


@dataclass(frozen=True, slots=True)
class Prepared:
    """References made ready: their features and their mean distance among themselves."""

    references: tuple[Reference, ...]
    segments: tuple[Segments, ...] = field(repr=False)
    features: tuple[Features, ...] = field(repr=False)
    spread: float


def prepare(references: Sequence[Reference]) -> Prepared:
    """Make references ready for any number of comparisons.

    Raises:
        OperatorError: ``signature_file_invalid`` where there is none, or one without ink.
    """
    if not references:
        raise invalid("no_references")
    segments = tuple(segments_of(reference.record) for reference in references)
    features = alike(segments, [features_from(part) for part in segments])
    return Prepared(tuple(references), segments, features, spread_of(features))


def verify(prepared: Prepared, record: SignatureRecord) -> Verification:
    """Compare a signature with the references.

    Raises:
        OperatorError: ``signature_file_invalid`` where it has no ink, or more than a minute of it.
    """
    segments = segments_of(record)
    probe = features_from(segments)
    *references, probe = alike((*prepared.segments, segments), (*prepared.features, probe))
    # The distance among the references is taken again only where they had to be changed.
    same = all(new is old for new, old in zip(references, prepared.features, strict=True))
    spread = prepared.spread if same else spread_of(references)
    score = score_of(pair_distances(references, probe), spread, references, probe)
    verdict, threshold, different_below = verdict_of(score, pressure=probe.has_pressure)
    device_match = record.device.device_id in {
        reference.record.device.device_id for reference in prepared.references
    }
    findings = {
        VerificationFlag.OTHER_DEVICE: not device_match,
        VerificationFlag.OTHER_RATE: any(part.rate_limit_hz < math.inf for part in (*references, probe)),
        VerificationFlag.WITHOUT_PRESSURE: not probe.has_pressure,
        VerificationFlag.WITHOUT_SIZE: not probe.in_millimeters,
        VerificationFlag.FEW_REFERENCES: len(references) < 3,
        VerificationFlag.UNLIKE_REFERENCES: spread > _WIDE,
        VerificationFlag.LESS_FLUENT: fluency_lost(references, probe) > FLUENCY_CAP / 2,
    }
    ids = tuple(reference.reference_id for reference in prepared.references)
    flags = tuple(flag for flag, found in findings.items() if found)
    return Verification(verdict, score, threshold, different_below, ids, device_match, flags)


def verdict_of(score: float, *, pressure: bool) -> tuple[Verdict, float, float]:
    """Give the verdict for a score, and the two limits that it was held against."""
    threshold, different_below = LIMITS[pressure]
    if score >= threshold:
        return Verdict.CONSISTENT, threshold, different_below
    verdict = Verdict.DOUBTFUL if score >= different_below else Verdict.DIFFERENT
    return verdict, threshold, different_below


def alike(segments: Sequence[Segments], features: Sequence[Features]) -> tuple[Features, ...]:
    """Bring signatures to what all of them have: pressure, millimeters, and the slowest device's rate.

    A slow device cannot tell the fast movements that a fast one sees; comparing both at the slow rate keeps
    the score where it was. Features that need no change come back as they are.
    """
    pressure = all(part.has_pressure for part in features)
    millimeters = all(part.in_millimeters for part in features)
    slowest = min(part.rate_hz for part in features)
    slow = slowest * _SAME_RATE < CANONICAL_HZ
    result = []
    for part, known in zip(segments, features, strict=True):
        limit_hz = slowest if slow and known.rate_hz > slowest * _SAME_RATE else math.inf
        if (known.has_pressure, known.in_millimeters, known.rate_limit_hz) != (
            pressure,
            millimeters,
            limit_hz,
        ):
            known = features_from(part, pressure=pressure, millimeters=millimeters, rate_limit_hz=limit_hz)
        result.append(known)
    return tuple(result)


def pair_distances(references: Sequence[Features], probe: Features) -> Floats:
    """Give the distance of the probe to each reference."""
    firsts, seconds = [], []
    for reference in references:
        shared = np.sqrt(reference.scale * probe.scale)
        wide = PAIR_SCALED[: len(shared)]
        firsts.append(reference.values / np.where(wide, shared, reference.scale))
        seconds.append(probe.values / np.where(wide, shared, probe.scale))
    return distances(firsts, seconds)


def spread_of(references: Sequence[Features]) -> float:
    """Give the mean distance of references among themselves."""
    if len(references) < 2:
        return _ALONE
    pairs = [float(pair_distances([first], second)[0]) for first, second in combinations(references, 2)]
    return max(float(np.mean(pairs)), 1e-3)


def score_of(found: Floats, spread: float, references: Sequence[Features], probe: Features) -> float:
    """Give the score for distances ``found`` to references that lie ``spread`` apart."""
    normalized = max(float(found.mean()), 1e-3) / math.sqrt(spread)
    return -math.log(normalized) - FLUENCY_WEIGHT * fluency_lost(references, probe)


def fluency_lost(references: Sequence[Features], probe: Features) -> float:
    """Tell how much less fluent than its references a signature is: 0 not at all, 4 at most."""
    usual = np.mean([reference.fluency for reference in references], axis=0)
    count = len(usual)
    lost = (probe.fluency - usual) / FLUENCY_SPREAD[:count] * FLUENCY_SIGN[:count]
    return float(np.clip(lost, 0.0, FLUENCY_CAP).mean())


def with_accepted(references: Sequence[Reference], accepted: Reference, *, limit: int) -> list[Reference]:
    """Give the references after an accepted sign-in was added: at most ``limit``, the oldest leave first."""
    merged = sorted([*references, accepted], key=lambda reference: reference.captured_at)
    return merged[-limit:]
