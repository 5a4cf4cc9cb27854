# SPDX-License-Identifier: Apache-2.0
"""Audits that every legacy group membership has its course enrollment, and creates those that are missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from app.domain.operations_students import BackfillCourseEnrollments, BackfillPair
from app.services.writer import Writer
from app.storage.courses import Memberships, StudentCourse, memberships

WARNING_FROM_PERCENT = 99


class AuditResult(str, Enum):
    """Answer of the audit; the command's exit code is its place."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"

    @property
    def exit_code(self) -> int:
        """0 passed, 1 warning, 2 failed."""
        return tuple(AuditResult).index(self)


@dataclass(frozen=True, slots=True)
class CourseAudit:
    """How far course enrollments cover the active group memberships.

    Attributes:
        active_members: memberships, of which several may be of one student in one course.
        complete: pairs of student and course with an active enrollment.
        inactive: pairs whose enrollment is inactive.
        missing: pairs without an enrollment.
    """

    active_members: int
    complete: int
    inactive: tuple[StudentCourse, ...] = field(repr=False)
    missing: tuple[StudentCourse, ...] = field(repr=False)

    @property
    def pairs(self) -> int:
        """Pairs of student and course, each counted once."""
        return self.complete + len(self.inactive) + len(self.missing)

    @property
    def coverage_percent(self) -> float:
        """Active pairs among all pairs, 0 to 100; 100 where there are none."""
        return 100 * self.complete / self.pairs if self.pairs else 100.0

    @property
    def result(self) -> AuditResult:
        """Passed where every pair is active; a warning from 99 % on where nothing is inactive."""
        if not self.inactive and not self.missing:
            return AuditResult.PASSED
        if not self.inactive and 100 * self.complete >= WARNING_FROM_PERCENT * self.pairs:
            return AuditResult.WARNING
        return AuditResult.FAILED


@dataclass(frozen=True, slots=True)
class Backfill:
    """What the backfill did, or would do: ``after`` is measured once it is done, None for a dry run."""

    before: CourseAudit
    created: int
    reactivated: int
    after: CourseAudit | None = None


class CourseService:
    """Coverage of the course enrollments."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def audit(self) -> CourseAudit:
        """Compare memberships and enrollments."""
        with self._writer.store.reading() as session:
            return _audit(memberships(session))

    def backfill(self, *, commit: bool) -> Backfill:
        """Create the missing enrollments and reactivate the inactive ones, in one transaction.

        Doing it again changes nothing.

        Args:
            commit: False only tells what would be done.
        """
        before = self.audit()
        if not commit:
            return Backfill(before, created=len(before.missing), reactivated=len(before.inactive))
        pairs = tuple(
            BackfillPair(pair.student_uid, pair.course_uid, self._writer.new_id())
            for pair in (*before.inactive, *before.missing)
        )
        answer = {"created": 0, "reactivated": 0}
        if pairs:
            answer = self._writer.write(self._writer.new_id(), BackfillCourseEnrollments(pairs))
        return Backfill(before, answer["created"], answer["reactivated"], after=self.audit())


def _audit(found: Memberships) -> CourseAudit:
    return CourseAudit(
        active_members=found.active_members,
        complete=sum(pair.enrolled is True for pair in found.pairs),
        inactive=tuple(pair for pair in found.pairs if pair.enrolled is False),
        missing=tuple(pair for pair in found.pairs if pair.enrolled is None),
    )
