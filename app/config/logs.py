# SPDX-License-Identifier: Apache-2.0
"""The log: one rotating file, times in UTC, ``time | LEVEL | room.module | message``.

What may be in it is a list, not what may not: an event's code and, behind it, ids, codes, counts, scores and
durations under known names. Everything else becomes ``<redacted>``: unknown names, values of another kind,
free text, the messages of exceptions, whatever a library wrote by itself. So no name, image, template or
stroke gets in.

Rooms that may not import this one log through the standard library and are held to the same list:
``logger.info("reader_opened", extra={"facts": {"reader": reader_id}})``.
"""

from __future__ import annotations

import logging
import re
import time
import traceback
from collections.abc import Mapping
from enum import Enum
from logging.handlers import RotatingFileHandler
from pathlib import Path
from uuid import UUID

from app.domain.errors import AppError, SetupError

REDACTED = "<redacted>"
MAX_BYTES = 2_000_000
KEPT_FILES = 5

#: Names whose value is a uid or a row's number.
ID_FIELDS = frozenset(
    [
        "attendance",
        "answer",
        "class_session",
        "course",
        "device",
        "enrollment",
        "entry",
        "finger_id",
        "group",
        "impression",
        "op",
        "operator",
        "page",
        "question",
        "row",
        "school",
        "session",
        "site",
        "station",
        "step_id",
        "student",
        "subject",
        "temp_enrollment",
        "visit",
    ]
)
#: Names whose value is one of our own words: a code, a state, a model.
CODE_FIELDS = frozenset(
    [
        "report",
        "ability",
        "algorithm",
        "attempt_state",
        "backend",
        "code",
        "column",
        "command",
        "dialect",
        "driver",
        "error",
        "fault",
        "finger",
        "format",
        "from_state",
        "hand",
        "hint",
        "holder",
        "key",
        "kind",
        "language",
        "level",
        "mode",
        "model",
        "outcome",
        "platform",
        "profile",
        "quality_word",
        "reader",
        "reason",
        "reasons",
        "result",
        "revision",
        "serial_port",
        "signal",
        "state",
        "status",
        "step",
        "table",
        "theme",
        "to_state",
        "version",
    ]
)
#: Names whose value is a number: a count, a score, a size; besides everything that ends in a unit.
NUMBER_FIELDS = frozenset(
    [
        "answers",
        "attempt",
        "attempts",
        "baud",
        "bits",
        "count",
        "courses",
        "dpi",
        "exit_code",
        "failures",
        "fields",
        "files",
        "fingers",
        "impressions",
        "index",
        "line",
        "minimum",
        "minutiae",
        "pending",
        "position",
        "progress",
        "quality",
        "retries",
        "rows",
        "score",
        "sessions",
        "share",
        "skipped",
        "steps",
        "strokes",
        "students",
        "total",
        "version",
        "xp",
    ]
)
_UNITS = ("_at_s", "_bytes", "_count", "_days", "_hz", "_kib", "_ms", "_px", "_s", "_share", "_total")

_EVENT = re.compile(r"[a-z][a-z0-9_.]{0,63}\Z")
_WORD = re.compile(r"[A-Za-z0-9_.:/+-]{1,80}\Z")

_ISO = "%Y-%m-%dT%H:%M:%S"


def log_event(logger: logging.Logger, event: str, *, level: int = logging.INFO, **facts: object) -> None:
    """Log that something happened: ``log_event(logger, "impression_accepted", session=uid, quality=57)``.

    Args:
        event: a code: small letters, digits, ``_`` and ``.``; never made from data.
        facts: values under the names of this module's lists; others come out as ``<redacted>``.
    """
    logger.log(level, event, extra={"facts": facts})


def log_failure(logger: logging.Logger, event: str, error: BaseException, **facts: object) -> None:
    """Log an event with the exception that caused it: classes, codes and lines of code, no messages, no
    values."""
    trace = (type(error), error, error.__traceback__)
    logger.error(event, exc_info=trace, extra={"facts": facts})


def set_up_logging(log_file: Path, *, level: int = logging.INFO) -> logging.Handler:
    """Send everything that is logged to the rotating file; give back its handler, to be closed at the end.

    Raises:
        SetupError: ``folder_unusable`` when the file cannot be opened.
    """
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(log_file, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
    except OSError as error:
        raise SetupError("folder_unusable", path=log_file.parent) from error
    handler.setFormatter(AllowListFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # its sentences would come out as redacted lines
    logging.captureWarnings(True)
    return handler


class AllowListFormatter(logging.Formatter):
    """Writes what the lists of this module allow and nothing else."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = f"{time.strftime(_ISO, time.gmtime(record.created))}.{int(record.msecs):03d}Z"
        place = record.name.removeprefix("app.")
        line = f"{stamp} | {record.levelname} | {place} | {self._message(record)}"
        if record.exc_info and record.exc_info[1] is not None:
            line += "\n" + self._exception(record.exc_info[1])
        return line

    def _message(self, record: logging.LogRecord) -> str:
        facts = getattr(record, "facts", None)
        if not isinstance(facts, Mapping) or not _EVENT.match(str(record.msg)):
            # Free text, ours by mistake or a library's: only where it came from.
            return f"{REDACTED} {Path(record.pathname).name}:{record.lineno}"
        return " ".join([str(record.msg), *(_fact(str(name), value) for name, value in facts.items())])

    def _exception(self, error: BaseException) -> str:
        """Innermost cause first, like Python's own; for each its class and the lines it went through."""
        chain: list[BaseException] = []
        following: BaseException | None = error
        while following is not None and following not in chain:
            chain.append(following)
            following = following.__cause__ or (
                None if following.__suppress_context__ else following.__context__
            )
        lines: list[str] = []
        for each in reversed(chain):
            for frame in traceback.extract_tb(each.__traceback__):
                lines.append(f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}")
            lines.append(f"  {type(each).__qualname__}{_app_error(each)}")
        return "\n".join(lines)


def _app_error(error: BaseException) -> str:
    if not isinstance(error, AppError):
        return ""
    return " ".join(["", error.code, *(_fact(name, value) for name, value in error.facts.items())])


def _fact(name: str, value: object) -> str:
    if name in ID_FIELDS:
        return f"{name}={_id(value)}"
    if name in NUMBER_FIELDS and isinstance(value, int | float):
        return f"{name}={_number(value)}"
    if name in CODE_FIELDS:
        return f"{name}={_code(value)}"
    if name in NUMBER_FIELDS or name.endswith(_UNITS):
        return f"{name}={_number(value)}"
    return REDACTED


def _id(value: object) -> str:
    if isinstance(value, UUID | int):
        return str(int(value)) if isinstance(value, int) else str(value)
    try:
        return str(UUID(value)) if isinstance(value, str) else REDACTED
    except ValueError:
        return REDACTED


def _number(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(int(value)) if isinstance(value, int) else REDACTED


def _code(value: object) -> str:
    if isinstance(value, Enum):
        value = value.name.lower() if isinstance(value, int) else value.value
    if isinstance(value, tuple | list | frozenset):
        return ",".join(_code(each) for each in value) or "-"
    if isinstance(value, bool | int):
        return str(value).lower()
    return value if isinstance(value, str) and _WORD.match(value) else REDACTED
