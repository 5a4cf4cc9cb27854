# SPDX-License-Identifier: Apache-2.0
"""Taking a widget out of the window for good."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def discard(widget: QWidget) -> None:
    """Hide it, take it out of its parent at once (so that its name is free) and let Qt delete it later."""
    widget.hide()
    widget.setParent(None)
    widget.deleteLater()
