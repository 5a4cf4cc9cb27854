# SPDX-License-Identifier: Apache-2.0
"""What a finger laid down to sign in came to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.domain.fingerprints import Finger
from app.domain.operations_fingerprints import SignInDecision, SignInMode
from app.domain.visits import StudentCard


@dataclass(frozen=True, slots=True)
class FingerSignIn:
    """Outcome of one finger laid down.

    Attributes:
        student: who it was taken for, also where that is only a proposal; None where nobody fits.
        finger: as which it is enrolled.
        threshold: the false match rate that had to be reached.
        seconds: that comparing took.
        searched_among: enrolled fingers that it was compared with.
        complete: whether those were all that are enrolled.
    """

    uid: UUID
    mode: SignInMode
    decision: SignInDecision
    student: StudentCard | None
    finger: Finger | None
    score: float | None
    false_match_rate: float | None
    threshold: float
    searched_among: int
    seconds: float
    complete: bool = True
