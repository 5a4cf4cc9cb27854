# SPDX-License-Identifier: Apache-2.0
"""The only file of the program in which threads are made.

``Stream`` runs a blocking generator (a reader being watched) in a thread of its own and hands each item to
the GUI thread; ``JobRunner`` runs one blocking job after the other (the database) and hands back its result.
What crosses a thread is a frozen value, bytes or a number: never a widget, a row or an image being painted.
"""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal

Result = TypeVar("Result")

#: How long closing waits for a worker, seconds.
STOP_WAIT_S = 3.0


class _StreamThread(QThread):
    """Runs the generator; its signals are emitted in the worker and delivered to the owner's thread."""

    item = Signal(object)
    failed = Signal(object)

    def __init__(self, source: Callable[[Event], Iterable[object]], stop: Event) -> None:
        super().__init__()
        self._source = source
        self._stop = stop

    def run(self) -> None:
        items: Iterable[object] = ()
        try:
            items = self._source(self._stop)
            for value in items:
                if self._stop.is_set():
                    break
                self.item.emit(value)
        except Exception as error:  # noqa: BLE001 - the GUI thread decides what to do with it
            self.failed.emit(error)
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                with contextlib.suppress(Exception):
                    close()


class Stream(QObject):
    """A blocking generator as signals.

    The factory is called inside the worker with a ``threading.Event`` that it has to watch; it must come back
    within ``STOP_WAIT_S`` once the event is set.

    Signals:
        item(object): one value of the generator, in order.
        failed(object): the exception that ended it.
        finished(): nothing more will come; sent once for every ``start``.
    """

    item = Signal(object)
    failed = Signal(object)
    finished = Signal()

    def __init__(self, source: Callable[[Event], Iterable[object]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._stop = Event()
        self._thread: _StreamThread | None = None

    @property
    def running(self) -> bool:
        """Whether the worker has not finished yet."""
        return self._thread is not None

    def start(self) -> None:
        """Start the generator; does nothing while it runs."""
        if self._thread is not None:
            return
        self._stop = Event()
        thread = _StreamThread(self._source, self._stop)
        queued = Qt.ConnectionType.QueuedConnection
        thread.item.connect(self._on_item, queued)
        thread.failed.connect(self._on_failed, queued)
        thread.finished.connect(self._on_finished, queued)
        self._thread = thread
        thread.start()

    def ask_to_stop(self) -> None:
        """Set the event and return at once; ``finished`` follows."""
        self._stop.set()

    def stop(self) -> bool:
        """Set the event and wait, at most ``STOP_WAIT_S``. No item is delivered afterwards.

        Returns:
            Whether the worker ended in time.
        """
        self._stop.set()
        thread = self._thread
        if thread is None:
            return True
        ended = thread.wait(int(STOP_WAIT_S * 1000))
        if not ended:
            _abandoned.append(thread)  # a QThread object must outlive its running thread
        self._thread = None
        self.finished.emit()
        return ended

    def _on_item(self, value: object) -> None:
        if self.sender() is self._thread and not self._stop.is_set():
            self.item.emit(value)

    def _on_failed(self, error: object) -> None:
        if self.sender() is self._thread and not self._stop.is_set():
            self.failed.emit(error)

    def _on_finished(self) -> None:
        if self._thread is not None and self.sender() is self._thread:
            self._thread.wait()
            self._thread = None
            self.finished.emit()


_abandoned: list[QThread] = []


class JobRunner(QObject):
    """Runs jobs one after the other in a single worker; results come back on the thread that owns the runner.

    Signals:
        busy_changed(bool): whether a job is waiting or running.
    """

    busy_changed = Signal(bool)
    _delivered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jobs")
        self._pending = 0
        self._last: Future[None] | None = None
        self._closed = False
        self._delivered.connect(self._on_delivered, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether a job is waiting or running."""
        return self._pending > 0

    def run_job(
        self,
        work: Callable[[], Result],
        on_done: Callable[[Result], object] | None = None,
        on_error: Callable[[Exception], object] | None = None,
    ) -> None:
        """Run ``work`` in the worker, then ``on_done(result)`` or ``on_error(error)`` on the owner's thread.

        Without ``on_error`` an exception goes to ``sys.excepthook``: an error that nobody expected is a bug.
        """
        if self._closed:
            return
        self._pending += 1
        if self._pending == 1:
            self.busy_changed.emit(True)

        def job() -> None:
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - handed to the caller's on_error
                caught = error
                self._delivered.emit(lambda: self._fail(caught, on_error))
            else:
                self._delivered.emit(lambda: on_done(result) if on_done is not None else None)

        self._last = self._executor.submit(job)

    def close(self) -> None:
        """Drop the jobs that wait, deliver nothing more; the one that runs gets ``STOP_WAIT_S`` to finish."""
        self._closed = True
        self._executor.shutdown(wait=False, cancel_futures=True)
        if self._last is not None:
            wait([self._last], timeout=STOP_WAIT_S)

    def _on_delivered(self, deliver: Callable[[], Any]) -> None:
        self._pending -= 1
        if not self._closed:
            deliver()
        if self._pending == 0:
            self.busy_changed.emit(False)

    @staticmethod
    def _fail(error: Exception, on_error: Callable[[Exception], object] | None) -> None:
        if on_error is not None:
            on_error(error)
            return
        if sys.excepthook is sys.__excepthook__:
            traceback.print_exception(error)
        else:
            sys.excepthook(type(error), error, error.__traceback__)
