# SPDX-License-Identifier: Apache-2.0
"""Writes lists that a person takes along: as CSV, whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.domain.errors import OperatorError

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The rows as CSV that spreadsheets open as it is meant: UTF-8 with its mark, and no cell is a formula.

    A cell that begins like a formula gets an apostrophe, as OWASP's page on CSV injection advises.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_cell(heading) for heading in headings])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def save_table(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as CSV.

    Raises:
        OperatorError: ``file_not_written`` with the file.
    """
    write_document(path, csv_bytes(headings, rows))


def write_document(path: Path, data: bytes) -> None:
    """Write a file whole; an older one of that name is there until the new one is.

    Raises:
        OperatorError: ``file_not_written`` with the file.
    """
    temporary = path.with_name(f"{path.name}.new")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise OperatorError("file_not_written", file=str(path)) from error


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
