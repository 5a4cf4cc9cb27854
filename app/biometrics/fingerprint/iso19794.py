# SPDX-License-Identifier: Apache-2.0
"""Templates as ISO/IEC 19794-2:2005 finger minutiae records (record format), written and strictly read.

Header of 24 bytes: "FMR" 0, " 20" 0, record length u32, capture equipment u16, width u16, height u16,
resolution in x and y u16 (px per cm), number of finger views u8, reserved 0. Angles in 256ths of a turn
(1.40625 degrees), counter-clockwise.
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

_HEADER = struct.Struct(">4s4sIHHHHHBB")
ANGLE_STEPS = 256


def write_iso(template: Template, position: int = 0) -> bytes:
    """One template as a record of one view; ``position`` as in ``FingerView``."""
    return write_iso_views([FingerView(template, position)])


def write_iso_views(views: list[FingerView]) -> bytes:
    """Several views of one image size as one record.

    Raises:
        ValueError: no views, more than 255, or of different image sizes.
    """
    if not 0 < len(views) < 256:
        raise ValueError("a record holds 1 to 255 views")
    sizes = {(view.template.width_px, view.template.height_px) for view in views}
    if len(sizes) > 1:
        raise ValueError("all views of a record have one image size")
    ((width, height),) = sizes
    body = b"".join(write_view(view, ANGLE_STEPS) for view in views)
    density = RESOLUTION_PER_CM
    head = (MAGIC, VERSION, _HEADER.size + len(body), 0, width, height, density, density, len(views), 0)
    return _HEADER.pack(*head) + body


def read_iso(data: bytes) -> Template:
    """The first view's template; see ``read_iso_views``."""
    return read_iso_views(data)[0].template


def read_iso_views(data: bytes) -> tuple[FingerView, ...]:
    """All views of a record; templates of other resolutions are brought to 500 ppi.

    Raises:
        OperatorError: ``template_invalid`` with ``offset`` (byte) and ``reason``.
    """
    check_start(data, MAGIC, VERSION, _HEADER.size)
    _, _, length, _, width, height, per_cm_x, per_cm_y, _, _ = _HEADER.unpack_from(data)
    if length != len(data):
        raise invalid(8, "record_length")
    geometry = Geometry(width, height, per_cm_x, per_cm_y)
    check_geometry(geometry, 14)
    return read_views(data, _HEADER.size, geometry, ANGLE_STEPS)
