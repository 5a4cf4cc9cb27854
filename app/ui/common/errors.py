# SPDX-License-Identifier: Apache-2.0
"""How an error of ours becomes an inline message."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.domain.errors import AppError, CancelledError
from app.ui.common.error_text import CONTEXT, ErrorText
from app.ui.common.error_texts import describe


def words_of(error: Exception) -> ErrorText | None:
    """What happened and what to do; ``None`` for a cancellation.

    Raises:
        Exception: ``error`` itself where it is not one of ours: that is a bug, not a message.
    """
    if isinstance(error, CancelledError):
        return None
    if not isinstance(error, AppError):
        raise error
    return describe(error, lambda text: QCoreApplication.translate(CONTEXT, text))
