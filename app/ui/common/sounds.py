# SPDX-License-Identifier: Apache-2.0
"""Short sounds; each has a visible twin, so that nothing depends on them.

Windows plays two of its system sounds; elsewhere the system's bell is all that is used.
"""

from __future__ import annotations

import sys
from enum import Enum

from PySide6.QtWidgets import QApplication


class Sound(Enum):
    """What a sound says."""

    ACCEPTED = "accepted"
    AGAIN = "again"


def play(sound: Sound, wanted: bool) -> None:
    """Play a sound, unless the desk is quiet. Returns at once."""
    if not wanted:
        return
    if sys.platform == "win32":
        import winsound

        flags = winsound.SND_ALIAS | winsound.SND_ASYNC | winsound.SND_NODEFAULT
        winsound.PlaySound("SystemAsterisk" if sound is not Sound.AGAIN else "SystemHand", flags)
    else:
        QApplication.beep()
