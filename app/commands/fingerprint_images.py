# SPDX-License-Identifier: Apache-2.0
"""What the fingerprint commands read and write: picture files and templates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from app.biometrics.fingerprint.template import Template

Dpi = Annotated[int, typer.Option(help="Resolution of the image in dots per inch.")]


def read_bytes(path: Path) -> bytes:
    """A file's bytes; OperatorError ``file_unreadable`` where they are not to be had."""
    from app.domain.errors import OperatorError

    try:
        return path.read_bytes()
    except OSError as error:
        raise OperatorError("file_unreadable", path=str(path)) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file; OperatorError ``file_unreadable`` where that does not work."""
    from app.domain.errors import OperatorError

    try:
        path.write_bytes(data)
    except OSError as error:
        raise OperatorError("file_unreadable", path=str(path)) from error


def image_of(data: bytes, dpi: int) -> NDArray[np.uint8]:
    """A picture file as the engine wants it."""
    from app.biometrics.fingerprint.normalise import image_from_bytes, normalise

    return normalise(image_from_bytes(data), dpi=dpi)


def template_of_image(data: bytes, dpi: int) -> Template:
    """What the engine makes of a picture file, with its quality."""
    from app.biometrics.fingerprint.extract import extract
    from app.biometrics.fingerprint.quality import assess

    image = image_of(data, dpi)
    return extract(image, image_quality=assess(image).quality)


def template_of(data: bytes, dpi: int) -> Template:
    """The template in a file: read, where it is one, else made of the picture that it is."""
    from app.biometrics.fingerprint.ansi378 import is_ansi, read_ansi
    from app.biometrics.fingerprint.iso19794 import read_iso

    if data[:4] != b"FMR\x00":
        return template_of_image(data, dpi)
    return read_ansi(data) if is_ansi(data) else read_iso(data)
