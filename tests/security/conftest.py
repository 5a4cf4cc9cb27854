# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the key tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.memory_keyring import ForgetfulKeyring, MemoryKeyring, OtherKeyring


@pytest.fixture(autouse=True)
def _empty_keyrings() -> Iterator[None]:
    yield
    for each in (MemoryKeyring, OtherKeyring, ForgetfulKeyring):
        each.entries.clear()
        each.locked = False
