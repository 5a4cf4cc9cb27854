# SPDX-License-Identifier: Apache-2.0
"""Reads the text files of the First International Signature Verification Competition (2004).

Format: one line with the number of samples, then ``x y timestamp button [azimuth altitude pressure]``; y
grows upward, times are milliseconds, ``button`` is a bit mask whose lowest bit is the tip. A sample with the
tip up is the first of a stroke, not a pen in the air. Times may stand still or step back: samples are sorted.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from app.domain.signatures import (
    MAX_POINTS,
    PRESSURE_MAX,
    Canvas,
    PenClock,
    PenDevice,
    Point,
    PointerType,
    PositionUnit,
    SignatureRecord,
    Stroke,
    build_record,
    invalid,
)

# Tablet units of the competition's device are taken as 1/100 mm; nothing in verification depends on it.
_CANVAS = Canvas(1400, 900, mm_per_px=0.1, unit=PositionUnit.HUNDREDTH_MM)
_LEVELS = 1023
_GAP_MS = 40.0  # four missing samples: the pen was up, whatever the button says
_STARTED_AT = datetime(2004, 1, 1, tzinfo=UTC)


def read_svc(text: str) -> SignatureRecord:
    """Read one file.

    Raises:
        OperatorError: ``signature_file_invalid``.
    """
    lines = text.split("\n")
    if len(lines) > MAX_POINTS + 10:
        raise invalid("too_many_points")
    try:
        count = int(lines[0])
        rows = [[int(value) for value in line.split()] for line in lines[1:] if line.strip()]
    except ValueError as error:
        raise invalid("not_numbers") from error
    widths = {len(row) for row in rows}
    if count != len(rows) or not rows or len(widths) != 1 or not widths <= {4, 7}:
        raise invalid("truncated")
    table: Any = np.array(rows, dtype=object)
    if max(abs(value) for row in rows for value in row) >= 1 << 40:
        raise invalid("not_numbers")
    table = table.astype(np.int64)
    table = table[np.argsort(table[:, 2], kind="stable")]
    time_ms = table[:, 2] - table[0, 2]
    tip = table[:, 3] & 1
    # A stroke starts where the tip comes down: at its tip-up sample, or at a gap.
    new = np.ones(len(table), dtype=bool)
    new[1:] = (np.diff(time_ms) > _GAP_MS) | ((tip[1:] == 0) & (tip[:-1] == 1))
    y_top = int(table[:, 1].max())
    strokes: list[Stroke] = []
    for part in np.split(np.arange(len(table)), np.flatnonzero(new)[1:]):
        points = [
            Point(
                int(time_ms[index]) * 1000,
                int(table[index, 0]),
                y_top - int(table[index, 1]),
                _pressure(int(table[index, 6])) if table.shape[1] == 7 else None,
            )
            for index in part
        ]
        strokes.append(Stroke(tuple(points)))
    device = PenDevice(
        "SVC2004",
        "svc2004",
        PointerType.PEN,
        frozenset({"pressure"} if table.shape[1] == 7 else ()),
        PenClock.IMPORTED,
        100.0,
    )
    return build_record(strokes, started_at=_STARTED_AT, device=device, canvas=_CANVAS)


def _pressure(level: int) -> int:
    return round(min(max(level, 0), _LEVELS) * PRESSURE_MAX / _LEVELS)
