# SPDX-License-Identifier: Apache-2.0
"""One error's text, and the mark by which the translators' tool finds it without our importing Qt."""

from __future__ import annotations

from dataclasses import dataclass

CONTEXT = "errors"


@dataclass(frozen=True, slots=True)
class ErrorText:
    """Two sentences or more, for a person at a desk or, with set-up errors, for an administrator."""

    what: str
    what_to_do: str


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802 - the name that Qt's text collector looks for
    """Mark a text for the translators; it is translated where it is shown."""
    assert context == CONTEXT
    return text
