# SPDX-License-Identifier: Apache-2.0
"""The thread an emulated module lives on: it stands for a separate machine at the end of a cable.

The only file of this room that starts a thread. Drivers have none of their own; the training mode and the
tests need the module to work while the driver waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from app.devices.emulator.loop import Loop

_STOP_S: Final = 3.0


class LoopThread:
    """Runs a loop until it is closed."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=loop.serve_forever, args=(self._stop.is_set,), name="emulated-reader", daemon=True
        )
        self._thread.start()

    def do(self, order: Callable[[], None]) -> None:
        """Has the loop's thread do something and waits until it is done."""
        if threading.current_thread() is self._thread or not self._thread.is_alive():
            order()
            return
        done = threading.Event()

        def obey() -> None:
            try:
                order()
            finally:
                done.set()

        self._loop.hand_over(obey)
        done.wait(_STOP_S)

    def close(self) -> None:
        """Ends the loop and waits for it; closing twice changes nothing."""
        self._stop.set()
        self._loop.wake()
        self._thread.join(_STOP_S)
