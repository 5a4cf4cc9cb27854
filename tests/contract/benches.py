# SPDX-License-Identifier: Apache-2.0
"""One bench a driver: it makes the driver's hardware, or what stands for it, do what the contract test
asks."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

from app.devices.base import Reader, ReaderOptions
from app.devices.emulator.emulator import Emulator
from app.devices.emulator.pattern import ridge_pattern
from app.devices.emulator.timing import INSTANT
from app.devices.registry import make_reader


class Bench(Protocol):
    """What every driver's bench can do."""

    silence_code: str | None
    absent_id: str

    def reader(self, options: ReaderOptions) -> Reader:
        """A reader on this bench, not opened."""

    def touch(self) -> None:
        """From now on a finger is there, or comes soon."""

    def leave(self) -> None:
        """The finger goes, where somebody has to see to that."""

    def silence(self) -> None:
        """The reader says nothing more."""

    def garbage(self) -> None:
        """The reader says things that mean nothing."""

    def cut_next_image(self) -> None:
        """The next image is cut off half-way, where that needs preparing; ``unplug`` is called at its first
        rows."""

    def unplug(self) -> None:
        """The reader is pulled out."""

    def heal(self) -> None:
        """Everything is as it should be again, plugged in as well."""

    def close(self) -> None:
        """Takes the bench down."""


class EmulatorBench:
    """An emulated module behind a socket, for the serial driver."""

    silence_code = "reader_silent"
    absent_id = "r30x:socket://127.0.0.1:1"

    def __init__(self, folder: Path) -> None:
        self._emulator = Emulator("r307", timing=INSTANT)
        self._address = self._emulator.serve_tcp()

    def reader(self, options: ReaderOptions) -> Reader:
        return make_reader(f"r30x:{self._address}", options)

    def touch(self) -> None:
        self._emulator.place_number(0)

    def leave(self) -> None:
        self._emulator.lift_finger()

    def silence(self) -> None:
        self._emulator.set_fault("mute:always")

    def garbage(self) -> None:
        self._emulator.set_fault("garbage:always")

    def cut_next_image(self) -> None:
        # Without throttling the whole image would be in the socket's buffer before anybody could pull
        # anything.
        self._emulator.set_fault("unplug-mid-image")

    def unplug(self) -> None:
        self._emulator.unplug()

    def heal(self) -> None:
        self._emulator.set_fault(None)
        self._emulator.replug()

    def close(self) -> None:
        self._emulator.close()


class FolderBench:
    """A folder with one image, for the folder driver. A folder that has nothing to say is no fault."""

    silence_code = None
    absent_id = "folder:/nowhere/at/all"

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "prints"
        self._aside = folder / "aside"
        self._folder.mkdir()
        print_ = ridge_pattern(1)
        header = f"P5\n{print_.width_px} {print_.height_px}\n255\n".encode()
        self._image = header + print_.pixels
        self.touch()

    def reader(self, options: ReaderOptions) -> Reader:
        return make_reader(f"folder:{self._folder}", options)

    def touch(self) -> None:
        (self._folder / "1.pgm").write_bytes(self._image)

    def leave(self) -> None:
        """The player lifts its finger by itself."""

    def silence(self) -> None:
        (self._folder / "1.pgm").unlink(missing_ok=True)

    def garbage(self) -> None:
        (self._folder / "1.pgm").write_bytes(b"P5 100000 1 7 and no pixels")

    def cut_next_image(self) -> None:
        """The player reads row by row."""

    def unplug(self) -> None:
        shutil.move(self._folder, self._aside)

    def heal(self) -> None:
        if self._aside.exists():
            shutil.move(self._aside, self._folder)
        self.touch()

    def close(self) -> None:
        """Nothing to take down."""


BENCHES: dict[str, type[EmulatorBench | FolderBench]] = {"r30x": EmulatorBench, "folder": FolderBench}
