# SPDX-License-Identifier: Apache-2.0
"""The keys of the window, as data: buttons, tool tips, help and the shortcuts themselves read this table."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the act that it triggers, its portable sequences (first one is shown) and its words in help.

    ``on_button``: short enough to stand on the button itself; every key is in the tool tip.
    """

    act: str
    sequences: tuple[str, ...]
    words: str

    @property
    def on_button(self) -> bool:
        """Whether the button shows it."""
        return "+" not in self.sequences[0]

    @property
    def shown(self) -> str:
        """The first sequence in the words of this system, such as ``F7`` or ``Ctrl+Z``."""
        return QKeySequence(self.sequences[0]).toString(QKeySequence.SequenceFormat.NativeText)

    @property
    def help_text(self) -> str:
        """What the key does, in the operator's language."""
        return QCoreApplication.translate("Keys", self.words)


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802 - the name that Qt's text collector looks for
    """Mark a text for the translators; Qt's own function of that name has no type."""
    assert context == "Keys"
    return text


KEYS: tuple[Key, ...] = (
    Key("help", ("F1",), QT_TRANSLATE_NOOP("Keys", "Show this list of keys")),
    Key("add_student", ("F2",), QT_TRANSLATE_NOOP("Keys", "Add a student")),
    Key("search", ("F3", "Ctrl+F"), QT_TRANSLATE_NOOP("Keys", "Find a student")),
    Key("details", ("F4",), QT_TRANSLATE_NOOP("Keys", "Show or hide the details found in the picture")),
    Key("scan_again", ("F5",), QT_TRANSLATE_NOOP("Keys", "Scan this finger again")),
    Key("next_finger", ("F6",), QT_TRANSLATE_NOOP("Keys", "Go to the next finger")),
    Key("skip", ("F7",), QT_TRANSLATE_NOOP("Keys", "Skip this, with a reason")),
    Key("verify", ("F8",), QT_TRANSLATE_NOOP("Keys", "Count the touch anyway, or skip the check")),
    Key("pause", ("F9",), QT_TRANSLATE_NOOP("Keys", "Pause; the student can be resumed later")),
    Key("primary", ("F10", "Ctrl+Return"), QT_TRANSLATE_NOOP("Keys", "Continue or finish")),
    Key("back", ("Alt+Left",), QT_TRANSLATE_NOOP("Keys", "Go back one page")),
    Key("cancel", ("Esc",), QT_TRANSLATE_NOOP("Keys", "Cancel or close what is open")),
    Key("undo", ("Ctrl+Z",), QT_TRANSLATE_NOOP("Keys", "Undo the last stroke")),
    Key("redo_stroke", ("Ctrl+Y", "Ctrl+Shift+Z"), QT_TRANSLATE_NOOP("Keys", "Bring the stroke back")),
    Key("clear", ("Ctrl+Backspace",), QT_TRANSLATE_NOOP("Keys", "Clear the canvas")),
    Key("print", ("Ctrl+P",), QT_TRANSLATE_NOOP("Keys", "Print the receipt")),
    Key("save", ("Ctrl+S",), QT_TRANSLATE_NOOP("Keys", "Save the receipt as PDF")),
    Key("check_in_desk", ("Ctrl+I",), QT_TRANSLATE_NOOP("Keys", "Open the check-in desk")),
    Key("lock", ("Ctrl+L",), QT_TRANSLATE_NOOP("Keys", "Lock the station")),
    Key("menu", ("Alt+M",), QT_TRANSLATE_NOOP("Keys", "Open the menu")),
)

_BY_ACT = {key.act: key for key in KEYS}


def key_for(act: str) -> Key | None:
    """The key of an act, if it has one."""
    return _BY_ACT.get(act)
