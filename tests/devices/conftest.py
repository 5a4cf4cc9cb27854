# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from types import SimpleNamespace

import pytest
from serial.urlhandler import protocol_socket


@pytest.fixture(autouse=True)
def no_pause_after_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyserial sleeps 0.3 s whenever it closes a socket; hundreds of readers are closed here."""
    monkeypatch.setattr(protocol_socket, "time", SimpleNamespace(sleep=lambda seconds: None))
