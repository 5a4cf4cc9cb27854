# SPDX-License-Identifier: Apache-2.0
"""The shape of a function that applies operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from app.domain.operations import Operation

# Runs inside the store's transaction, commits nothing, reads no clock; answers with what JSON can hold.
Applier = Callable[[Session, Operation], Mapping[str, object]]
