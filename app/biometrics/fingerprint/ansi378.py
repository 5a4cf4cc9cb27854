# SPDX-License-Identifier: Apache-2.0
"""Templates as ANSI INCITS 378-2004 finger minutiae records, written and strictly read.

Header of 26 bytes: "FMR" 0, " 20" 0, record length u16 (0 followed by u32 where it does not fit), product
owner u16, product type u16, capture equipment u16, width u16, height u16, resolution in x and y u16 (px per
cm), number of finger views u8, reserved 0. Angles in units of 2 degrees (0 to 179), counter-clockwise.
"""

from __future__ import annotations

import struct

from app.biometrics.fingerprint.minutiae_record import (
    MAGIC,
    RESOLUTION_PER_CM,
    VERSION,
    FingerView,
    Geometry,
    check_geometry,
    check_start,
    invalid,
    read_views,
    write_view,
)
from app.biometrics.fingerprint.template import Template

_REST = struct.Struct(">HHHHHHHBB")
_SHORT_LENGTH_END, _LONG_LENGTH_END = 10, 14
ANGLE_STEPS = 180


def write_ansi(template: Template, position: int = 0) -> bytes:
    """One template as a record of one view; ``position`` as in ``FingerView``."""
    body = write_view(FingerView(template, position), ANGLE_STEPS)
    density = RESOLUTION_PER_CM
    rest = _REST.pack(0, 0, 0, template.width_px, template.height_px, density, density, 1, 0) + body
    total = _SHORT_LENGTH_END + len(rest)
    if total <= 0xFFFF:
        return MAGIC + VERSION + struct.pack(">H", total) + rest
    return MAGIC + VERSION + struct.pack(">HI", 0, _LONG_LENGTH_END + len(rest)) + rest


def read_ansi(data: bytes) -> Template:
    """The first view's template; see ``read_ansi_views``."""
    return read_ansi_views(data)[0].template


def read_ansi_views(data: bytes) -> tuple[FingerView, ...]:
    """All views of a record; templates of other resolutions are brought to 500 ppi.

    Raises:
        OperatorError: ``template_invalid`` with ``offset`` (byte) and ``reason``.
    """
    check_start(data, MAGIC, VERSION, _LONG_LENGTH_END)
    (length,) = struct.unpack_from(">H", data, 8)
    start = _SHORT_LENGTH_END
    if length == 0:
        (length,) = struct.unpack_from(">I", data, _SHORT_LENGTH_END)
        start = _LONG_LENGTH_END
    if length != len(data):
        raise invalid(8, "record_length")
    if len(data) < start + _REST.size:
        raise invalid(len(data), "truncated")
    _, _, _, width, height, per_cm_x, per_cm_y, _, _ = _REST.unpack_from(data, start)
    geometry = Geometry(width, height, per_cm_x, per_cm_y)
    check_geometry(geometry, start + 6)
    return read_views(data, start + _REST.size, geometry, ANGLE_STEPS)


def is_ansi(data: bytes) -> bool:
    """Whether a record is ANSI 378 rather than ISO 19794-2: both begin alike, but only one length fits."""
    if data[:8] != MAGIC + VERSION or len(data) < _LONG_LENGTH_END:
        return False
    (long_length,) = struct.unpack_from(">I", data, 8)
    (short_length,) = struct.unpack_from(">H", data, 8)
    return bool(long_length != len(data) and (short_length == len(data) or short_length == 0))
