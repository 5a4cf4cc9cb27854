# SPDX-License-Identifier: Apache-2.0
"""Whole numbers as a person reads them: in groups of three, with the sign of the operator's country."""

from __future__ import annotations

from PySide6.QtCore import QLocale


def number_text(number: int) -> str:
    """Such as ``100,000``; the plain "C" locale leaves the groups out unless it is asked."""
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.DefaultNumberOptions)
    return locale.toString(number)
