# SPDX-License-Identifier: Apache-2.0
"""A student's particulars: what they may be, and what an import of the roster reads and reports."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from app.domain.names import folded

REQUIRED = ("name", "email")
MAX_LENGTHS = {"name": 200, "email": 254, "class_name": 120, "course": 200, "number": 100, "status": 20}
STUDENT_STATUSES = ("active", "inactive")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, halves of pairs


class RowCode(str, Enum):
    """Why a row of a roster file is not imported."""

    CELLS_EXTRA = "cells_extra"  # more cells than the header has columns
    CHARACTER_INVALID = "character_invalid"
    CONTRADICTS_EARLIER_ROW = "contradicts_earlier_row"  # one e-mail or number, other particulars
    EMAIL_INVALID = "email_invalid"
    MISSING = "missing"
    NUMBER_TAKEN = "number_taken"  # another student of the school has it
    STATUS_UNKNOWN = "status_unknown"
    TOO_LONG = "too_long"


class NoticeCode(str, Enum):
    """What whoever imports should look at before committing."""

    COLUMNS_IGNORED = "columns_ignored"
    ENCODING_GUESSED = "encoding_guessed"  # neither marked nor UTF-8: read as Windows-1252
    NUMBERS_DIFFER_IN_LENGTH = "numbers_differ_in_length"  # a spreadsheet may have eaten leading zeros


@dataclass(frozen=True, slots=True)
class RowError:
    """One row that is not imported; ``line`` is where it begins in the file, 1 for the header."""

    line: int
    field: str
    code: RowCode


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to look at; ``detail`` names columns or an encoding, never a student."""

    code: NoticeCode
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One good row: blanks collapsed, an empty optional cell is None."""

    line: int
    name: str = field(repr=False)
    email: str = field(repr=False)
    class_name: str | None = None
    course_name: str | None = None
    status: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """A heading of the file, and the particular that its column is taken for; ``None``: not imported."""

    heading: str
    field: str | None


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A roster file that could be read. ``refused``: the rows that ``errors`` speak of, as far as read."""

    encoding: str
    delimiter: str
    rows: tuple[RosterRow, ...]
    errors: tuple[RowError, ...]
    notices: tuple[Notice, ...] = ()
    columns: tuple[ColumnUse, ...] = ()
    refused: tuple[RosterRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do.

    Attributes:
        committed: False for a dry run.
        added: students that are new.
        changed: students of which something differs, those in ``reactivated`` included.
        unchanged: students that stay untouched.
        reactivated: students that were inactive or deleted and are active again.
        courses_added: courses that are new.
        enrollments_added: enrollments in courses that are new.
        enrollments_reactivated: enrollments that were inactive.
        errors: rows that are left out, by line; the others are imported.
    """

    committed: bool
    encoding: str
    delimiter: str
    added: int
    changed: int
    unchanged: int
    reactivated: int
    courses_added: int
    enrollments_added: int
    enrollments_reactivated: int
    errors: tuple[RowError, ...] = ()
    notices: tuple[Notice, ...] = ()


class RowState(str, Enum):
    """What an import makes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row and what an import would make of it; ``errors``: why it is refused."""

    row: RosterRow
    state: RowState
    errors: tuple[RowError, ...] = ()


@dataclass(frozen=True, slots=True)
class RosterPreview:
    """What importing a file would do, row by row in the order of the file; nothing was written."""

    report: ImportReport
    columns: tuple[ColumnUse, ...]
    rows: tuple[PreviewRow, ...]


class RosterStage(str, Enum):
    """What goes on with a roster file. From ``WRITING`` on it cannot be stopped: all of it or nothing."""

    READING = "reading"
    COMPARING = "comparing"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class RosterProgress:
    """How far it is; ``rows`` of ``READING`` are those read so far, of about ``of``."""

    stage: RosterStage
    rows: int = 0
    of: int = 0


def checked(field_name: str, text: str) -> tuple[str, RowCode | None]:
    """A particular of a student with its blanks collapsed, and what is wrong with it.

    Args:
        field_name: a key of ``MAX_LENGTHS``.
    """
    value = " ".join(text.split())
    longest = MAX_LENGTHS[field_name]
    if len(value) > longest or (not value.isascii() and len(folded(value)) > longest):
        return value, RowCode.TOO_LONG
    if not value.isprintable() and _CONTROL.search(value):
        return value, RowCode.CHARACTER_INVALID
    if field_name == "email" and value and not is_email(value):
        return value, RowCode.EMAIL_INVALID
    if field_name == "status" and value:
        value = value.casefold()
        return value, None if value in STUDENT_STATUSES else RowCode.STATUS_UNKNOWN
    return value, None


def is_email(text: str) -> bool:
    """Whether the text has the shape of an address: something, one @, something; no blanks."""
    local, _, domain = text.partition("@")
    return bool(local and domain) and "@" not in domain and " " not in text
