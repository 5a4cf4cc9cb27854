# SPDX-License-Identifier: Apache-2.0
"""The log lets through what is listed and nothing else."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config.logs import AllowListFormatter, log_event, log_failure, set_up_logging
from app.domain.errors import SetupError, StorageError
from app.domain.fingerprints import Finger, Reason

UID = UUID("01900000-0000-7000-8000-000000000001")
SECRET = "Amina Okafor"

logger = logging.getLogger("app.services.capture")


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "logs" / "station.log"
    root = logging.getLogger()
    level = root.level
    handler = set_up_logging(file)
    yield file
    logging.captureWarnings(False)
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


def lines(log_file: Path) -> list[str]:
    return log_file.read_text(encoding="utf-8").splitlines()


def test_an_event_is_one_line_in_utc_with_room_and_module(log_file: Path) -> None:
    log_event(logger, "impression_accepted", session=UID, quality=57, share=0.12345, duration_ms=830)
    (line,) = lines(log_file)
    stamp, level, place, message = line.split(" | ")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp)
    assert (level, place) == ("INFO", "services.capture")
    assert message == f"impression_accepted session={UID} quality=57 share=0.1235 duration_ms=830"


def test_the_stamp_is_utc() -> None:
    record = logging.makeLogRecord(
        {"name": "app.x", "created": 1_700_000_000.25, "msecs": 250.0, "msg": "started", "facts": {}}
    )
    assert AllowListFormatter().format(record).startswith("2023-11-14T22:13:20.250Z | ")


def test_our_own_words_and_their_lists_are_let_through(log_file: Path) -> None:
    log_event(
        logger,
        "scanned",
        finger=Finger.LEFT_INDEX,
        reasons=(Reason.TOO_LIGHT, Reason.OFF_LEFT),
        reader="r30x:/dev/ttyUSB0",
    )
    assert lines(log_file)[0].endswith(
        "scanned finger=left_index reasons=too_light,off_left reader=r30x:/dev/ttyUSB0"
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"name": SECRET},
        {"email": "amina@school.example"},
        {"template": b"FMR"},
        {"quality": SECRET},
        {"student": SECRET},
        {"code": SECRET},
        {"duration_ms": SECRET},
        {"reasons": [SECRET]},
        {"code": {"a": SECRET}},
        {"reader": SECRET * 20},
        {SECRET: 1},
        {"session": SECRET.encode()},
    ],
)
def test_everything_else_is_redacted(log_file: Path, facts: dict[str, object]) -> None:
    log_event(logger, "something", **facts)
    (line,) = lines(log_file)
    assert "<redacted>" in line
    assert "Okafor" not in line
    assert "amina" not in line
    assert "FMR" not in line


NAMES = st.text(alphabet=st.characters(categories=["L", "Zs"]), min_size=3, max_size=20)


@given(name=st.text(min_size=1), value=st.one_of(NAMES.map(lambda text: f"ß{text}"), st.binary(min_size=1)))
def test_no_text_and_no_bytes_get_through_whatever_they_are_called(name: str, value: object) -> None:
    record = logging.makeLogRecord({"name": "app.x", "msg": "something", "facts": {name: value}})
    message = AllowListFormatter().format(record).split(" | ", 3)[3]
    assert message in {"something <redacted>", f"something {name}=<redacted>"}


def test_free_text_is_replaced_by_where_it_was_written(log_file: Path) -> None:
    logger.warning("student %s came", SECRET)
    logger.warning(f"student {SECRET} came")  # noqa: G004 - the mistake that this is about
    logging.getLogger("a.library").warning(f"INSERT ... ['{SECRET}']")  # noqa: G004
    logger.warning("looks_like_an_event")
    assert len(lines(log_file)) == 4
    assert all(re.search(r"<redacted> test_logs\.py:\d+$", line) for line in lines(log_file))


def test_a_warning_of_a_library_shows_no_text(log_file: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        logging.captureWarnings(True)
        warnings.warn(f"bad value {SECRET}", stacklevel=1)
    assert "Okafor" not in log_file.read_text()
    assert "| WARNING | py.warnings |" in log_file.read_text()


def test_an_event_made_from_data_is_no_event(log_file: Path) -> None:
    log_event(logger, f"student_{SECRET}")
    assert "Okafor" not in lines(log_file)[0]


def test_a_line_break_cannot_forge_a_line(log_file: Path) -> None:
    log_event(logger, "something", code="x\n2026-01-01 | INFO | forged")
    assert len(lines(log_file)) == 1


def fail_with_a_secret() -> None:
    stroke = SECRET
    raise ValueError(f"invalid literal: {stroke}")


def test_a_failure_shows_classes_codes_and_lines_but_no_values(log_file: Path) -> None:
    try:
        try:
            fail_with_a_secret()
        except ValueError as error:
            raise StorageError("record_refused", table="students", name=SECRET, count=3) from error
    except StorageError as error:
        log_failure(logger, "save_failed", error, op=UID)
    text = log_file.read_text()
    assert SECRET not in text
    assert f"save_failed op={UID}\n" in text
    assert re.search(r"^  test_logs\.py:\d+ fail_with_a_secret$", text, re.MULTILINE)
    assert "\n  ValueError\n" in text
    assert "\n  StorageError record_refused table=students <redacted> count=3\n" in text
    assert text.index("ValueError") < text.index("StorageError")


def test_a_libraries_exception_logged_by_itself_shows_no_values(log_file: Path) -> None:
    try:
        fail_with_a_secret()
    except ValueError:
        logging.getLogger("alembic").exception(f"failed on {SECRET}")  # noqa: G004
    assert SECRET not in log_file.read_text()
    assert "ValueError" in log_file.read_text()


def test_two_errors_that_cause_each_other_end(log_file: Path) -> None:
    first, second = ValueError(SECRET), KeyError(SECRET)
    first.__cause__, second.__cause__ = second, first
    log_failure(logger, "loop", first)
    assert [line.strip() for line in lines(log_file)[1:]] == ["KeyError", "ValueError"]


def test_rooms_without_this_module_use_the_standard_library(log_file: Path) -> None:
    logging.getLogger("app.devices.readers.r30x").info(
        "reader_opened", extra={"facts": {"baud": 57600, "owner": SECRET}}
    )
    assert lines(log_file)[0].endswith(" | devices.readers.r30x | reader_opened baud=57600 <redacted>")


class Name(Enum):
    ONE = SECRET


def test_an_enumeration_may_not_smuggle_text(log_file: Path) -> None:
    log_event(logger, "something", code=Name.ONE)
    assert "Okafor" not in lines(log_file)[0]


def test_the_file_rotates(log_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (handler,) = [
        each for each in logging.getLogger().handlers if getattr(each, "baseFilename", "") == str(log_file)
    ]
    monkeypatch.setattr(handler, "maxBytes", 300)
    for count in range(30):
        log_event(logger, "something", count=count)
    assert sorted(each.name for each in log_file.parent.iterdir()) == [
        "station.log",
        *(f"station.log.{number}" for number in range(1, 6)),
    ]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")
    with pytest.raises(SetupError, match="folder_unusable"):
        set_up_logging(tmp_path / "logs" / "station.log")
