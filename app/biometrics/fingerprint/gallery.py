# SPDX-License-Identifier: Apache-2.0
"""Search over every enrolled finger, held in memory only while the station is unlocked.

A search first ranks all impressions with one matrix product over their short vectors, ranks the best of them
again by whether their minutiae fit together, then matches the likeliest in full. A gallery keeps the stored
record of each impression and 1.9 kB beside it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from app.biometrics.fingerprint.calibrate import false_match_rate
from app.biometrics.fingerprint.iso19794 import read_iso
from app.biometrics.fingerprint.match import match
from app.biometrics.fingerprint.prepared import Prepared, prepare
from app.biometrics.fingerprint.search_vectors import Packed, likeness, pack_print, room_for, support

Key = TypeVar("Key", bound=Hashable)

#: Impressions that are ranked a second time, and those of them that are matched in full.
LONG_LIST = 400
SHORT_LIST = 40


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Key]):
    """One finger that may be the probe's.

    Attributes:
        key: the finger's. impression: index of its best impression.
        score: of that impression.
        false_match_rate: chance that a different finger with as many impressions scores as high.
        false_alarms: how many fingers of the whole gallery are expected to score as high by chance.
    """

    key: Key
    impression: int
    score: float
    false_match_rate: float
    false_alarms: float


class Gallery(Generic[Key]):
    """Enrolled fingers by key; a finger has one or more impressions. For one thread at a time."""

    def __init__(self) -> None:
        self._fingers: dict[Key, list[int]] = {}
        self._packed: Packed = room_for(0)
        self._owners: list[tuple[Key, int]] = []
        self._records: list[bytes] = []

    def __len__(self) -> int:
        """Number of fingers."""
        return len(self._fingers)

    def __contains__(self, key: object) -> bool:
        return key in self._fingers

    @property
    def impressions(self) -> int:
        """Number of impressions of all fingers."""
        return len(self._owners)

    @property
    def extra_bytes(self) -> int:
        """Memory held beside the stored records."""
        return self._packed.nbytes

    def add(self, key: Key, records: Sequence[bytes]) -> None:
        """Adds a finger, or replaces it.

        Args:
            key: names the finger, e.g. (student id, finger id).
            records: ISO/IEC 19794-2 records of its impressions, one view each.

        Raises:
            OperatorError: ``template_invalid``; nothing is added then.
        """
        packed = [pack_print(prepare(read_iso(record))) for record in records]
        self.remove(key)
        places: list[int] = []
        for number, (record, one) in enumerate(zip(records, packed, strict=True)):
            place = len(self._owners)
            if place == len(self._packed.vectors):
                room = room_for(max(64, 2 * place))
                self._copy(self._packed, slice(place), room, slice(place))
                self._packed = room
            self._copy(one, slice(None), self._packed, place)
            self._owners.append((key, number))
            self._records.append(record)
            places.append(place)
        if places:
            self._fingers[key] = places

    def remove(self, key: Key) -> bool:
        """Forgets a finger; whether it was there. Its vectors are overwritten."""
        places = self._fingers.pop(key, None)
        if places is None:
            return False
        for place in sorted(places, reverse=True):
            last = len(self._owners) - 1
            if place != last:
                self._copy(self._packed, last, self._packed, place)
                self._records[place] = self._records[last]
                self._owners[place] = self._owners[last]
                mover = self._fingers[self._owners[last][0]]
                mover[mover.index(last)] = place
            self._wipe(last)
            self._records.pop()
            self._owners.pop()
        return True

    def clear(self) -> None:
        """Forgets everything: the station is locked."""
        self._wipe(slice(None))
        self._packed = room_for(0)
        self._fingers.clear()
        self._owners.clear()
        self._records.clear()

    def expected_false_alarms(self, max_false_match_rate: float) -> float:
        """Expected number of wrong hits of one search at that rate per finger."""
        return len(self._fingers) * max_false_match_rate

    def search(
        self,
        probe: Prepared,
        max_false_match_rate: float = 1e-5,
        *,
        most: int = 5,
        leaving_out: frozenset[Key] = frozenset(),
    ) -> tuple[Candidate[Key], ...]:
        """The fingers that match a probe, best first.

        Args:
            probe: the touch.
            max_false_match_rate: per finger; see ``expected_false_alarms``.
            most: at most so many candidates.
            leaving_out: fingers not to report, e.g. the student's own.
        """
        if not self._owners or not len(probe):
            return ()
        best: dict[Key, Candidate[Key]] = {}
        for place in self._likeliest(pack_print(probe), leaving_out):
            key, number = self._owners[place]
            score = match(probe, prepare(read_iso(self._records[place]))).score
            if key in best and best[key].score >= score:
                continue
            rate = min(1.0, false_match_rate(score) * len(self._fingers[key]))
            if rate <= max_false_match_rate:
                best[key] = Candidate(key, number, score, rate, rate * len(self._fingers))
        return tuple(sorted(best.values(), key=lambda hit: -hit.score)[:most])

    def _likeliest(self, probe: Packed, leaving_out: frozenset[Key]) -> list[int]:
        ranks = likeness(probe.vectors, self._packed.vectors[: len(self._owners)])
        order = np.argsort(-ranks, kind="stable")
        if leaving_out:
            order = np.array([place for place in order if self._owners[place][0] not in leaving_out], np.intp)
        order = order[:LONG_LIST]
        again = support(probe, self._packed.at(order))
        return [int(place) for place in order[np.argsort(-again, kind="stable")[:SHORT_LIST]]]

    @staticmethod
    def _copy(source: Packed, of: int | slice, target: Packed, to: int | slice) -> None:
        target.vectors[to] = source.vectors[of]
        target.place[to] = source.place[of]
        target.heading[to] = source.heading[of]

    def _wipe(self, which: int | slice) -> None:
        self._packed.vectors[which] = 0
        self._packed.place[which] = 0
        self._packed.heading[which] = 0
