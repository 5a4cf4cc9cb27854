# SPDX-License-Identifier: Apache-2.0
"""What a signature is compared by: nine channels at 100 Hz and five measures of how fluently it was written.

Channels: x, y, their derivatives, sine and cosine of the direction, speed, acceleration, and pressure where
the pen tells it. Derivatives are taken inside strokes only: across a pen-up gap they would be a jump's, and
cost a verifier five points of error. The place on the canvas falls out. Where the canvas knows millimeters,
speed is in mm/s; else lengths are in units of the signature's own size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.biometrics.signature.resample import CANONICAL_HZ, Segments, resample, segments_of
from app.domain.signatures import SignatureRecord, invalid

Floats = npt.NDArray[np.float64]
CHANNELS = ("x", "y", "sin", "cos", "dx", "dy", "speed", "acceleration", "pressure")
# These are divided by a scale that both signatures share, the geometric mean of their spreads, so that a slow
# or feeble copy stays slow; the others by their own spread, so that size and slant of the day do not matter.
PAIR_SCALED = np.array([False, False, False, False, True, True, True, True, True])
FLUENCY = (
    "pen_down_s",
    "pen_up_s",
    "mean_acceleration",
    "mean_speed",
    "mean_pressure_change",
)  # as logarithms
MAX_SAMPLES = 6_000  # 60 s of ink
_USUAL_MM = 10.0  # brings millimeters to about the numbers that sizes have
_WINDOW = 2  # samples to each side in a derivative: 50 and 100 Hz then tell nearly the same


@dataclass(frozen=True, slots=True)
class Features:
    """One signature, ready to be compared."""

    values: Floats  # (samples, channels), each channel's mean taken off
    scale: Floats  # (channels,): the spread of each
    fluency: Floats  # the logarithms of FLUENCY; without pressure the last is missing
    rate_hz: float  # what the device reported, before resampling
    rate_limit_hz: float  # to which it was thinned, infinity where it was not
    has_pressure: bool
    in_millimeters: bool


def features_of(record: SignatureRecord) -> Features:
    """Give the features of a record.

    Raises:
        OperatorError: ``signature_file_invalid`` where there is no ink, or more than a minute of it.
    """
    return features_from(segments_of(record))


def features_from(
    segments: Segments, *, pressure: bool = True, millimeters: bool = True, rate_limit_hz: float = math.inf
) -> Features:
    """Give the features of pen-down samples.

    Args:
        pressure: False leaves the pressure out, for comparison with a signature that has none.
        millimeters: False measures in the signature's own size, for comparison with one of unknown size.
        rate_limit_hz: samples are thinned to this rate first, for comparison with a slower device.
    """
    rate_hz = native_rate(segments)
    if not len(segments) or segments.t_s[-1] - segments.t_s[0] > 10 * MAX_SAMPLES / CANONICAL_HZ:
        raise invalid("no_ink" if not len(segments) else "too_long")
    if rate_limit_hz < rate_hz:
        segments = resample(segments, rate_limit_hz)
    canonical = resample(segments)
    if len(canonical) > MAX_SAMPLES:
        raise invalid("too_long")
    if not pressure:
        canonical = replace(canonical, pressure=None)
    millimeters = millimeters and canonical.mm_per_unit is not None
    size = math.hypot(float(canonical.x.std()), float(canonical.y.std())) or 1.0
    if millimeters and canonical.mm_per_unit is not None:
        size = _USUAL_MM / canonical.mm_per_unit
    x, y = canonical.x / size, canonical.y / size
    dx, dy = derivative(np.stack([x, y]), canonical)
    speed = np.hypot(dx, dy)
    acceleration = np.hypot(*derivative(np.stack([dx, dy]), canonical))
    moving = np.maximum(speed, 1e-9)
    columns = [x, y, dy / moving, dx / moving, dx, dy, speed, acceleration]
    # A spread is not taken for smaller than a twentieth of what is usual: a straight line has none across.
    extent = math.hypot(float(x.std()), float(y.std())) + 1e-3
    pace = float(speed.std()) + 1e-3
    lowest = [0.05 * extent, 0.05 * extent, 0.05, 0.05, 0.05 * pace, 0.05 * pace, 0.05 * pace]
    lowest.append(0.05 * float(acceleration.mean()) + 1e-3)
    if canonical.pressure is not None:
        columns.append(canonical.pressure)
        lowest.append(0.01)
    values = np.stack(columns, axis=1)
    values -= values.mean(axis=0)
    return Features(
        values=values,
        scale=np.maximum(values.std(axis=0), lowest),
        fluency=_fluency(canonical, float(speed.mean()), float(acceleration.mean())),
        rate_hz=rate_hz,
        rate_limit_hz=rate_limit_hz,
        has_pressure=canonical.pressure is not None,
        in_millimeters=millimeters,
    )


def _fluency(canonical: Segments, speed: float, acceleration: float) -> Floats:
    down_s = len(canonical) / CANONICAL_HZ
    up_s = max(float(canonical.t_s[-1] - canonical.t_s[0]) + 1 / CANONICAL_HZ - down_s, 0.0)
    measures = [down_s, up_s + 0.1, acceleration + 1e-3, speed + 1e-3]
    if canonical.pressure is not None:
        measures.append(float(np.abs(derivative(canonical.pressure, canonical)).mean()) + 0.05)
    return np.array([math.log(measure) for measure in measures])


def native_rate(segments: Segments) -> float:
    """Give the device's rate in Hz from the median time between samples of a stroke; 100 where unknown."""
    steps = np.diff(segments.t_s)
    inside = np.ones(len(steps), dtype=bool)
    inside[segments.starts[1:] - 1] = False
    steps = steps[inside]
    return CANONICAL_HZ if not len(steps) else float(1.0 / np.median(steps))


def derivative(values: Floats, segments: Segments) -> Floats:
    """Give the change of ``values`` (..., samples) a second: the regression slope over two samples a side.

    At a stroke's ends the window shrinks to what there is; a stroke of one sample does not move.
    """
    count = values.shape[-1]
    at = np.arange(count)
    lengths = np.diff(np.append(segments.starts, count))
    first = np.repeat(segments.starts, lengths)
    last = first + np.repeat(lengths, lengths) - 1
    numerator, denominator = np.zeros(values.shape), np.zeros(count)
    for step in range(1, _WINDOW + 1):
        high, low = np.minimum(at + step, last), np.maximum(at - step, first)
        numerator += (values[..., high] - values[..., low]) * (high - low)
        denominator += (high - low) ** 2
    slope: Floats = numerator / np.maximum(denominator, 1.0) * CANONICAL_HZ
    return slope
