# SPDX-License-Identifier: Apache-2.0
"""Reads a roster as CSV: the source's columns, and what spreadsheets do to them.

Required are ``name`` and ``email``; ``class_name``, ``course`` (or ``course_name``), ``status`` and
``number`` are optional; ``team_number`` is ignored, as the source keeps it for compatibility only.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.domain.errors import OperatorError
from app.domain.names import folded
from app.domain.roster import (
    MAX_LENGTHS,
    REQUIRED,
    ColumnUse,
    Notice,
    NoticeCode,
    RosterFile,
    RosterProgress,
    RosterRow,
    RosterStage,
    RowCode,
    RowError,
    checked,
)

IGNORED = frozenset({"team_number"})
_SAME_COLUMN = {"course_name": "course", "e_mail": "email"}
_REPEATED = frozenset({"class_name", "course", "status"})  # the same few values in thousands of rows
_DELIMITERS = (",", ";", "\t")
TOLD_EVERY_ROWS = 500
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # Office's files since 2007, and before
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_roster(data: bytes) -> RosterFile:
    """Read a whole file; rows that cannot be used are listed, not dropped.

    Raises:
        OperatorError: ``file_unreadable`` for what is no text or no CSV (fact ``line`` where known),
            ``file_is_spreadsheet`` for a workbook;
            ``columns_missing`` where a required column is not in the header.
    """
    return next(step for step in reading_roster(data) if isinstance(step, RosterFile))


def reading_roster(data: bytes) -> Iterator[RosterProgress | RosterFile]:
    """As ``read_roster``, telling now and then how far it is; the file comes last."""
    text, encoding = decoded(data)
    delimiter = _delimiter(text)
    reading = _Reading()
    records = _records(text, delimiter)
    header = next(records, (1, []))[1]
    columns = _columns(header)
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise OperatorError("columns_missing", columns=", ".join(missing))
    about = text.count("\n")
    for number, (line, cells) in enumerate(records):
        if number % TOLD_EVERY_ROWS == 0:
            yield RosterProgress(RosterStage.READING, number, about)
        if any(cell.strip() for cell in cells):
            reading.take(line, columns, cells, len(header))
    notices = list(reading.notices())
    unknown = sorted({_column(name) for name in header if _column(name)} - set(MAX_LENGTHS) - IGNORED)
    if unknown:
        notices.append(Notice(NoticeCode.COLUMNS_IGNORED, ", ".join(unknown)))
    if encoding == "cp1252":
        notices.append(Notice(NoticeCode.ENCODING_GUESSED, encoding))
    yield RosterFile(
        encoding,
        delimiter,
        tuple(reading.rows),
        tuple(reading.errors),
        tuple(notices),
        tuple(_use(heading) for heading in header if heading.strip()),
        tuple(reading.refused),
    )


def _use(heading: str) -> ColumnUse:
    name = _column(heading)
    return ColumnUse(" ".join(heading.split()), name if name in MAX_LENGTHS else None)


def decoded(data: bytes) -> tuple[str, str]:
    """The text and its encoding: marked, else strict UTF-8, else UTF-16 by its zeros, else Windows-1252.

    Raises:
        OperatorError: ``file_unreadable`` where none of them fits; no character is ever replaced.
    """
    if data.startswith(_WORKBOOKS):
        raise OperatorError("file_is_spreadsheet")
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if encoding is None:
        sample = data[:2000]
        zeros = (sample[0::2].count(0), sample[1::2].count(0))
        if max(zeros) * 4 > len(sample):
            encoding = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    for candidate in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            return data.decode(candidate), candidate
        except UnicodeDecodeError:
            continue
    raise OperatorError("file_unreadable")


def _delimiter(text: str) -> str:
    header = text.lstrip("\r\n").partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The records with the lines on which they begin. An endless quote is an error, not a long cell."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise OperatorError("file_unreadable", line=begins) from error


def _column(heading: str) -> str:
    name = "_".join(heading.strip().casefold().replace("-", " ").replace("_", " ").split())
    return _SAME_COLUMN.get(name, name)


def _columns(header: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The places of each column; ``course`` and ``course_name`` may both be there."""
    places: dict[str, tuple[int, ...]] = {}
    for place, heading in enumerate(header):
        name = _column(heading)
        places[name] = (*places.get(name, ()), place)
    return places


@dataclass(slots=True)
class _Reading:
    """The rows taken so far."""

    rows: list[RosterRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    refused: list[RosterRow] = field(default_factory=list)
    _by_email: dict[str, RosterRow] = field(default_factory=dict)
    _by_number: dict[str, str] = field(default_factory=dict)
    _checked: dict[tuple[str, str], tuple[str, RowCode | None]] = field(default_factory=dict)

    def take(self, line: int, columns: dict[str, tuple[int, ...]], cells: list[str], width: int) -> None:
        """Keep the row, or what is wrong with it."""
        found: list[RowError] = []
        if any(cell.strip() for cell in cells[width:]):
            found.append(RowError(line, "", RowCode.CELLS_EXTRA))
        values: dict[str, str | None] = {}
        for name in MAX_LENGTHS:
            value, code = self._cell(name, columns.get(name, ()), cells)
            values[name] = value
            if code is not None:
                found.append(RowError(line, name, code))
        if not found:
            row = RosterRow(
                line=line,
                name=values["name"] or "",
                email=values["email"] or "",
                class_name=values["class_name"],
                course_name=values["course"],
                status=values["status"],
                number=values["number"],
            )
            norm = folded(row.email)
            contradicted = self._contradicted(row, norm)
            if contradicted is None:
                self._keep(row, norm)
                return
            found.append(RowError(line, contradicted, RowCode.CONTRADICTS_EARLIER_ROW))
        self.errors.extend(found)
        self.refused.append(
            RosterRow(
                line,
                name=values["name"] or "",
                email=values["email"] or "",
                class_name=values["class_name"],
                course_name=values["course"],
                status=values["status"],
                number=values["number"],
            )
        )

    def _cell(
        self, name: str, places: tuple[int, ...], cells: list[str]
    ) -> tuple[str | None, RowCode | None]:
        """The first filled cell of a column, and what is wrong with it."""
        for place in places:
            if place < len(cells) and cells[place].strip():
                text = cells[place]
                if name not in _REPEATED:
                    return checked(name, text)
                known = self._checked.get((name, text))
                if known is None:
                    known = self._checked[name, text] = checked(name, text)
                return known
        return None, RowCode.MISSING if name in REQUIRED else None

    def _contradicted(self, row: RosterRow, norm: str) -> str | None:
        """The field in which the row disagrees with an earlier one of the same student.

        A student may stand in several rows, one for each course.
        """
        if row.number is not None and self._by_number.get(row.number, norm) != norm:
            return "number"
        first = self._by_email.get(norm)
        if first is None:
            return None
        pairs = {
            "name": (first.name, row.name),
            "class_name": (first.class_name, row.class_name),
            "status": (first.status, row.status),
            "number": (first.number, row.number),
        }
        return next((name for name, (earlier, now) in pairs.items() if earlier != now), None)

    def _keep(self, row: RosterRow, norm: str) -> None:
        self.rows.append(row)
        self._by_email.setdefault(norm, row)
        if row.number is not None:
            self._by_number[row.number] = norm

    def notices(self) -> Iterator[Notice]:
        """What the values of all rows together suggest."""
        lengths = {len(row.number) for row in self.rows if row.number and row.number.isdecimal()}
        if len(lengths) > 1:
            yield Notice(NoticeCode.NUMBERS_DIFFER_IN_LENGTH, f"{min(lengths)}-{max(lengths)}")
