# SPDX-License-Identifier: Apache-2.0
"""Imports PySide6 and puts the interpreter's own import function back. To be imported before PySide6 is.

WORKAROUND: PySide6 (6.11 still) replaces ``builtins.__import__`` by the hook of its ``__feature__`` switch;
every later import is about a third slower through it (measured: 1.66 s against 1.21 s for the program's
libraries). The switch is not used here.
"""

from __future__ import annotations

import builtins

_own_import = builtins.__import__

import PySide6.QtCore  # noqa: E402, F401

builtins.__import__ = _own_import
