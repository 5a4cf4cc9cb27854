# SPDX-License-Identifier: Apache-2.0
"""The shape of a function that applies one kind of operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from app.domain.operations import Operation

#: Writes in the session it is given, without committing; returns the operation's answer, JSON values.
Applier = Callable[[Session, Operation], Mapping[str, object]]
