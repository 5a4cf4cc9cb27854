# SPDX-License-Identifier: Apache-2.0
"""Status values of the product's sessions, as the databases hold them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

MAX_ANSWER_LENGTH = 4000
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")


class SessionStatus(str, Enum):
    """Life of a visit (``student_responses.status``). Pausing leaves it active."""

    ACTIVE = "active"
    COMPLETED = "completed"
    ABANDONED = "user_abandoned_not_completed"


class EnrollmentStatus(str, Enum):
    """Life of one finger's enrollment (``enrollment_sessions.status``)."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    def may_become(self, other: EnrollmentStatus) -> bool:
        """Whether an enrollment may go from this status to ``other`` (staying is allowed)."""
        return other is self or other in _NEXT_STATUS[self]


_NEXT_STATUS: dict[EnrollmentStatus, frozenset[EnrollmentStatus]] = {
    EnrollmentStatus.PENDING: frozenset(
        {EnrollmentStatus.IN_PROGRESS, EnrollmentStatus.FAILED, EnrollmentStatus.CANCELLED}
    ),
    EnrollmentStatus.IN_PROGRESS: frozenset(
        {EnrollmentStatus.COMPLETED, EnrollmentStatus.FAILED, EnrollmentStatus.CANCELLED}
    ),
    EnrollmentStatus.COMPLETED: frozenset(),
    EnrollmentStatus.FAILED: frozenset({EnrollmentStatus.PENDING, EnrollmentStatus.IN_PROGRESS}),
    EnrollmentStatus.CANCELLED: frozenset(),
}


class TempEnrollmentStatus(str, Enum):
    """Life of a step-by-step signature enrollment (``temp_enrollments.status``)."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    EXPIRED = "expired"


class AttendanceStatus(str, Enum):
    """What an attendance row says of the student (``attendance.status``)."""

    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    EXCUSED = "excused"


class ClassSessionStatus(str, Enum):
    """Life of a class session (``class_sessions.status``)."""

    SCHEDULED = "scheduled"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class QuestionKind(str, Enum):
    """What answers a question takes (``questions.kind``)."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"  # one of the options

    def accepts(self, value: str, options: Sequence[str] = ()) -> bool:
        """Whether ``value`` answers such a question."""
        if self is QuestionKind.CHOICE:
            return value in options
        if self is QuestionKind.YES_NO:
            return value in ("yes", "no")
        if self is QuestionKind.NUMBER:
            return _NUMBER.fullmatch(value) is not None
        return bool(value.strip()) and len(value) <= MAX_ANSWER_LENGTH and "\x00" not in value
