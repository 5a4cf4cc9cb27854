# SPDX-License-Identifier: Apache-2.0
"""From pixels to a template.

Even out the contrast, estimate orientation and period, filter the ridges into a wave, estimate the
orientation again on the clean ridges, filter again, then read foreground, minutiae and flow off the wave.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.contrast import EvenRidges, even_out, finger_window
from app.biometrics.fingerprint.demodulate import Flow, Wave, clean, demodulate, smooth_along
from app.biometrics.fingerprint.minutiae import Minutiae, find_minutiae
from app.biometrics.fingerprint.normalise import load_grey
from app.biometrics.fingerprint.orientation import Orientation, estimate_orientation
from app.biometrics.fingerprint.planes import Plane, enlarge
from app.biometrics.fingerprint.segmentation import Segment, segment
from app.biometrics.fingerprint.singular import find_singular
from app.biometrics.fingerprint.template import (
    LONGEST_PERIOD_PX,
    PERIOD_STEPS,
    PHASE_STEPS,
    SHORTEST_PERIOD_PX,
    THETA_STEPS,
    Cells,
    Template,
    empty_template,
)
from app.biometrics.fingerprint.wavelength import CELL_PX, estimate_wavelength
from app.domain.errors import OperatorError

FIRST_SIGMAS = (2.0, 4.0)
SECOND_SIGMAS = (2.0, 3.5)
#: Fewer cells of foreground than this are no finger (24 cells = 39 x 39 px).
FEWEST_CELLS = 24
#: 20 cm at 500 ppi; the resampling that the filters use counts in 16 bits.
LONGEST_SIDE_PX = 4000


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Everything found on the way, for drawing and for people who want to see why."""

    even: EvenRidges
    orientation: Orientation
    flow: Flow
    period: Plane
    wave: Wave
    found: Segment
    minutiae: Minutiae


def analyze(image: NDArray[np.uint8]) -> Analysis:
    """Analyzes one image (h, w) uint8, 500 ppi, dark ridges; both sides at least 64 px."""
    shape = (image.shape[0], image.shape[1])
    even = even_out(image)
    across, down = np.meshgrid(np.arange(shape[1], dtype=np.float32), np.arange(shape[0], dtype=np.float32))
    orientation = estimate_orientation(even.ridges, FIRST_SIGMAS)
    flow = Flow(*orientation.tangents(shape), across, down)
    smoothed = smooth_along(even.ridges, flow)
    period = estimate_wavelength(smoothed, orientation)
    period_px = enlarge(period, shape)
    orientation = estimate_orientation(clean(smoothed, flow, period_px), SECOND_SIGMAS)
    flow = Flow(*orientation.tangents(shape), across, down)
    wave = demodulate(smooth_along(smooth_along(even.ridges, flow), flow), flow, period_px)
    found = segment(even, wave)
    minutiae = find_minutiae(wave, flow, found, orientation.coherence())
    return Analysis(even, orientation, flow, period, wave, found, minutiae)


def extract(image: NDArray[np.uint8], image_quality: int = 0) -> Template:
    """The template of one impression.

    Args:
        image: (h, w) uint8, 500 ppi, dark ridges on light, fingertip up; see ``normalise``.
        image_quality: 0 to 100, stored with it.

    Returns:
        The template; one without minutiae where there is no finger.

    Raises:
        OperatorError: ``image_unreadable``, see ``load_grey``.
    """
    grey = load_grey(image)
    if max(grey.shape) > LONGEST_SIDE_PX:
        raise OperatorError(
            "image_unreadable", reason="too_large", width_px=grey.shape[1], height_px=grey.shape[0]
        )
    window = finger_window(grey)
    left, top = window[1].start, window[0].start
    analysis = analyze(np.ascontiguousarray(grey[window]))
    cells = _cells(analysis, grey.shape, top // CELL_PX, left // CELL_PX)
    if np.count_nonzero(cells.mask) < FEWEST_CELLS:
        empty = empty_template(grey.shape[1], grey.shape[0])
        return replace(empty, image_quality=image_quality)
    points = analysis.minutiae
    return Template(
        width_px=grey.shape[1],
        height_px=grey.shape[0],
        x=points.x + np.int16(left),
        y=points.y + np.int16(top),
        direction=points.direction,
        kind=points.kind,
        quality=points.quality,
        cells=cells,
        singular=tuple(
            replace(point, x=point.x + left, y=point.y + top)
            for point in find_singular(analysis.orientation, analysis.found)
        ),
        image_quality=image_quality,
    )


def _cells(analysis: Analysis, shape: tuple[int, ...], first_row: int, first_column: int) -> Cells:
    height, width = analysis.wave.even.shape
    rows = np.arange(height // CELL_PX) * CELL_PX + CELL_PX // 2
    columns = np.arange(width // CELL_PX) * CELL_PX + CELL_PX // 2
    pixels, quarters = np.ix_(rows, columns), np.ix_(rows // 4, columns // 4)
    mask = analysis.found.mask[quarters]
    theta = np.rint(analysis.flow.theta[pixels] * (THETA_STEPS / np.pi)).astype(np.int64)
    phase = np.arctan2(analysis.wave.odd[pixels], analysis.wave.even[pixels])
    # Half a turn of theta turns the normal round and with it the sense of the phase.
    phase = np.where(theta >= THETA_STEPS, -phase, phase)
    phase_step = np.rint(phase * (PHASE_STEPS / (2 * np.pi))).astype(np.int64) % PHASE_STEPS
    ratio = np.log(LONGEST_PERIOD_PX / SHORTEST_PERIOD_PX) / (PERIOD_STEPS - 1)
    period = np.log(analysis.period[: len(rows), : len(columns)] / SHORTEST_PERIOD_PX) / ratio
    whole = (shape[0] // CELL_PX, shape[1] // CELL_PX)
    part = np.s_[first_row : first_row + len(rows), first_column : first_column + len(columns)]

    def placed(values: NDArray[Any]) -> NDArray[np.uint8]:
        plane = np.zeros(whole, np.uint8)
        plane[part] = np.where(mask, values, 0)
        return plane

    return Cells(
        mask=placed(mask).astype(np.bool_),
        theta=placed(theta % THETA_STEPS),
        phase=placed(phase_step),
        period=placed(np.clip(np.rint(period), 0, PERIOD_STEPS - 1)),
    )
