# SPDX-License-Identifier: Apache-2.0
"""The only file with threads: order, errors, stopping, and the reference counts that once killed programs."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from threading import Event

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.common.threads import STOP_WAIT_S, JobRunner, Stream


def test_items_arrive_in_order_on_the_gui_thread(qtbot: QtBot) -> None:
    seen: list[object] = []
    threads: set[object] = set()

    def source(stop: Event) -> Iterator[int]:
        yield from range(200)

    def take(value: object) -> None:
        seen.append(value)
        threads.add(QThread.currentThread())

    stream = Stream(source)
    stream.item.connect(take)
    with qtbot.waitSignal(stream.finished):
        stream.start()
    assert seen == list(range(200))
    assert threads == {QCoreApplication.instance().thread()}  # type: ignore[union-attr]


def test_an_error_ends_the_stream_and_is_told(qtbot: QtBot) -> None:
    def source(stop: Event) -> Iterator[int]:
        yield 1
        raise OSError("gone")

    stream = Stream(source)
    failures: list[object] = []
    stream.failed.connect(failures.append)
    with qtbot.waitSignal(stream.finished):
        stream.start()
    assert [type(failure) for failure in failures] == [OSError]
    assert not stream.running


def test_stop_closes_the_generator_and_delivers_nothing_more(qtbot: QtBot) -> None:
    closed = Event()
    begun = Event()

    def source(stop: Event) -> Iterator[int]:
        try:
            begun.set()
            number = 0
            while not stop.wait(0.001):
                yield number
                number += 1
        finally:
            closed.set()

    seen: list[object] = []
    stream = Stream(source)
    stream.item.connect(seen.append)
    stream.start()
    assert begun.wait(5)
    assert stream.stop()
    count = len(seen)
    QCoreApplication.processEvents()
    assert closed.is_set()
    assert len(seen) == count
    assert not stream.running


def test_a_stopped_stream_can_be_started_again(qtbot: QtBot) -> None:
    stream = Stream(lambda stop: iter((1, 2)))
    for _ in range(3):
        with qtbot.waitSignal(stream.finished):
            stream.start()


def test_stopping_waits_three_seconds_at_most() -> None:
    assert STOP_WAIT_S <= 3.0


def test_five_thousand_emits_do_not_lose_references(qtbot: QtBot) -> None:
    class Source(QObject):
        told = Signal(object, bool)

    source = Source()
    count = 0

    def take(value: object, flag: bool) -> None:
        nonlocal count
        count += int(flag)

    source.told.connect(take)
    for number in range(5000):
        source.told.emit(number, True)
    assert count == 5000
    stream = Stream(lambda stop: iter(range(5000)))
    with qtbot.waitSignal(stream.finished, timeout=20_000):
        stream.start()


def test_the_count_of_none_is_stable_over_ten_thousand_updates(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.update()
    before = sys.getrefcount(None)
    for _ in range(10_000):
        widget.update()
    assert abs(sys.getrefcount(None) - before) < 500


def test_jobs_run_one_after_the_other_and_answer_on_the_gui_thread(qtbot: QtBot) -> None:
    runner = JobRunner()
    running = 0
    most = 0
    answers: list[int] = []
    threads: set[int] = set()

    def work(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0)
        running -= 1
        return number

    def done(number: int) -> None:
        answers.append(number)
        threads.add(threading.get_ident())

    for number in range(50):
        runner.run_job(lambda number=number: work(number), done)  # type: ignore[misc]
    qtbot.waitUntil(lambda: not runner.busy)
    assert answers == list(range(50))
    assert most == 1
    assert threads == {threading.get_ident()}
    runner.close()


def test_a_job_that_fails_tells_its_own_caller(qtbot: QtBot) -> None:
    runner = JobRunner()
    errors: list[Exception] = []

    def work() -> int:
        raise ValueError("no")

    runner.run_job(work, None, errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], ValueError)
    runner.close()


def test_an_error_that_nobody_expected_reaches_the_excepthook(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[type] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(kind))
    runner = JobRunner()
    runner.run_job(lambda: 1 / 0)
    qtbot.waitUntil(lambda: bool(caught))
    assert caught == [ZeroDivisionError]
    runner.close()


def test_a_closed_runner_delivers_nothing(qtbot: QtBot) -> None:
    runner = JobRunner()
    seen: list[object] = []
    runner.run_job(lambda: 1, seen.append)
    runner.close()
    QCoreApplication.processEvents()
    runner.run_job(lambda: 2, seen.append)
    QCoreApplication.processEvents()
    assert seen == []


def test_the_interpreters_own_import_function_is_back(qtbot: QtBot) -> None:
    code = (
        "import builtins; own = builtins.__import__; import app.ui.shell.application; "
        "import app.ui.common.threads, PySide6.QtSvg; assert builtins.__import__ is own"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
