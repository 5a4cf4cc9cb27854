# SPDX-License-Identifier: Apache-2.0
"""A fixed list of mistakes that students make at the reader, made on purpose in the walk-through.

Each says what the station has to find. The first student lays another finger in the middle and gives a finger
under a second name; every later one is the first student again, under another record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.domain.fingerprints import Finger, Reason
from app.domain.visits import DuplicateDecision, Visit


@dataclass(frozen=True, slots=True)
class Laid:
    """What is laid on the glass: whose finger, and which mistake it is (empty for none)."""

    student_uid: UUID
    finger: Finger
    mistake: str = ""


EXPECTED = {"another_finger": Reason.OTHER_FINGER, "second_name": Reason.ALREADY_TAKEN}


@dataclass
class Mistakes:
    """Makes them, and notes what became of each."""

    first_student: UUID | None = None
    made: set[str] = field(default_factory=set)

    def laid_for(self, visit: Visit, asked: Finger) -> Laid:
        """What the student lays on the glass when asked for a finger."""
        if self.first_student is None:
            self.first_student = visit.student.uid
        if visit.student.uid != self.first_student:
            return Laid(self.first_student, asked)
        first, second = visit.fingers[0], visit.fingers[-1]
        if asked is first.finger and len(first.impressions) == 1 and "another_finger" not in self.made:
            return self._made(visit, second.finger, "another_finger")
        if asked is second.finger and not second.impressions and "second_name" not in self.made:
            return self._made(visit, first.finger, "second_name")
        return Laid(visit.student.uid, asked)

    def _made(self, visit: Visit, finger: Finger, mistake: str) -> Laid:
        self.made.add(mistake)
        return Laid(visit.student.uid, finger, mistake)

    @staticmethod
    def outcome(visit: Visit, asked: Finger, laid: Laid) -> dict[str, Any]:
        """What the station made of a mistake, JSON values."""
        task = visit.task(asked)
        last = task.impressions[-1] if task is not None and task.impressions else None
        reasons = [] if last is None else [reason.value for reason in last.reasons]
        return {
            "mistake": laid.mistake,
            "asked": asked.name.lower(),
            "laid": laid.finger.name.lower(),
            "reasons": reasons,
            "caught": last is not None and not last.accepted and EXPECTED[laid.mistake].value in reasons,
        }

    def at_the_end(self, visit: Visit) -> list[dict[str, Any]]:
        """What is known when a student's fingers are done, JSON values: hits in other records, and what is
        missing of the list.
        """
        if visit.student.uid == self.first_student:
            return [{"mistake": mistake, "caught": False} for mistake in EXPECTED if mistake not in self.made]
        return [self._duplicate(visit, task.finger) for task in visit.fingers if task.skip is None]

    def _duplicate(self, visit: Visit, finger: Finger) -> dict[str, Any]:
        hits = [
            hit for hit in visit.duplicates if hit.finger is finger and hit.student.uid == self.first_student
        ]
        return {
            "mistake": "same_student_again",
            "laid": finger.name.lower(),
            "decisions": [hit.decision.value for hit in hits],
            "caught": bool(hits) and all(hit.decision is not DuplicateDecision.UNDECIDED for hit in hits),
        }
