# SPDX-License-Identifier: Apache-2.0
"""Reading rosters as spreadsheets write them; no character is replaced, no row is dropped in silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OperatorError
from app.domain.roster import Notice, NoticeCode, RowCode, RowError
from app.services.roster_csv import read_roster
from app.ui.common.roster_texts import NOTICE_TEXTS, ROW_TEXTS


@pytest.mark.parametrize(
    ("encoding", "read_as", "notices"),
    [
        ("utf-8", "utf-8", ()),
        ("utf-8-sig", "utf-8-sig", ()),
        ("utf-16", "utf-16", ()),
        ("utf-16-le", "utf-16-le", ()),
        ("utf-16-be", "utf-16-be", ()),
        ("cp1252", "cp1252", (Notice(NoticeCode.ENCODING_GUESSED, "cp1252"),)),
    ],
)
def test_encodings(encoding: str, read_as: str, notices: tuple[Notice, ...]) -> None:
    file = read_roster("name,email\nZoë Müller,zoe@x.org\n".encode(encoding))
    assert (file.encoding, file.notices) == (read_as, notices)
    assert file.rows[0].name == "Zoë Müller"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_delimiter_is_taken_from_the_header(delimiter: str, newline: str) -> None:
    lines = [["name", "email", "course"], ['"Doe; John, ""JD"""', "j@x.org", "Math\u00a0101"]]
    text = newline.join(delimiter.join(line) for line in lines)
    row = read_roster(text.encode()).rows[0]
    assert (row.name, row.course_name) == ('Doe; John, "JD"', "Math 101")


def test_supported_columns() -> None:
    header = "E-Mail,NAME , Class Name,course_name,team_number,status,number,shoe size"
    file = read_roster(f"{header}\na@x.org,Ada,7A,Art,3,INACTIVE,007,38\n".encode())
    row = file.rows[0]
    assert (row.name, row.email, row.class_name, row.course_name, row.status, row.number) == (
        "Ada",
        "a@x.org",
        "7A",
        "Art",
        "inactive",
        "007",
    )
    assert file.notices == (Notice(NoticeCode.COLUMNS_IGNORED, "shoe_size"),)


def test_course_or_course_name_whichever_is_filled() -> None:
    file = read_roster(b"name,email,course,course_name\nA,a@x.org,,Art\nB,b@x.org,Math,\n")
    assert [row.course_name for row in file.rows] == ["Art", "Math"]


@pytest.mark.parametrize("missing", ["name", "email"])
def test_name_and_email_are_required_columns(missing: str) -> None:
    header = ",".join({"name", "email", "status"} - {missing})
    with pytest.raises(OperatorError) as refused:
        read_roster(header.encode())
    assert (refused.value.code, refused.value.facts["columns"]) == ("columns_missing", missing)


def test_rows_with_errors_are_told_by_line_field_and_code() -> None:
    text = "\n".join(
        [
            "name,email,class_name,status,number",
            "Ada,ada@x.org,7A,active,1",
            ",nobody@x.org,,,",
            "Bo,,,,",
            "Cy,cy.x.org,,,",
            "Di,di@x.org,,resting,",
            f"Ed,ed@x.org,{'7' * 121},,",
            "Flo,flo@x.org,,,,extra",
            '"Two',
            'lines",two@x.org,,,',
            "Gus\x07,gus@x.org,,,",
            "Ada B,ada@x.org,7A,active,1",
            "Hal,hal@x.org,,,1",
            ",,,,",
            "",
            "Ian,ian@x.org",
        ]
    )
    file = read_roster(text.encode())
    assert [(row.line, row.name) for row in file.rows] == [(2, "Ada"), (9, "Two lines"), (16, "Ian")]
    assert file.errors == (
        RowError(3, "name", RowCode.MISSING),
        RowError(4, "email", RowCode.MISSING),
        RowError(5, "email", RowCode.EMAIL_INVALID),
        RowError(6, "status", RowCode.STATUS_UNKNOWN),
        RowError(7, "class_name", RowCode.TOO_LONG),
        RowError(8, "", RowCode.CELLS_EXTRA),
        RowError(11, "name", RowCode.CHARACTER_INVALID),
        RowError(12, "name", RowCode.CONTRADICTS_EARLIER_ROW),
        RowError(13, "number", RowCode.CONTRADICTS_EARLIER_ROW),
    )


def test_numbers_that_lost_leading_zeros_are_noticed() -> None:
    file = read_roster(b"name,email,number\nA,a@x.org,0123\nB,b@x.org,124\n")
    assert file.notices == (Notice(NoticeCode.NUMBERS_DIFFER_IN_LENGTH, "3-4"),)


def test_a_quote_that_never_ends_swallows_no_rows() -> None:
    with pytest.raises(OperatorError) as refused:
        read_roster(b'name,email\nA,a@x.org\n"B,b@x.org\nC,c@x.org\n')
    assert (refused.value.code, refused.value.facts["line"]) == ("file_unreadable", 3)


def test_every_code_has_a_text() -> None:
    assert set(ROW_TEXTS) == set(RowCode)
    assert set(NOTICE_TEXTS) == set(NoticeCode)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    refused = ""
    lines = []
    try:
        file = read_roster(b"name,email\n" + data)
        lines = [row.line for row in file.rows] + [error.line for error in file.errors]
    except OperatorError as error:
        refused = error.code
    assert refused in {"", "file_unreadable", "columns_missing"}
    assert all(line > 1 for line in lines)


@given(st.lists(st.text(max_size=20), min_size=2, max_size=2))
def test_every_filled_row_is_kept_or_told(cells: list[str]) -> None:
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    try:
        data = f"name,email\n{quoted}\n".encode()
    except UnicodeEncodeError:
        return
    file = read_roster(data)
    assert bool(file.rows) + bool(file.errors) == bool("".join(cells).strip())
