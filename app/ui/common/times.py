# SPDX-License-Identifier: Apache-2.0
"""Instants as a person at the desk reads them: local time, in the order of the operator's country."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QDateTime, QLocale, QTimeZone


def _local(at: datetime) -> QDateTime:
    milliseconds = int(at.astimezone(UTC).timestamp() * 1000)
    return QDateTime.fromMSecsSinceEpoch(milliseconds, QTimeZone.systemTimeZone())


def time_text(at: datetime) -> str:
    """Hour and minute, such as ``08:02``."""
    return QLocale().toString(_local(at).time(), QLocale.FormatType.ShortFormat)


def date_text(at: datetime) -> str:
    """The day, with the month as a word so that nobody mixes it up with the day."""
    return QLocale().toString(_local(at).date(), "d MMM yyyy")


def date_time_text(at: datetime) -> str:
    """Day and time."""
    return f"{date_text(at)}, {time_text(at)}"
