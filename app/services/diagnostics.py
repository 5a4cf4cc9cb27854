# SPDX-License-Identifier: Apache-2.0
"""What an administrator asks first, without a student's data: versions, places, readers."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from app.devices.registry import list_readers

PACKAGES = ("PySide6-Essentials", "SQLAlchemy", "sqlcipher3", "psycopg", "cryptography", "numpy", "pyserial")


def program_facts() -> dict[str, str]:
    """Versions of the interpreter, the system and the packages that matter."""
    found = {"python": sys.version.split()[0], "system": platform.platform()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # frozen without metadata
            found[package] = "bundled"
    return found


def reader_facts() -> list[dict[str, Any]]:
    """Places where a reader may be; nothing is opened."""
    return [{"id": port.reader_id, "label": port.label, "likely": port.likely} for port in list_readers()]


def as_text(report: Mapping[str, Any]) -> str:
    """The report for people: a heading for each part, a line for each fact."""
    lines: list[str] = []
    for name, part in report.items():
        lines.append(name)
        if isinstance(part, Mapping):
            lines += [f"  {fact:<20} {value}" for fact, value in part.items()]
        else:
            lines += ["  " + "  ".join(str(value) for value in entry.values()) for entry in part]
            lines += [] if part else ["  none found"]
    return "\n".join(lines)
