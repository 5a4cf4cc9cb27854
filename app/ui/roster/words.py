# SPDX-License-Identifier: Apache-2.0
"""What a roster file's columns and rows are called."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.domain.roster import ImportReport, Notice, PreviewRow, RowError, RowState
from app.ui.common.error_text import CONTEXT
from app.ui.common.roster_texts import NOTICE_TEXTS, ROW_TEXTS
from app.ui.common.row_list import Row
from app.ui.common.theme import Tone

translate = QCoreApplication.translate


def field_word(field: str) -> str:
    """A particular of a student."""
    words = {
        "name": translate("Roster", "Name"),
        "email": translate("Roster", "E-mail"),
        "class_name": translate("Roster", "Class"),
        "course": translate("Roster", "Course"),
        "number": translate("Roster", "Number"),
        "status": translate("Roster", "Status"),
    }
    return words.get(field, translate("Roster", "Row"))


def state_word(state: RowState) -> str:
    """What the import makes of a row."""
    return {
        RowState.NEW: translate("Roster", "New"),
        RowState.CHANGED: translate("Roster", "Changed"),
        RowState.UNCHANGED: translate("Roster", "Unchanged"),
        RowState.REFUSED: translate("Roster", "Refused"),
    }[state]


_LOOKS = {
    RowState.NEW: (Tone.GOOD, "user-plus"),
    RowState.CHANGED: (Tone.ACCENT, "pen-line"),
    RowState.UNCHANGED: (Tone.NEUTRAL, "check"),
    RowState.REFUSED: (Tone.BAD, "circle-x"),
}


def reason_text(error: RowError) -> str:
    """Why a row is refused, with the field."""
    text = ROW_TEXTS[error.code]
    reason = translate(CONTEXT, text)
    return translate("Roster", "{field}: {reason}").format(field=field_word(error.field), reason=reason)


def notice_text(notice: Notice) -> str:
    """What whoever imports should look at."""
    text = NOTICE_TEXTS[notice.code]
    return translate(CONTEXT, text).format(detail=notice.detail)


def row_of(preview: PreviewRow) -> Row:
    """The row as the list shows it."""
    row, (tone, icon) = preview.row, _LOOKS[preview.state]
    parts = [row.email, row.class_name or "", row.course_name or "", row.number or ""]
    details = "  ·  ".join(part for part in parts if part)
    if preview.errors:
        details = "  ".join(reason_text(error) for error in preview.errors)
    title = row.name or row.email or translate("Roster", "Row without a name")
    return Row(row.line, str(row.line), title, details, state_word(preview.state), tone, icon)


def counts_text(report: ImportReport) -> str:
    """What was done, in one line."""
    words = translate("Roster", "{new} new, {changed} changed, {same} unchanged, {refused} rows refused.")
    return words.format(
        new=report.added, changed=report.changed, same=report.unchanged, refused=len(report.errors)
    )


def report_table(
    rows: tuple[PreviewRow, ...], *, committed: bool
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Headings and rows of the report that is saved: every line of the file, what became of it, and why."""
    headings = (
        translate("Roster", "Line"),
        translate("Roster", "Result"),
        translate("Roster", "Name"),
        translate("Roster", "E-mail"),
        translate("Roster", "Class"),
        translate("Roster", "Course"),
        translate("Roster", "Number"),
        translate("Roster", "Reason"),
    )
    not_yet = "" if committed else translate("Roster", "not imported yet")
    table: list[tuple[object, ...]] = []
    for preview in rows:
        row = preview.row
        reason = " ".join(reason_text(error) for error in preview.errors)
        if preview.state in (RowState.NEW, RowState.CHANGED) and not_yet:
            reason = not_yet
        table.append(
            (
                row.line,
                state_word(preview.state),
                row.name,
                row.email,
                row.class_name,
                row.course_name,
                row.number,
                reason,
            )
        )
    return headings, table
