# SPDX-License-Identifier: Apache-2.0
"""The revisions this program knows, oldest first; a test compares them with the migrations."""

from __future__ import annotations

KNOWN_REVISIONS = tuple(f"{number:04d}" for number in range(1, 13))
HEAD = KNOWN_REVISIONS[-1]
