# SPDX-License-Identifier: Apache-2.0
"""Every enrolled finger in memory, for the search: filled bit by bit, kept up to date, dropped on lock.

Templates are in the clear here and nowhere else; nothing of the gallery is ever written to a disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Lock
from uuid import UUID

from app.biometrics.fingerprint.gallery import Candidate, Gallery
from app.biometrics.fingerprint.iso19794 import read_iso
from app.biometrics.fingerprint.prepared import Prepared, prepare
from app.domain.errors import OperatorError
from app.domain.fingerprints import Finger
from app.domain.visits import StudentCard
from app.services.impressions import ImpressionVault
from app.services.writer import Writer
from app.storage.templates import EnrolledFinger, enrolled_fingers, student_cards, templates_of

#: Fingers whose templates are read in one query.
BATCH = 50
#: How long a search waits at most for a gallery that is still being filled.
FILL_WAIT_S = 1.0

FingerKey = tuple[UUID, Finger]


@dataclass(frozen=True, slots=True)
class GalleryState:
    """How much of the gallery is there: fingers loaded, and fingers that are enrolled."""

    loaded: int
    total: int

    @property
    def is_complete(self) -> bool:
        """Whether a search sees everybody."""
        return self.loaded >= self.total


@dataclass(frozen=True, slots=True)
class GalleryHit:
    """An enrolled finger that matches; ``false_alarms``: fingers expected to match as well by chance."""

    student: StudentCard
    finger: Finger
    score: float
    false_match_rate: float
    false_alarms: float
    enrolled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Searched:
    """Outcome of a search, best hit first. ``among``: fingers looked at; ``complete``: those are all."""

    hits: tuple[GalleryHit, ...]
    among: int
    complete: bool


class GalleryService:
    """The gallery. Safe to be filled on one thread while another one searches.

    Args:
        clock_s: a monotonic clock, for the time limit of a slice.
    """

    def __init__(self, writer: Writer, vault: ImpressionVault, clock_s: Callable[[], float]) -> None:
        self._writer = writer
        self._vault = vault
        self._clock_s = clock_s
        self._gallery: Gallery[FingerKey] = Gallery()
        self._known: dict[FingerKey, EnrolledFinger] = {}
        self._missing: list[EnrolledFinger] = []
        self._generation = 0  # raised by clear()
        self._lock = Lock()

    # -- filling --------------------------------------------------------------------------------------------

    @property
    def state(self) -> GalleryState:
        """As of the last look at the database."""
        with self._lock:
            return self._state()

    def refresh(self) -> GalleryState:
        """Look what is enrolled now: what is gone is forgotten, what is new is loaded by ``load_some``."""
        with self._writer.store.reading() as session:
            enrolled = enrolled_fingers(session)
        with self._lock:
            wanted = {(finger.student_uid, finger.finger): finger for finger in enrolled}
            for key in [key for key, known in self._known.items() if wanted.get(key) != known]:
                self._gallery.remove(key)
                del self._known[key]
            self._missing = [finger for key, finger in wanted.items() if key not in self._known]
            return self._state()

    def load_some(self, budget_s: float) -> GalleryState:
        """Load missing fingers for about so long; at least one batch."""
        ends_at_s = self._clock_s() + budget_s
        while True:
            with self._lock:
                batch, self._missing = self._missing[:BATCH], self._missing[BATCH:]
                generation = self._generation
            if batch:
                self._load(batch, generation)
            state = self.state
            if not batch or state.is_complete or self._clock_s() >= ends_at_s:
                return state

    def fill(self, stop: Event) -> Iterator[GalleryState]:
        """Load everything, telling how far it is after each batch; ends when complete or stopped.

        A plain blocking generator for a thread of its own: a big school's gallery takes a minute, and the
        first student does not wait for it.
        """
        state = self.refresh()
        yield state
        while not state.is_complete and not stop.is_set():
            state = self.load_some(0.0)
            yield state

    def clear(self) -> None:
        """Forget everything, as when the station is locked."""
        with self._lock:
            self._generation += 1
            self._gallery.clear()
            self._known.clear()
            self._missing.clear()

    # -- searching ------------------------------------------------------------------------------------------

    def expected_false_alarms(self, max_false_match_rate: float) -> float:
        """Wrong hits that one search is expected to bring among all that are enrolled, loaded or not yet."""
        with self._lock:
            return self._state().total * max_false_match_rate

    def search(
        self,
        templates: Sequence[bytes],
        max_false_match_rate: float,
        *,
        leaving_out: UUID | None = None,
        most: int = 5,
    ) -> Searched:
        """The enrolled fingers that match any of a finger's impressions.

        Args:
            templates: impressions of one finger.
            max_false_match_rate: for each enrolled finger, however many impressions are searched for.
            leaving_out: a student whose own fingers are not reported.
        """
        self.refresh()
        state = self.load_some(FILL_WAIT_S)
        best: dict[FingerKey, Candidate[FingerKey]] = {}
        with self._lock:
            own = frozenset(key for key in self._known if key[0] == leaving_out)
            probes = [ready for template in templates if (ready := _ready(template)) is not None]
            for probe in probes:
                for hit in self._gallery.search(
                    probe, max_false_match_rate / len(probes), most=most, leaving_out=own
                ):
                    if hit.key not in best or hit.score > best[hit.key].score:
                        best[hit.key] = hit
            among = len(self._gallery) - len(own)
            known = {key: self._known[key] for key in best}
        found = sorted(best.values(), key=lambda hit: -hit.score)[:most]
        return Searched(self._named(found, known), among, state.is_complete)

    # -- inside ---------------------------------------------------------------------------------------------

    def _state(self) -> GalleryState:
        return GalleryState(len(self._known), len(self._known) + len(self._missing))

    def _load(self, batch: list[EnrolledFinger], generation: int) -> None:
        with self._writer.store.reading() as session:
            sealed = templates_of(session, [finger.session_uid for finger in batch])
        for finger in batch:
            templates = self._vault.opened(finger.student_uid, sealed.get(finger.session_uid, ()))
            key = (finger.student_uid, finger.finger)
            with self._lock:
                if generation != self._generation:
                    return  # cleared meanwhile: what was opened before must not come back
                try:
                    self._gallery.add(key, templates)
                except OperatorError:  # one of another maker among them
                    self._gallery.add(key, [one for one in templates if _ready(one) is not None])
                self._known[key] = finger

    def _named(
        self, found: Sequence[Candidate[FingerKey]], known: dict[FingerKey, EnrolledFinger]
    ) -> tuple[GalleryHit, ...]:
        if not found:
            return ()
        with self._writer.store.reading() as session:
            cards = student_cards(session, [hit.key[0] for hit in found])
        return tuple(
            GalleryHit(
                student=cards[hit.key[0]],
                finger=hit.key[1],
                score=hit.score,
                false_match_rate=hit.false_match_rate,
                false_alarms=hit.false_alarms,
                enrolled_at=known[hit.key].completed_at,
            )
            for hit in found
            if hit.key[0] in cards
        )


def _ready(template: bytes) -> Prepared | None:
    try:
        prepared = prepare(read_iso(template))
    except OperatorError:
        return None
    return prepared if len(prepared) else None
