# SPDX-License-Identifier: Apache-2.0
"""The reader's condition as an inline message: what is so, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.domain.capture_events import ReaderCondition, ReaderState
from app.ui.common.notice import Notice
from app.ui.common.theme import Tone


def reader_words(condition: ReaderCondition) -> tuple[str, str]:
    """What happened and what to do; both empty while the reader is ready."""
    translate = QCoreApplication.translate
    return {
        ReaderCondition.READY: ("", ""),
        ReaderCondition.OPENING: (
            translate("Reader", "Connecting to the reader."),
            translate("Reader", "This takes a moment."),
        ),
        ReaderCondition.ABSENT: (
            translate("Reader", "No fingerprint reader was found."),
            translate("Reader", "Plug it in; it is found by itself."),
        ),
        ReaderCondition.BUSY: (
            translate("Reader", "Another program uses the reader."),
            translate("Reader", "Close that program; we go on by ourselves."),
        ),
        ReaderCondition.LOST: (
            translate("Reader", "The reader was unplugged."),
            translate("Reader", "Plug it in; we go on where you were. Everything saved is still there."),
        ),
        ReaderCondition.LOCKED: (
            translate("Reader", "The reader asks for a password that this station does not know."),
            translate("Reader", "Tell your administrator; the fingers can be skipped meanwhile."),
        ),
        ReaderCondition.FAILED: (
            translate("Reader", "The reader does not answer as it should."),
            translate("Reader", "Unplug it, wait a moment and plug it in again."),
        ),
    }[condition]


def show_reader(notice: Notice, event: ReaderState) -> None:
    """Show the condition in ``notice``, or clear it once the reader is ready."""
    what, how = reader_words(event.state)
    if not what:
        notice.clear()
        return
    quiet = event.state is ReaderCondition.OPENING
    icon = "loader-circle" if quiet else "unplug"
    retry = event.state in (ReaderCondition.LOCKED, ReaderCondition.FAILED)
    notice.say(
        Tone.ACCENT if quiet else Tone.WARN,
        what,
        how,
        icon=icon,
        act="reader_retry" if retry else "",
        button=QCoreApplication.translate("Reader", "Try again") if retry else "",
    )
