# SPDX-License-Identifier: Apache-2.0
"""Real or prepared pictures for the emulated reader: a folder of ``<finger>_<impression>.png``."""

from __future__ import annotations

import re
from pathlib import Path

from app.devices.emulator.glass import GlassImage
from app.domain.errors import OperatorError
from app.domain.fingerprints import Finger

_NAME = re.compile(r"(?P<finger>\d+)_(?P<impression>\d+)\.(png|bmp|tif|tiff|pgm|jpg)\Z", re.IGNORECASE)


class PictureFolder:
    """Deals the folder's fingers out to students, and a finger's impressions to its touches, each once.

    Args:
        folder: 500 ppi pictures, ridges dark.

    Raises:
        OperatorError: ``image_unreadable`` where the folder holds no such pictures.
    """

    def __init__(self, folder: Path) -> None:
        self._files: dict[int, list[Path]] = {}
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            match = _NAME.match(path.name)
            if match is not None:
                self._files.setdefault(int(match["finger"]), []).append(path)
        if not self._files:
            raise OperatorError("image_unreadable", reason="no_pictures")
        self._fingers = sorted(self._files)
        self._dealt: dict[Finger, int] = {}
        self._shown: dict[int, int] = {}
        self._next = 0

    def next_student(self) -> None:
        """From now on the fingers belong to another student."""
        self._dealt = {}

    def __call__(self, finger: Finger, touch: int) -> GlassImage:
        """The picture of the next touch of a finger; after the last impression the first comes again."""
        from app.biometrics.fingerprint.normalise import image_from_bytes

        if finger not in self._dealt:
            self._dealt[finger] = self._fingers[self._next % len(self._fingers)]
            self._next += 1
        number = self._dealt[finger]
        files = self._files[number]
        place = self._shown.get(number, 0)
        self._shown[number] = place + 1
        image = image_from_bytes(files[place % len(files)].read_bytes())
        return GlassImage(image.shape[1], image.shape[0], image.tobytes())
