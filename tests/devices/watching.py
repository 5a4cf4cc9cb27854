# SPDX-License-Identifier: Apache-2.0
"""Watching a reader in a test: until something happens, and never for longer than a limit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from app.devices.base import Patience, Reader, ReaderOptions
from app.domain.capture import Frame, ReaderEvent, Rows

#: Short waits: an emulated module without throttling answers at once. Long enough for a busy machine.
QUICK = ReaderOptions(
    patience=Patience(
        probe_s=0.25, reply_s=0.4, take_s=0.6, silence_s=0.15, poll_s=0.005, backoff_s=(0.02, 0.05)
    )
)
LIMIT_S = 20.0


def quick(**changes: object) -> ReaderOptions:
    """``QUICK`` with some options changed."""
    return replace(QUICK, **changes)


def watch_until(
    reader: Reader, done: Callable[[ReaderEvent], bool], react: Callable[[ReaderEvent], None] | None = None
) -> list[ReaderEvent]:
    """The events up to the one that is ``done``; ``react`` sees each as it comes. Fails at the limit."""
    stop = threading.Event()
    limit = threading.Timer(LIMIT_S, stop.set)
    limit.start()
    seen: list[ReaderEvent] = []
    finished = False
    try:
        for event in reader.watch(stop):
            if finished:
                continue
            seen.append(event)
            if react is not None:
                react(event)
            if done(event):
                finished = True
                stop.set()
    finally:
        limit.cancel()
    assert finished, [kind_of(event) for event in seen if not isinstance(event, Rows)]
    return seen


def is_a(*kinds: type) -> Callable[[ReaderEvent], bool]:
    """Tells events of these kinds."""
    return lambda event: isinstance(event, kinds)


def kind_of(event: ReaderEvent) -> str:
    """Its class's name, with the code of a fault or hint."""
    code = getattr(event, "code", None)
    return type(event).__name__ if code is None else f"{type(event).__name__} {getattr(code, 'value', code)}"


def kinds(events: list[ReaderEvent]) -> list[str]:
    """What happened, rows left out."""
    return [kind_of(event) for event in events if not isinstance(event, Rows)]


def only_frame(events: list[ReaderEvent]) -> Frame:
    """The one frame among the events."""
    frames = [event for event in events if isinstance(event, Frame)]
    assert len(frames) == 1
    return frames[0]
