# SPDX-License-Identifier: Apache-2.0
"""The revisions this program knows, oldest first; a test compares them with the migrations."""

from __future__ import annotations

KNOWN_REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011")
HEAD = KNOWN_REVISIONS[-1]
