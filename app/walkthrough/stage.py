# SPDX-License-Identifier: Apache-2.0
"""What the walk-through looks at and lays its hands on: the open window and the emulated reader."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject

from app.domain.capture_events import (
    ImpressionTaken,
    ReaderCondition,
    ReaderState,
    RowsSeen,
    TouchBegan,
    TouchEnded,
    TouchRefused,
)
from app.domain.fingerprints import Finger
from app.domain.visits import Step, Visit
from app.services.training import TrainingDesk
from app.ui.shell.main_window import MainWindow


class Stage(QObject):
    """The window as the journey sees it: the stored visit, the page, the reader, whether work is pending."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.refused: list[dict[str, Any]] = []
        self.rows_seen = 0
        self.engine_seconds = 0.0
        self.finger_is_down = False
        self._reader = ReaderCondition.OPENING
        assert window.walk is not None
        self._walk = window.walk
        self._walk.fingers.stream.item.connect(self._on_event)

    def _on_event(self, event: object) -> None:
        if isinstance(event, ReaderState):
            self._reader = event.state
            self.finger_is_down = False
        elif isinstance(event, TouchBegan | TouchEnded):
            self.finger_is_down = isinstance(event, TouchBegan)
        elif isinstance(event, RowsSeen):
            self.rows_seen = event.first_row
        elif isinstance(event, ImpressionTaken):
            self.engine_seconds = event.impression.engine_seconds
        elif isinstance(event, TouchRefused):
            self.refused.append(
                {"quality": event.quality, "reasons": [reason.value for reason in event.reasons]}
            )

    @property
    def visit(self) -> Visit | None:
        """The visit that the window shows."""
        return self._walk.keeper.visit

    @property
    def step(self) -> Step:
        """The page that the window shows."""
        current = self.window.current
        return Step(current) if current in {step.value for step in Step} else Step.STUDENT

    @property
    def reader_is_ready(self) -> bool:
        """Whether the reader waits for a finger."""
        return self._reader is ReaderCondition.READY

    @property
    def is_idle(self) -> bool:
        """Whether everything asked for was stored and shown."""
        return not self.window.runner.busy


class Hand:
    """Lays fingers on the emulated reader from a worker, as growing a synthetic finger takes a moment."""

    def __init__(self, desk: TrainingDesk, run: Callable[[Callable[[], None]], None]) -> None:
        self._desk = desk
        self._run = run

    def place(self, student_uid: UUID, finger: Finger, touch: int) -> None:
        """Lay a finger on the glass."""
        self._run(lambda: self._desk.place(student_uid, finger, touch))

    def lift(self) -> None:
        """Take it away."""
        self._run(self._desk.lift)


class AcceptedLog:
    """Writes down, durably, everything that the screen says is saved; the proof after a crash."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def __call__(self, fact: dict[str, Any]) -> None:
        self._file.write(json.dumps(fact) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()
