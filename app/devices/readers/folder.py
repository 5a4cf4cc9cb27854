# SPDX-License-Identifier: Apache-2.0
"""Plays the images of a folder as if a finger came for each: a reader for demonstrations and for trying out
scans.

The address is a folder with 8-bit PGM files (Netpbm "P5"), all of one size, dark ridges, 500 dpi, played in
the order of their names, again and again. It shows that the contract does not depend on serial modules.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from app.devices.base import Clock, LightSignal, ReaderOptions
from app.domain.capture import (
    Ability,
    FingerDown,
    FingerUp,
    Frame,
    Polarity,
    ReaderEvent,
    ReaderFault,
    ReaderInfo,
    ReaderReady,
    Rows,
)
from app.domain.errors import DeviceError

DRIVER_NAME: Final = "folder"
_DPI: Final = 500
_BITS: Final = 8
_ROWS_AT_ONCE: Final = 16
#: Magic, width, height, maximum value, one white space; comments are not taken (Netpbm, "pgm").
_HEADER: Final = re.compile(rb"P5\s+(\d{1,5})\s+(\d{1,5})\s+255\s")
_HEADER_BYTES: Final = 64
_LARGEST_PX: Final = 4_000_000


class FolderReader:
    """A folder of images as a reader; see ``app.devices.base.Reader`` for the contract."""

    def __init__(self, address: str, options: ReaderOptions, clock: Clock) -> None:
        self._folder = Path(address)
        self._patience = options.patience
        self._clock = clock
        self._info: ReaderInfo | None = None
        self._is_open = False
        self._abandoned = False

    @property
    def info(self) -> ReaderInfo:
        """Identity and geometry; see the contract."""
        if self._info is None:
            raise DeviceError("reader_absent", retryable=True)
        return self._info

    def open(self) -> ReaderInfo:
        """Takes the size from the first image that can be read; see the contract."""
        if not self._is_open:
            self._info = self._describe()
            self._is_open = True
        return self.info

    def close(self) -> None:
        """There is nothing to release; see the contract."""
        self._is_open = False

    def abandon_image(self) -> None:
        """Gives up the image that is being played; see the contract."""
        self._abandoned = True

    def show(self, signal: LightSignal) -> None:
        """A folder has no light."""

    def watch(self, stop: threading.Event) -> Iterator[ReaderEvent]:
        """Plays the images until ``stop`` is set; see the contract."""
        self.open()
        yield ReaderReady(self.info)
        number = 0
        while not stop.wait(self._patience.poll_s):
            try:
                images = self._images()
                if images:
                    yield from self._play(images[number % len(images)], stop)
                    number += 1
                continue
            except DeviceError as error:
                code = error.code
            yield ReaderFault(code, True)
            if code == "reader_garbled":
                number += 1
            else:
                yield from self._wait_for_folder(stop)

    def _describe(self) -> ReaderInfo:
        for path in self._images():
            try:
                width, height, _ = _read_header(path)
            except DeviceError:
                continue
            return ReaderInfo(
                reader_id=f"{DRIVER_NAME}:{self._folder}",
                driver=DRIVER_NAME,
                vendor="",
                model="Folder",
                serial="",
                width_px=width,
                height_px=height,
                dpi=_DPI,
                bits=_BITS,
                abilities=frozenset({Ability.PARTIAL_ROWS, Ability.FINGER_PRESENT}),
                polarity=Polarity.DARK_RIDGES,
            )
        raise DeviceError("reader_unsupported", folder=str(self._folder))

    def _images(self) -> list[Path]:
        try:
            return sorted(path for path in self._folder.iterdir() if path.suffix.lower() == ".pgm")
        except OSError as error:
            code = "reader_disconnected" if self._is_open else "reader_absent"
            raise DeviceError(code, retryable=True) from error

    def _play(self, path: Path, stop: threading.Event) -> Iterator[ReaderEvent]:
        info, started_at_s = self.info, self._clock()
        width, height, offset = _read_header(path)
        if (width, height) != (info.width_px, info.height_px):
            raise DeviceError("reader_garbled", retryable=True, width_px=width, height_px=height)
        self._abandoned = False
        yield FingerDown(started_at_s)
        pixels = bytearray()
        for first_row in range(0, height, _ROWS_AT_ONCE):
            if stop.is_set():
                return
            count = min(_ROWS_AT_ONCE, height - first_row)
            band = _read(path, offset + first_row * width, count * width)
            if len(band) < count * width:
                raise DeviceError("reader_garbled", retryable=True)
            pixels += band
            if not self._abandoned:
                yield Rows(first_row, width, height, band)
        finished_at_s = self._clock()
        if not self._abandoned:
            yield Frame(
                width_px=width,
                height_px=height,
                dpi=info.dpi,
                bits=info.bits,
                polarity=info.polarity,
                pixels=bytes(pixels),
                started_at_s=started_at_s,
                finished_at_s=finished_at_s,
                wire_s=finished_at_s - started_at_s,
            )
        yield FingerUp(self._clock())

    def _wait_for_folder(self, stop: threading.Event) -> Iterator[ReaderEvent]:
        self._is_open = False
        pauses = self._patience.backoff_s
        attempt = 0
        while not stop.wait(pauses[min(attempt, len(pauses) - 1)]):
            attempt += 1
            try:
                self.open()
            except DeviceError:
                continue
            yield ReaderReady(self.info)
            return


def _read(path: Path, offset: int, count: int) -> bytes:
    """A part of the file, looked up by its name each time: a stick that was pulled out is noticed."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(count)
    except OSError as error:
        raise DeviceError("reader_disconnected", retryable=True) from error


def _read_header(path: Path) -> tuple[int, int, int]:
    """(width_px, height_px, offset of the first pixel)."""
    found = _HEADER.match(_read(path, 0, _HEADER_BYTES))
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if found is None or not 0 < width * height <= _LARGEST_PX:
        raise DeviceError("reader_garbled", retryable=True)
    return width, height, found.end()
