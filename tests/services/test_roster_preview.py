# SPDX-License-Identifier: Apache-2.0
"""The import line by line before anything is written, its progress, and what can be saved of it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from app.domain.errors import OperatorError
from app.domain.roster import (
    ColumnUse,
    ImportReport,
    RosterPreview,
    RosterProgress,
    RosterStage,
    RowCode,
    RowState,
)
from app.services import roster as roster_module
from app.services.documents import csv_bytes, save_table
from app.services.roster import RosterService

FIRST = (
    b"name,email,course\nAda Byron,ada@x.org,Math\nAlan Turing,alan@x.org,Math\nGrace Hopper,grace@x.org,\n"
)
SECOND = (
    b"Name;E-Mail;Class name;Room;course\n"
    b"Ada Byron;ada@x.org;;12;Math\n"
    b"Alan M. Turing;alan@x.org;;;Math\n"
    b"Grace Hopper;grace@x.org;;;Physics\n"
    b"Mary Somerville;mary@x.org;7A;;\n"
    b"Bob;bob at x.org;;;\n"
)


def previewed(roster: RosterService, data: bytes) -> RosterPreview:
    return next(step for step in roster.previewing(data) if isinstance(step, RosterPreview))


def test_every_line_says_what_would_become_of_it(roster: RosterService) -> None:
    roster.import_csv(FIRST, commit=True)
    preview = previewed(roster, SECOND)
    assert [(row.row.line, row.row.name, row.state) for row in preview.rows] == [
        (2, "Ada Byron", RowState.UNCHANGED),
        (3, "Alan M. Turing", RowState.CHANGED),
        (4, "Grace Hopper", RowState.CHANGED),  # in a course that is new to her
        (5, "Mary Somerville", RowState.NEW),
        (6, "Bob", RowState.REFUSED),
    ]
    assert [(error.field, error.code) for error in preview.rows[4].errors] == [
        ("email", RowCode.EMAIL_INVALID)
    ]
    assert preview.columns == (
        ColumnUse("Name", "name"),
        ColumnUse("E-Mail", "email"),
        ColumnUse("Class name", "class_name"),
        ColumnUse("Room", None),
        ColumnUse("course", "course"),
    )


def test_a_preview_writes_nothing_and_the_import_does_what_it_said(roster: RosterService) -> None:
    preview = previewed(roster, FIRST)
    assert roster.is_empty()
    done = roster.import_csv(FIRST, commit=True)
    assert (done.added, done.changed) == (preview.report.added, preview.report.changed) == (3, 0)


def test_a_number_that_is_taken_is_refused_on_its_line(roster: RosterService) -> None:
    roster.import_csv(b"name,email,number\nAda,ada@x.org,1\nAlan,alan@x.org,2\n", commit=True)
    preview = previewed(roster, b"name,email,number\nAlan,alan@x.org,1\n")
    assert [(row.state, row.errors[0].code) for row in preview.rows] == [
        (RowState.REFUSED, RowCode.NUMBER_TAKEN)
    ]


def many(rows: int) -> bytes:
    lines = [f"Student {place},student{place}@x.org" for place in range(rows)]
    return ("name,email\n" + "\n".join(lines) + "\n").encode()


def test_it_tells_how_far_it_is(roster: RosterService) -> None:
    steps = list(roster.importing(many(1200)))
    told = [step for step in steps if isinstance(step, RosterProgress)]
    assert [(step.stage, step.rows) for step in told] == [
        (RosterStage.READING, 0),
        (RosterStage.READING, 500),
        (RosterStage.READING, 1000),
        (RosterStage.WRITING, 1200),
    ]
    assert isinstance(steps[-1], ImportReport)


@pytest.mark.parametrize("stage", [RosterStage.READING, RosterStage.WRITING])
def test_stopped_before_it_writes_it_has_written_nothing(roster: RosterService, stage: RosterStage) -> None:
    work = roster.importing(many(600))
    for step in work:
        if isinstance(step, RosterProgress) and step.stage is stage and step.rows:
            break
    work.close()  # type: ignore[attr-defined]
    assert roster.is_empty()


@pytest.mark.parametrize("start", [b"PK\x03\x04 rest", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest"])
def test_a_workbook_is_named_as_such(roster: RosterService, start: bytes) -> None:
    with pytest.raises(OperatorError, match="file_is_spreadsheet"):
        roster.import_csv(start, commit=False)


def test_a_file_that_cannot_be_read_is_an_operators_matter(
    roster: RosterService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "roster.csv"
    with pytest.raises(OperatorError, match="file_unreadable"):
        roster.read_file(file)
    file.write_bytes(FIRST)
    assert roster.read_file(file) == FIRST
    monkeypatch.setattr(roster_module, "MAX_BYTES", 10)
    with pytest.raises(OperatorError, match="file_unreadable"):
        roster.read_file(file)


def test_no_cell_of_a_saved_list_is_a_formula() -> None:
    data = csv_bytes(("Name", "Reason"), [("=cmd|'/c calc'!A0", None), ("Zoë, née N'Diaye", '"quoted"')])
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows == [["Name", "Reason"], ["'=cmd|'/c calc'!A0", ""], ["Zoë, née N'Diaye", '"quoted"']]


def test_a_list_is_saved_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    save_table(path, ("a",), [(1,)])
    assert path.read_bytes() == b"\xef\xbb\xbfa\r\n1\r\n"
    with pytest.raises(OperatorError, match="file_not_written"):
        save_table(tmp_path / "absent" / "report.csv", ("a",), [])
    assert [file.name for file in tmp_path.iterdir()] == ["report.csv"]
