# SPDX-License-Identifier: Apache-2.0
"""What the engine sees, drawn for people: foreground, flow, cleaned ridges, minutiae and singular points."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.extract import analyze
from app.biometrics.fingerprint.normalise import load_grey
from app.biometrics.fingerprint.singular import find_singular
from app.biometrics.fingerprint.template import DIRECTION_STEPS, MinutiaKind, SingularKind

#: Colors as blue, green, red.
_FLOW = (200, 140, 40)
_ENDING = (40, 40, 220)
_BIFURCATION = (220, 120, 20)
_CORE = (30, 170, 30)
_DELTA = (180, 30, 180)
_FLOW_EVERY_PX = 16


def draw(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Three pictures side by side, (h, 3 w, 3) blue-green-red: the image with foreground and ridge flow, the
    cleaned ridges, and the ridges with endings (red), bifurcations (blue), cores (green), deltas (violet).

    Args:
        image: as for ``extract``.
    """
    grey = load_grey(image)
    height, width = grey.shape
    seen = analyze(grey)
    mask = cv2.resize(seen.found.mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    ridges = np.clip(128 - 110 * seen.wave.even, 0, 255).astype(np.uint8)
    ridges = np.where(mask > 0, ridges, 230).astype(np.uint8)
    flow = cv2.cvtColor(np.where(mask > 0, grey, grey // 2 + 120).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    for row in range(_FLOW_EVERY_PX // 2, height, _FLOW_EVERY_PX):
        for column in range(_FLOW_EVERY_PX // 2, width, _FLOW_EVERY_PX):
            if mask[row, column]:
                step = (6 * float(seen.flow.cos[row, column]), 6 * float(seen.flow.sin[row, column]))
                start = (round(column - step[0]), round(row - step[1]))
                end = (round(column + step[0]), round(row + step[1]))
                cv2.line(flow, start, end, _FLOW, 1, cv2.LINE_AA)
    plain = cv2.cvtColor(ridges, cv2.COLOR_GRAY2BGR)
    marked = cv2.cvtColor((ridges // 2 + 127).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    points = seen.minutiae
    for x, y, steps, kind in zip(
        points.x.tolist(), points.y.tolist(), points.direction.tolist(), points.kind.tolist(), strict=True
    ):
        turn = steps * 2 * np.pi / DIRECTION_STEPS
        color = _ENDING if kind == MinutiaKind.ENDING else _BIFURCATION
        tip = (round(x + 10 * float(np.cos(turn))), round(y - 10 * float(np.sin(turn))))
        cv2.circle(marked, (x, y), 3, color, 1, cv2.LINE_AA)
        cv2.line(marked, (x, y), tip, color, 1, cv2.LINE_AA)
    for point in find_singular(seen.orientation, seen.found):
        color = _CORE if point.kind == SingularKind.CORE else _DELTA
        cv2.drawMarker(marked, (point.x, point.y), color, cv2.MARKER_DIAMOND, 12, 2)
    return np.concatenate([flow, plain, marked], axis=1).astype(np.uint8)
