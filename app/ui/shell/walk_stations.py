# SPDX-License-Identifier: Apache-2.0
"""The stations page and its services; and what goes on by itself: keys are fetched and brought up to date."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast
from uuid import UUID

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction

from app.domain.station_sharing import RewrapProgress, Sharing, SharingState, Standing
from app.ui.common.errors import words_of
from app.ui.common.theme import Tone
from app.ui.common.threads import JobRunner, Stream
from app.ui.settings.stations_page import StationsPage
from app.ui.shell.menu import Entry
from app.ui.shell.services import WindowServices
from app.ui.shell.window import StationWindow

if TYPE_CHECKING:
    from app.services.sharing_services import SharingServices

PAGE = "stations"
LOOK_EVERY_MS = 60_000
LOOK_SOON_EVERY_MS = 5_000  # while somebody looks at the page of a station that waits


class StationsDesk(QObject):
    """Listens to the menu and the page, and to the clock; the work has a worker of its own."""

    def __init__(
        self, window: StationWindow, services: WindowServices, sharing: SharingServices, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window, self._sharing = window, sharing
        self._runner = JobRunner(self)
        self._rewrap = Stream(sharing.rewrapping.run, self)
        self._rewrap.item.connect(self._on_progress)
        self._rewrap.failed.connect(self._on_problem)
        self._rewrap.finished.connect(self._on_rewrapped)
        self._rewrap_stopped = False
        self._left = 0
        self._gallery = Stream(lambda stop: services.enrollment.fill_gallery(stop), self)
        self._gallery.failed.connect(self._on_problem)
        self._site: UUID | None = None
        self._said: frozenset[UUID] = frozenset()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        window.promise_page(PAGE, self._made_page)
        window.page_shown.connect(self._on_page_shown)
        window.closing.connect(self._on_closing)
        self.action = QAction(self.tr("Stations of the school"), window.menu)
        self.action.setObjectName("menu_stations")
        self.action.triggered.connect(self.open_page)
        window.menu.put(Entry.STATIONS, self.action)
        self._timer.start()
        self._look()

    @property
    def page(self) -> StationsPage:
        """The page, made at the first need."""
        return cast(StationsPage, self._window.page(PAGE))

    def _made_page(self) -> StationsPage:
        page, stations = StationsPage(), self._sharing.stations
        page.let_in_wanted.connect(self._let_in)
        page.refuse_wanted.connect(lambda uid: self._do(lambda: stations.refuse(uid), self._on_refused))
        page.remove_wanted.connect(lambda uid: self._do(lambda: stations.remove(uid), self._on_removed))
        page.ask_wanted.connect(lambda: self._do(stations.ask, lambda: None))
        page.look_wanted.connect(self._look)
        page.rewrap_wanted.connect(self._go_on)
        page.closed.connect(self._window.leave_beside)
        kits, card = self._sharing.kits, page.recovery
        card.code_wanted.connect(
            lambda: self._runner.run_job(kits.new_code, page.show_code, self._on_problem)
        )
        card.typed_back.connect(
            lambda code, typed, label: self._do(
                lambda: kits.add(code, typed, label or self.tr("Recovery code")), self._on_code_kept
            )
        )
        card.code_used.connect(lambda code: self._do(lambda: kits.recover(code), self._on_code_used))
        return page

    @property
    def _shown(self) -> bool:
        return self._window.current == PAGE

    def open_page(self) -> None:
        """Show the page; the visit that is open waits."""
        if self._window.open_beside(PAGE):
            self.page.show_looking()
        self._look()

    def _on_page_shown(self) -> None:
        if not self._shown:
            self._timer.setInterval(LOOK_EVERY_MS)

    def _look(self) -> None:
        stations = self._sharing.stations

        def look() -> tuple[Sharing, UUID]:
            stations.tend()
            return stations.overview(), stations.keys.site_uid

        self._runner.run_job(look, self._on_looked, self._on_problem)

    def _on_looked(self, seen: tuple[Sharing, UUID]) -> None:
        sharing, site_uid = seen
        if self._site not in (None, site_uid):
            self._gallery.start()  # what this station could not open before
        self._site = site_uid
        self._announce(sharing)
        waits = sharing.state is SharingState.WAITING and self._shown
        self._timer.setInterval(LOOK_SOON_EVERY_MS if waits else LOOK_EVERY_MS)
        if self._shown:
            self.page.show_sharing(sharing)
        if sharing.behind > self._left and not self._rewrap_stopped and not self._rewrap.running:
            self._rewrap.start()

    def _announce(self, sharing: Sharing) -> None:
        """Say once what a person has to decide, wherever that person is in the window."""
        asking = {each.uid: each.name for each in sharing.holders if each.standing is Standing.WAITING}
        new, self._said = asking.keys() - self._said, frozenset(asking)
        if self._shown or not new:
            return
        where = self.tr("Open the menu, then Stations of the school.")
        if sharing.state is SharingState.WAITING:
            what = self.tr("This station waits for the school's keys; it stores with keys of its own.")
            self._window.say(Tone.ACCENT, what, where)
        elif sharing.state is SharingState.MEMBER:
            what = self.tr("A new station asks for the school's keys: {name}")
            self._window.say(Tone.ACCENT, what.format(name=", ".join(asking[uid] for uid in new)), where)

    def _let_in(self, uid: UUID, digits: str) -> None:
        self._do(lambda: self._sharing.stations.let_in(uid, digits), self._on_let_in)

    def _do(self, work: Callable[[], None], done: Callable[[], None]) -> None:
        def finished(_: None) -> None:
            done()
            self._look()

        def failed(error: Exception) -> None:
            self._on_problem(error)
            self._look()

        self._runner.run_job(work, finished, failed)

    def _on_let_in(self) -> None:
        self.page.show_done(self.tr("The station has the school's keys; it finds them by itself."))

    def _on_refused(self) -> None:
        self.page.show_done(self.tr("The station was refused."))

    def _on_removed(self) -> None:
        self._rewrap_stopped = False
        self.page.show_done(
            self.tr("Removed. The school has a new key."),
            self.tr("Take its access to the database away as well."),
        )

    def _on_code_kept(self) -> None:
        self.page.recovery.rest()
        self.page.show_done(self.tr("The code on the paper opens the school's keys from now on."))

    def _on_code_used(self) -> None:
        self.page.recovery.rest()
        self.page.show_done(
            self.tr("This station has the school's keys."),
            self.tr("Remove the stations that are lost."),
        )

    def _go_on(self, wanted: bool) -> None:
        self._rewrap_stopped = not wanted
        if wanted:
            self._left = 0
            self._rewrap.start()
        else:
            self._rewrap.ask_to_stop()

    def _on_progress(self, progress: RewrapProgress) -> None:
        self._left = progress.left
        if self._shown:
            self.page.show_progress(progress)

    def _on_rewrapped(self) -> None:
        if self._shown:
            self.page.show_progress_ended()
            self._look()

    def _on_problem(self, error: Exception) -> None:
        text = words_of(error)
        if text is not None and self._shown:  # else the health row says it, and the next look tries again
            self.page.show_problem(text.what, text.what_to_do)

    def _on_closing(self) -> None:
        self._timer.stop()
        self._rewrap.stop()
        self._gallery.stop()
        self._runner.close()
