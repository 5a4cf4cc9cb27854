# SPDX-License-Identifier: Apache-2.0
"""Document 2: the step-by-step signature flow, each of its functions, statuses, messages and queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.sessions import TempEnrollmentStatus
from app.domain.signature_flow import FlowType
from app.services.signing import SigningService
from app.storage.rows.people import UserRow
from app.storage.rows.signatures import (
    SignatureSampleRow,
    TempEnrollmentRow,
    TempEnrollmentStepRow,
    TempStepDraftRow,
)
from app.storage.store import Store
from tests.services.desk import Desk, ink, open_desk

NAME = "john_doe"


@pytest.fixture
def signing(desk: Desk) -> SigningService:
    return desk.signing


def refused(code: str, action: Callable[..., object], *arguments: object, **named: object) -> OperatorError:
    with pytest.raises(OperatorError) as error:
        action(*arguments, **named)
    assert error.value.code == code
    return error.value


def draw(desk: Desk, steps: range | list[int] = range(1, 12), name: str = NAME) -> str:
    """Save these steps of a sign-up; the session's id."""
    session_id = None
    for step in steps:
        session_id = desk.signing.save_drawing(name, step, ink(step), session_id=session_id).session_id
    assert session_id is not None
    return session_id


def signed_up(desk: Desk, name: str = NAME) -> UUID:
    return desk.signing.register(name, draw(desk, name=name))


def row_of(desk: Desk, session_id: str) -> TempEnrollmentRow:
    with desk.writer.store.reading() as session:
        row = session.scalars(
            select(TempEnrollmentRow).where(TempEnrollmentRow.session_id == session_id)
        ).one()
        session.expunge(row)
        return row


# -- username check ---------------------------------------------------------------------------------------


def test_check_username(desk: Desk, signing: SigningService) -> None:
    assert signing.check_username(NAME).available
    session_id = draw(desk, [1])
    held = signing.check_username(" JOHN_DOE ")
    assert (held.available, held.reason, held.held_since) == (False, "username_in_use", desk.clock.now)
    assert held.held_by_station == UUID(int=5)
    for step in range(2, 12):
        signing.save_drawing(NAME, step, ink(step), session_id=session_id)
    signing.register(NAME, session_id)
    taken = signing.check_username("John_Doe")
    assert (taken.available, taken.reason) == (False, "username_taken")


def test_an_overdue_sign_up_gives_its_username_free(desk: Desk, signing: SigningService) -> None:
    abandoned = draw(desk, [1])
    desk.clock.turn(hours=2)
    assert signing.check_username(NAME).available
    assert draw(desk, [1]) != abandoned
    assert row_of(desk, abandoned).status == TempEnrollmentStatus.EXPIRED.value


def test_check_user_exists(desk: Desk, signing: SigningService) -> None:
    assert not signing.check_user_exists(NAME)
    draw(desk, [1])
    assert not signing.check_user_exists(NAME)  # signing up is not being signed up
    signed_up(desk, "jane")
    assert signing.check_user_exists("JANE")
    for wrong in ("", "  ", "x" * 256, "a\nb"):
        refused("input_invalid", signing.check_user_exists, wrong)
        refused("input_invalid", signing.check_username, wrong)


# -- save-drawing -----------------------------------------------------------------------------------------


def test_save_drawing_returns_session_id_on_first_call_and_tracks_progress(
    desk: Desk, signing: SigningService
) -> None:
    first = signing.save_drawing(NAME, 1, ink())
    assert (first.progress.completed_steps, first.progress.total_steps) == (1, 11)
    assert first.expires_at == desk.clock.now + timedelta(hours=2)
    desk.clock.turn(minutes=1)
    second = signing.save_drawing(NAME, 4, ink(4), session_id=first.session_id)
    assert second.session_id == first.session_id
    assert second.progress.completed_steps == 2
    assert (second.progress.last_step_number, second.progress.last_step_type) == (4, "shape")
    assert (second.progress.remaining_steps, second.progress.is_complete) == (9, False)
    assert second.expires_at == first.expires_at  # never extended
    row = row_of(desk, first.session_id)
    assert (row.username, row.flow_type, row.status) == (NAME, "signup", "in_progress")


def test_a_step_saved_again_is_replaced_and_its_draft_forgotten(desk: Desk, signing: SigningService) -> None:
    session_id = draw(desk, [1])
    signing.save_draft(NAME, 1, ink(2), session_id=session_id)
    assert signing.draft(session_id, 1) == ink(2)
    again = signing.save_drawing(NAME, 1, ink(3), session_id=session_id)
    assert again.progress.completed_steps == 1
    assert (signing.drawing(session_id, 1), signing.draft(session_id, 1)) == (ink(3), None)
    with desk.writer.store.reading() as session:
        step = session.scalars(select(TempEnrollmentStepRow)).one()
        assert (step.attempt_count, step.step_type, step.instruction) == (2, "signature", "Sign your name")


def test_drawings_survive_a_restart_sealed(desk: Desk, store: Store) -> None:
    session_id = draw(desk, [1, 2])
    desk.signing.save_draft(NAME, 3, ink(9), session_id=session_id)
    restarted = open_desk(store)
    assert restarted.signing.drawing(session_id, 2) == ink(2)
    assert restarted.signing.draft(session_id, 3) == ink(9)
    assert restarted.signing.picture(session_id, 1) == b"picture of 60 points"
    with store.reading() as session:
        raw = session.execute(text("SELECT signature_data FROM temp_enrollment_steps")).scalars().all()
        assert not any("picture" in token for token in raw)
        assert session.scalar(select(func.count()).select_from(TempStepDraftRow)) == 1


def test_a_step_that_the_flow_does_not_have_is_refused(desk: Desk, signing: SigningService) -> None:
    for step in (0, 12):
        refused("step_not_in_flow", signing.save_drawing, NAME, step, ink())
    signed_up(desk)
    refused("step_not_in_flow", signing.save_drawing, NAME, 2, ink(), flow_type=FlowType.SIGNIN)


def test_a_session_belongs_to_its_username_and_flow(desk: Desk, signing: SigningService) -> None:
    session_id = draw(desk, [1])
    refused("session_not_found", signing.save_drawing, "jane", 2, ink(), session_id=session_id)
    refused("session_not_found", signing.save_drawing, NAME, 2, ink(), session_id="sess_123")
    refused(
        "session_not_found",
        signing.save_drawing,
        NAME,
        1,
        ink(),
        session_id=session_id,
        flow_type=FlowType.SIGNIN,
    )
    refused("username_in_use", signing.save_drawing, NAME.upper(), 1, ink())
    refused("username_unknown", signing.save_drawing, "jane", 1, ink(), flow_type=FlowType.SIGNIN)


# -- progress and completion ------------------------------------------------------------------------------


def test_get_enrollment_progress(desk: Desk, signing: SigningService) -> None:
    session_id = draw(desk)
    progress = signing.progress(session_id)
    assert (progress.total_steps, progress.completed_steps, progress.remaining_steps) == (11, 11, 0)
    assert progress.is_complete
    refused("session_not_found", signing.progress, "sess_123")


def test_complete_enrollment(desk: Desk, signing: SigningService) -> None:
    session_id = draw(desk, range(1, 11))
    unknown = signing.complete_enrollment("sess_123")
    assert (unknown.success, unknown.user_id) == (False, None)
    assert unknown.message == "Enrollment session not found or already completed"
    assert signing.complete_enrollment(session_id).message == "Enrollment is not complete"
    assert row_of(desk, session_id).status == "in_progress"
    signing.save_drawing(NAME, 11, ink(11), session_id=session_id)
    done = signing.complete_enrollment(session_id)
    assert (done.success, done.user_id) == (True, None)
    assert done.message == "Sign-up enrollment completed - ready for processing"
    assert row_of(desk, session_id).status == "completed"
    again = signing.complete_enrollment(session_id)
    assert (again.success, again.message) == (False, "Enrollment session not found or already completed")
    refused("session_ended", signing.save_drawing, NAME, 1, ink(), session_id=session_id)


def test_complete_enrollment_of_a_sign_in_names_the_user(desk: Desk, signing: SigningService) -> None:
    signed_up(desk)
    session_id = signing.save_drawing(NAME, 1, ink(), flow_type=FlowType.SIGNIN).session_id
    done = signing.complete_enrollment(session_id)
    with desk.writer.store.reading() as session:
        assert done.user_id == session.scalar(select(UserRow.id))
    assert done.message == "Sign-in enrollment completed"


def test_expired_enrollments_take_and_complete_nothing(desk: Desk, signing: SigningService) -> None:
    session_id = draw(desk)
    desk.clock.turn(hours=2)
    assert signing.complete_enrollment(session_id).message == (
        "Enrollment session not found or already completed"
    )
    refused("session_expired", signing.save_drawing, NAME, 1, ink(), session_id=session_id)
    refused("session_expired", signing.save_draft, NAME, 1, ink(), session_id=session_id)
    refused("session_expired", signing.register, NAME, session_id)


# -- register and login -----------------------------------------------------------------------------------


def test_register_with_temporary_data(desk: Desk, signing: SigningService) -> None:
    session_id = draw(desk, range(1, 11))
    refused("enrollment_incomplete", signing.register, NAME, session_id)
    signing.save_drawing(NAME, 11, ink(11), session_id=session_id)
    user_uid = signing.register(NAME, session_id)
    with desk.writer.store.reading() as session:
        user = session.scalars(select(UserRow)).one()
        assert (user.uid, user.username, user.username_norm) == (user_uid, NAME, NAME)
        assert session.scalar(select(func.count()).select_from(SignatureSampleRow)) == 11
    assert row_of(desk, session_id).status == "completed"


def test_register_refuses_another_s_session_and_a_taken_name(desk: Desk, signing: SigningService) -> None:
    session_id = draw(desk)
    refused("enrollment_not_found", signing.register, "jane", session_id)
    refused("enrollment_not_found", signing.register, NAME, "sess_123")
    signing.register(NAME, session_id)
    refused("username_taken", signing.register, NAME.upper(), session_id)
    refused("username_taken", signing.save_drawing, NAME, 1, ink())


def test_register_after_complete_enrollment(desk: Desk, signing: SigningService) -> None:
    session_id = draw(desk)
    assert signing.complete_enrollment(session_id).success
    assert signing.register(NAME, session_id)


def test_login_with_temporary_data(desk: Desk, signing: SigningService) -> None:
    signed_up(desk)
    session_id = signing.save_drawing(NAME, 1, ink(), flow_type=FlowType.SIGNIN).session_id
    answer = signing.login(NAME, session_id)
    assert (answer.decision, answer.score) == ("consistent", 3.0)  # compared with the three signatures
    row = row_of(desk, session_id)
    assert row.status == "completed"
    assert row.metadata_ is not None
    assert row.metadata_["verification"]["decision"] == "consistent"
    refused("session_ended", signing.login, NAME, session_id)  # one drawing signs in once


def test_login_needs_a_known_user_a_drawing_and_the_user_s_own_session(
    desk: Desk, signing: SigningService
) -> None:
    signed_up(desk)
    signed_up(desk, "jane")
    session_id = signing.save_drawing(NAME, 1, ink(), flow_type=FlowType.SIGNIN).session_id
    refused("username_unknown", signing.login, "nobody", session_id)
    refused("enrollment_not_found", signing.login, "jane", session_id)
    refused("session_not_found", signing.login, NAME, "sess_123")
    assert row_of(desk, session_id).status == "in_progress"
    desk.clock.turn(hours=2)
    refused("session_expired", signing.login, NAME, session_id)


# -- maintenance ------------------------------------------------------------------------------------------


def test_cleanup_expired_enrollments(desk: Desk, signing: SigningService) -> None:
    old = draw(desk, [1, 2])
    desk.clock.turn(hours=1)
    young = draw(desk, [1], name="jane")
    assert signing.cleanup_expired() == 0
    desk.clock.turn(hours=1)
    assert signing.cleanup_expired() == 1
    assert (row_of(desk, old).status, row_of(desk, young).status) == ("expired", "in_progress")
    assert signing.drawing(old, 1) == ink(1)  # kept for seven days
    desk.clock.turn(days=7)
    assert signing.cleanup_expired() == 1  # jane's expires
    desk.clock.turn(seconds=1)
    assert signing.cleanup_expired() == 1  # john's is deleted
    with desk.writer.store.reading() as session:
        assert session.scalars(select(TempEnrollmentRow.session_id)).all() == [young]
        assert session.scalar(select(func.count()).select_from(TempEnrollmentStepRow)) == 1


def test_completed_enrollments_outlive_the_cleanup(desk: Desk, signing: SigningService) -> None:
    signed_up(desk)
    desk.clock.turn(days=30)
    assert signing.cleanup_expired() == 0


def test_monitoring_active_sessions_pending_cleanup_and_average_steps(
    desk: Desk, signing: SigningService
) -> None:
    signed_up(desk)
    session_id = signing.save_drawing(NAME, 1, ink(), flow_type=FlowType.SIGNIN).session_id
    signing.login(NAME, session_id)
    started_at = desk.clock.now
    draw(desk, [1, 2], name="jane")
    desk.clock.turn(minutes=1)
    draw(desk, [1], name="jim")
    found = signing.status()
    assert [(row.username, row.flow_type, row.steps_completed) for row in found.active] == [
        ("jim", "signup", 1),
        ("jane", "signup", 2),
    ]
    assert (found.active[1].created_at, found.active[1].expires_at) == (
        started_at,
        started_at + timedelta(hours=2),
    )
    assert found.pending_cleanup == 0
    assert found.average_steps == {"signup": 11.0, "signin": 1.0}
    desk.clock.turn(hours=2, seconds=1)
    assert signing.status().pending_cleanup == 2


def test_one_username_signs_up_once_at_a_time_even_past_the_service(desk: Desk, database: Engine) -> None:
    """The partial unique index is the last word where two stations are equally fast."""
    draw(desk, [1])
    with Session(database) as session:
        row = session.scalars(select(TempEnrollmentRow)).one()
        twin = {
            column.key: getattr(row, attribute.key)
            for attribute in TempEnrollmentRow.__mapper__.column_attrs
            for column in attribute.columns
            if column.key not in {"id", "uid", "session_id"}
        }
        twin["metadata_"] = twin.pop("metadata")
        session.add(TempEnrollmentRow(uid=UUID(int=1), session_id="sess_twin", **twin))
        with pytest.raises(Exception, match=r"(?i)unique"):
            session.flush()


def test_a_draft_that_was_cleared_is_forgotten_though_its_visit_knows_no_session(
    desk: Desk, signing: SigningService
) -> None:
    visit = desk.enrollment.start(desk.students.add("Anna").uid)
    desk.enrollment.save_draft(visit, 1, ink(1))  # opens the session; ``visit`` was loaded before
    desk.enrollment.save_draft(visit, 1, None)
    resumed = desk.enrollment.resume(visit.session_id)
    assert desk.enrollment.draft(resumed, 1) is None
    desk.enrollment.save_draft(desk.enrollment.start(desk.students.add("Ben").uid), 1, None)
