# SPDX-License-Identifier: Apache-2.0
"""Compares a touch with the other touches of the visit and with what the student had enrolled before.

Templates made ready for comparing are kept in memory for the visit at hand and made anew after a resume.
"""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from app.domain.finger_checks import SAME_SPOT_TOUCHES, Finding, Measured, find, names_to_ask
from app.domain.fingerprints import Finger
from app.domain.visits import FingerTask, Visit
from app.services.finger_engine import Compared, FingerEngine
from app.services.impressions import ImpressionVault


class FingerChecks:
    """Measures with the engine and judges with the domain's rules. For one thread."""

    def __init__(self, vault: ImpressionVault, engine: FingerEngine) -> None:
        self._vault = vault
        self._engine = engine
        self._visit_uid: UUID | None = None
        self._ready: dict[UUID, object | None] = {}
        self._enrolled: dict[Finger, list[object]] = {}

    def find(self, visit: Visit, finger: Finger, template: bytes | None) -> Finding:
        """What a touch of good quality says about which finger it was.

        Args:
            template: of the touch; without one, or with one of another maker, nothing is found.
        """
        new = None if template is None else self._engine.ready(template)
        if new is None:
            return Finding()
        task = visit.task(finger) or FingerTask(finger)
        own = self._counted(visit, task)
        others = {other.finger: self._counted(visit, other) for other in visit.fingers}
        for name, impressions in self._enrolled.items():
            others.setdefault(name, []).extend(impressions)
        rates = {name: 1.0 for name, impressions in others.items() if impressions and name is not finger}
        for name in names_to_ask(task, rates):
            rates[name] = self._engine.compare(new, others[name]).false_match_rate
        return find(
            task,
            Measured(
                own_rate=self._engine.compare(new, own).false_match_rate if own else None,
                others=rates,
                area_added=self._areas([*own, new]) if len(own) >= SAME_SPOT_TOUCHES - 1 else (),
            ),
        )

    def verify(self, visit: Visit, finger: Finger, template: bytes | None) -> Compared | None:
        """A touch against the finger's counted impressions; None where nothing can be compared."""
        new = None if template is None else self._engine.ready(template)
        task = visit.task(finger)
        own = [] if task is None else self._counted(visit, task)
        return self._engine.compare(new, own) if new is not None and own else None

    def remember(self, visit: Visit, impression_uid: UUID, template: bytes | None) -> None:
        """Keep a touch that was just stored, so that the next one need not open it again."""
        if visit.uid == self._visit_uid:
            self._ready[impression_uid] = None if template is None else self._engine.ready(template)

    def forget(self) -> None:
        """Drop everything, as when the station is locked."""
        self._visit_uid = None
        self._ready.clear()
        self._enrolled.clear()

    def _counted(self, visit: Visit, task: FingerTask) -> list[object]:
        """The finger's counted impressions that can be compared."""
        wanted = [impression.uid for impression in task.accepted]
        if visit.uid != self._visit_uid or any(uid not in self._ready for uid in wanted):
            self._load(visit)
        return [ready for uid in wanted if (ready := self._ready.get(uid)) is not None]

    def _load(self, visit: Visit) -> None:
        self.forget()
        self._visit_uid = visit.uid
        self._ready = {impression.uid: None for task in visit.fingers for impression in task.impressions}
        for stored, template in self._vault.templates(visit):
            self._ready[stored.impression_uid] = self._engine.ready(template)
        known: dict[Finger, list[object]] = defaultdict(list)
        for finger, templates in self._vault.enrolled(visit.student.uid).items():
            for template in templates:
                ready = self._engine.ready(template)
                if ready is not None:
                    known[finger].append(ready)
        self._enrolled = dict(known)

    def _areas(self, impressions: list[object]) -> tuple[float, ...]:
        """What each of the latest impressions added to those before it."""
        first = len(impressions) - (SAME_SPOT_TOUCHES - 1)
        return tuple(
            self._engine.area_added(impressions[place], impressions[:place])
            for place in range(first, len(impressions))
        )
