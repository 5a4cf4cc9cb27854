# SPDX-License-Identifier: Apache-2.0
"""``courses``: whether legacy group memberships have course enrollments, and creating those that lack."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.context import CommandContext, print_json
from app.commands.options import AsJson, DatabaseUrl

if TYPE_CHECKING:
    from app.services.courses import Backfill, CourseAudit
    from app.storage.courses import StudentCourse

app = typer.Typer(no_args_is_help=True, help="Course enrollments: audit their coverage, backfill what lacks.")

RULE = "=" * 80
LISTED = 10


@app.command()
def audit(ctx: typer.Context, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Compare group memberships with course enrollments. Exit code 0 passed, 1 warning, 2 failed."""
    given: CommandContext = ctx.obj
    with given.services(database_url) as services:
        found = services.courses.audit()
    if as_json:
        print_json(_facts(found))
    else:
        print("\n".join(audit_lines(found)))
    raise typer.Exit(found.result.exit_code)


@app.command()
def backfill(
    ctx: typer.Context,
    commit: Annotated[bool, typer.Option("--commit", help="Write; without it nothing is written.")] = False,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Create missing course enrollments and reactivate inactive ones. Exit code 1 if some still lack."""
    given: CommandContext = ctx.obj
    with given.services(database_url) as services:
        done = services.courses.backfill(commit=commit)
    if as_json:
        print_json(
            {
                "committed": commit,
                "already_active": done.before.complete,
                "created": done.created,
                "reactivated": done.reactivated,
                "coverage_before": shown_percent(done.before),
                "coverage_after": None if done.after is None else shown_percent(done.after),
            }
        )
    else:
        print("\n".join(backfill_lines(done)))
    raise typer.Exit(1 if done.after is not None and done.after.result.exit_code else 0)


def shown_percent(audit: CourseAudit) -> float:
    """The coverage with one decimal, rounded down: 100.0 means all."""
    return math.floor(audit.coverage_percent * 10) / 10


def audit_lines(audit: CourseAudit) -> Iterator[str]:
    """The report of the source's audit script."""
    yield from (RULE, "CourseEnrollment Coverage Audit", RULE, "")
    yield "1. Fetching all active GroupMember records..."
    yield f"   Found {audit.active_members} active GroupMember records"
    yield ""
    yield f"2. Unique student-course pairs from GroupMember: {audit.pairs}"
    yield ""
    yield "3. Checking CourseEnrollment coverage..."
    yield f"   Active: {audit.complete}"
    yield f"   Inactive: {len(audit.inactive)}"
    yield f"   Missing: {len(audit.missing)}"
    yield ""
    yield from _block("MISSING CourseEnrollment records", audit.missing)
    yield from _block("INACTIVE CourseEnrollment records", audit.inactive)
    yield from (RULE, "SUMMARY", RULE)
    yield f"Total active GroupMember records: {audit.active_members}"
    yield f"Unique student-course pairs: {audit.pairs}"
    yield f"CourseEnrollment coverage: {shown_percent(audit)}%"
    yield f"  Complete and active: {audit.complete}"
    yield f"  Present but inactive: {len(audit.inactive)}"
    yield f"  Missing: {len(audit.missing)}"
    yield ""
    yield {
        "passed": "AUDIT PASSED: All students have active CourseEnrollment records",
        "warning": "AUDIT WARNING: A few students have no CourseEnrollment record; run the backfill",
        "failed": "AUDIT FAILED: Students lack active CourseEnrollment records; run the backfill",
    }[audit.result.value]


def backfill_lines(done: Backfill) -> Iterator[str]:
    """The report of the source's backfill script."""
    before = done.before
    yield from (RULE, "CourseEnrollment Backfill", RULE, "")
    if done.after is None:
        yield from ("DRY RUN MODE: no changes are made; --commit makes them", "")
    yield f"Already active: {before.complete}"
    yield f"To activate: {len(before.inactive)}"
    yield f"To create: {len(before.missing)}"
    yield ""
    yield from _block("To create", before.missing)
    yield from _block("To activate", before.inactive)
    yield from (RULE, "SUMMARY", RULE)
    if done.after is None:
        yield f"Would create: {done.created}"
        yield f"Would activate: {done.reactivated}"
        yield f"Coverage now: {shown_percent(before)}%"
    else:
        yield f"Created: {done.created}"
        yield f"Activated: {done.reactivated}"
        yield f"Final coverage: {shown_percent(done.after)}%"


def _block(title: str, pairs: Sequence[StudentCourse]) -> Iterator[str]:
    if not pairs:
        return
    yield f"{title} ({len(pairs)}):"
    for pair in pairs[:LISTED]:
        yield f"  - {pair.student_name} ({pair.student_email or 'no e-mail'})"
        yield f"    Course: {pair.course_name}"
        yield f"    Groups: {', '.join(pair.groups)}"
    if len(pairs) > LISTED:
        yield f"  ... and {len(pairs) - LISTED} more"
    yield ""


def _facts(audit: CourseAudit) -> dict[str, object]:
    return {
        "result": audit.result.value,
        "active_group_members": audit.active_members,
        "unique_pairs": audit.pairs,
        "coverage_percent": shown_percent(audit),
        "complete": audit.complete,
        "inactive": [_pair(pair) for pair in audit.inactive],
        "missing": [_pair(pair) for pair in audit.missing],
    }


def _pair(pair: StudentCourse) -> dict[str, object]:
    return {
        "student_uid": str(pair.student_uid),
        "name": pair.student_name,
        "email": pair.student_email,
        "course": pair.course_name,
        "groups": list(pair.groups),
    }
