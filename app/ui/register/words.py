# SPDX-License-Identifier: Apache-2.0
"""What the attendance list says of a student."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.domain.listings import ClassSessionListing
from app.domain.register import Presence, Register, RegisterEntry
from app.ui.common.row_list import Row
from app.ui.common.theme import Tone
from app.ui.common.times import time_text
from app.ui.common.words import attendance_word

translate = QCoreApplication.translate

_LOOKS = {
    Presence.IN: (Tone.GOOD, "circle-check"),
    Presence.LATE: (Tone.WARN, "clock"),
    Presence.MISSING: (Tone.NEUTRAL, "circle"),
    Presence.EXCUSED: (Tone.ACCENT, "circle-minus"),
}


def presence_word(presence: Presence) -> str:
    """A filter of the list."""
    return {
        Presence.IN: translate("Register", "In"),
        Presence.LATE: translate("Register", "Late"),
        Presence.MISSING: translate("Register", "Missing"),
        Presence.EXCUSED: translate("Register", "Excused"),
    }[presence]


def status_word(entry: RegisterEntry) -> str:
    """What is recorded."""
    return attendance_word(entry.status) if entry.status is not None else translate("Register", "Missing")


def method_word(method: str) -> str:
    """How somebody was checked in."""
    return {
        "fingerprint": translate("Register", "by finger"),
        "signature": translate("Register", "by signature"),
        "manual": translate("Register", "by hand"),
        "import": translate("Register", "imported"),
    }.get(method, "")


def details_of(entry: RegisterEntry) -> str:
    """Class, number, and how and when the check-in came."""
    parts = []
    if entry.class_name:
        parts.append(translate("Register", "Class {name}").format(name=entry.class_name))
    if entry.number:
        parts.append(translate("Register", "No. {number}").format(number=entry.number))
    if entry.method:
        parts.append(method_word(entry.method))
    return "  ·  ".join(part for part in parts if part)


def row_of(entry: RegisterEntry) -> Row:
    """The student as the list shows them."""
    tone, icon = _LOOKS[entry.presence]
    at = time_text(entry.checked_in_at) if entry.checked_in_at is not None else "–"
    return Row(entry.student_uid, at, entry.name, details_of(entry), status_word(entry), tone, icon)


def session_text(session: ClassSessionListing) -> str:
    """A class session with its times."""
    if session.ends_at is None:
        return translate("Register", "{title}, from {start}").format(
            title=session.title, start=time_text(session.starts_at)
        )
    return translate("Register", "{title}, {start} – {end}").format(
        title=session.title, start=time_text(session.starts_at), end=time_text(session.ends_at)
    )


def export_table(register: Register) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Headings and rows of the list as a document; times with their date and offset, for other programs."""
    headings = (
        translate("Register", "Name"),
        translate("Register", "Number"),
        translate("Register", "Class"),
        translate("Register", "Status"),
        translate("Register", "Checked in at"),
        translate("Register", "How"),
    )
    rows: list[tuple[object, ...]] = []
    for entry in register.entries:
        at = entry.checked_in_at
        stamp = at.astimezone().isoformat(" ", "seconds") if at is not None else ""
        rows.append(
            (
                entry.name,
                entry.number,
                entry.class_name,
                status_word(entry),
                stamp,
                method_word(entry.method),
            )
        )
    return headings, rows
