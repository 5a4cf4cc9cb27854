# SPDX-License-Identifier: Apache-2.0
"""Finds students while a name is being typed: in memory once the roster is loaded, in the database before.

The database is the truth. The index only tells which rows to read: a student whom another station has just
added is found because the newest key is asked for before each search, changes because they are looked for
every minute, and nobody who left is shown, because the rows themselves are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event, Lock

from app.domain.listings import StudentListing
from app.domain.names import searchable
from app.services.roster_index import RosterIndex
from app.services.writer import Writer
from app.storage import student_index as stored
from app.storage.students import search_students, search_terms

MOST_STUDENTS = 200_000  # some 200 bytes each
MOST_CHANGES = 2_000  # more of them are quicker read anew
LOOK_EVERY = timedelta(minutes=1)
SKEW = timedelta(minutes=5)  # by which the clocks of two stations may differ
MOST_OF_AN_EMAIL = 500


class StudentFinder:
    """The search of the desk, for the students of one school.

    Args:
        school: its name; all schools' students where it is empty.
    """

    def __init__(self, writer: Writer, school: str) -> None:
        self._writer, self._school = writer, school
        self._lock = Lock()
        self._index: RosterIndex | None = None
        self._last_key = 0
        self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._changed = False
        self._times_forgotten = 0

    def load(self, stop: Event) -> Iterator[int]:
        """Build the index and tell how many students it holds; to be run beside the window."""
        times_forgotten = self._times_forgotten
        with self._writer.store.reading() as session:
            built = self._built(session, stop)
        if built is None:
            return
        with self._lock:
            if times_forgotten != self._times_forgotten:
                return  # locked meanwhile
            self._index, self._last_key, self._looked_at = built
        yield len(built[0])

    def forget(self) -> None:
        """Drop every word of the roster from memory, as when the station is locked."""
        with self._lock:
            self._times_forgotten += 1
            self._index = None

    @property
    def size_bytes(self) -> int:
        """Memory that the index takes, about; 0 without one."""
        with self._lock:
            return 0 if self._index is None else self._index.size_bytes

    def look_again(self) -> None:
        """Students were changed here: the next search looks at what."""
        self._changed = True

    def search(self, text: str, limit: int) -> tuple[StudentListing, ...]:
        """As ``StudentService.search``."""
        terms = search_terms(text)
        with self._writer.store.reading() as session, self._lock:
            index = self._true_index(session)
            if not terms:
                under_way = stored.keys_under_way(session, self._school, limit)
                first = (
                    stored.first_keys(session, self._school, limit) if index is None else index.first(limit)
                )
                return self._shown(session, {key: place for place, key in enumerate(under_way)}, first, limit)
            if index is None:
                return search_students(session, self._school, text, limit)
            named = stored.keys_named(session, self._school, text)
            emails = [term for term in terms if "@" in term]
            hits = dict.fromkeys(named, -1)
            for penalty, key in index.find(terms, MOST_OF_AN_EMAIL if emails else limit):
                hits.setdefault(key, penalty)
            return self._shown(session, hits, (), limit, emails)

    def _shown(
        self,
        session: stored.Reading,
        ranked: dict[int, int],
        others: list[int] | tuple[int, ...],
        limit: int,
        emails: list[str] | None = None,
    ) -> tuple[StudentListing, ...]:
        """The students by rank, then the others, each by name; ``emails``: beginnings of the e-mail."""
        last = max(ranked.values(), default=0) + 1
        ranks = {**dict.fromkeys(others, last), **ranked}
        found = stored.listed(session, list(ranks), [] if emails is None else emails)
        order = sorted(found, key=lambda key: (ranks[key], searchable(found[key].card.name), key))
        return tuple(found[key] for key in order[:limit])

    def _true_index(self, session: stored.Reading) -> RosterIndex | None:
        """The index with what was added and changed since it was built."""
        if self._index is None:
            return None
        now, last_key = self._writer.clock(), stored.last_key(session)
        due = self._changed or now - self._looked_at >= LOOK_EVERY
        if last_key - self._last_key > MOST_CHANGES or self._index.changes > MOST_CHANGES:
            built = self._built(session, Event())
            self._index = None if built is None else built[0]
        elif due or last_key != self._last_key:
            since = self._looked_at - SKEW if due else None
            changed = stored.indexed_students(
                session, self._school, after_key=self._last_key, changed_since=since
            )
            for student in changed:
                self._index.put(student.key, student.text)
        self._last_key = last_key
        if due:
            self._looked_at, self._changed = now, False
        return self._index

    def _built(self, session: stored.Reading, stop: Event) -> tuple[RosterIndex, int, datetime] | None:
        """An index of all students as they are now; None where there are too many of them, or at ``stop``."""
        now, last_key = self._writer.clock(), stored.last_key(session)
        rows: list[tuple[int, str]] = []
        for student in stored.indexed_students(session, self._school):
            if stop.is_set() or len(rows) >= MOST_STUDENTS:
                return None
            if student.text is not None:
                rows.append((student.key, student.text))
        return RosterIndex(rows), last_key, now
