# SPDX-License-Identifier: Apache-2.0
"""Keeps the health row true: reader and pen as they are seen, database and disk asked for now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtGui import QInputDevice

from app.domain.capture_events import ReaderCondition, ReaderState
from app.domain.listings import Health, HealthItem, HealthState
from app.ui.common.error_text import CONTEXT
from app.ui.common.error_texts import text_of
from app.ui.common.errors import words_of
from app.ui.common.reader_notice import reader_words
from app.ui.common.theme import Tone
from app.ui.common.threads import JobRunner
from app.ui.shell.health import HealthView
from app.ui.shell.window import StationWindow

if TYPE_CHECKING:
    from app.services.health import HealthService

_EVERY_MS = 30_000
_TONES = {HealthState.OK: Tone.GOOD, HealthState.ATTENTION: Tone.WARN, HealthState.FAILED: Tone.BAD}
_READER_TONES = {
    ReaderCondition.READY: Tone.GOOD,
    ReaderCondition.OPENING: Tone.NEUTRAL,
    ReaderCondition.BUSY: Tone.WARN,
    ReaderCondition.ABSENT: Tone.BAD,
    ReaderCondition.LOST: Tone.BAD,
    ReaderCondition.LOCKED: Tone.BAD,
    ReaderCondition.FAILED: Tone.BAD,
}


class StationHealth(QObject):
    """Asks and shows."""

    def __init__(
        self, window: StationWindow, service: HealthService, runner: JobRunner, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window, self._service, self._runner = window, service, runner
        self._views: dict[str, HealthView] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.ask)
        window.rail.health.asked.connect(self._explain)

    def start(self) -> None:
        """Ask now and from now on."""
        styluses = [d for d in QInputDevice.devices() if d.type() is QInputDevice.DeviceType.Stylus]
        if styluses:
            self.show_pen()
        else:
            words = self.tr("No pen seen yet; finger and mouse draw as well")
            self._show(HealthView("pen", Tone.NEUTRAL, words))
        self.ask()
        self._timer.start()

    def stop(self) -> None:
        """Ask no more."""
        self._timer.stop()

    def ask(self) -> None:
        """Ask for database and disk."""
        if not self._runner.busy:
            self._runner.run_job(self._service.check, self._on_health, words_of)

    def show_reader(self, event: ReaderState) -> None:
        """The reader's condition changed."""
        what, how = reader_words(event.state)
        words = f"{what} {how}".strip() or self.tr("Ready")
        self._show(HealthView("reader", _READER_TONES[event.state], words))

    def show_pen(self) -> None:
        """A pen is there."""
        self._show(HealthView("pen", Tone.GOOD, self.tr("Ready")))

    def _on_health(self, health: Health) -> None:
        for name, item in (("database", health.database), ("disk", health.disk)):
            self._show(HealthView(name, _TONES[item.state], self._words(item)))

    def _words(self, item: HealthItem) -> str:
        if not item.code:
            return self.tr("Ready")
        text = text_of(item.code, item.facts, lambda text: QCoreApplication.translate(CONTEXT, text))
        return f"{text.what} {text.what_to_do}"

    def _show(self, view: HealthView) -> None:
        self._views[view.name] = view
        self._window.show_health((view,))

    def _explain(self, name: str) -> None:
        view = self._views.get(name)
        if view is not None:
            quiet = view.tone in (Tone.GOOD, Tone.NEUTRAL)
            self._window.say(
                Tone.ACCENT if quiet else view.tone, self._window.rail.health.word(name), view.words
            )
