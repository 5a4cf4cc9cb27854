# SPDX-License-Identifier: Apache-2.0
"""Document 3: sessions that are paused, validated, abandoned and answered."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.domain.errors import OperatorError
from app.domain.sessions import QuestionKind, SessionStatus
from app.domain.visits import Step
from app.services.sessions import SessionService
from app.storage.rows.visits import AnswerRow, PageRow, StudentResponseRow
from tests.services.desk import Desk


@pytest.fixture
def sessions(desk: Desk) -> SessionService:
    return SessionService(desk.writer, desk.policy)


@pytest.fixture
def asked(sessions: SessionService) -> SessionService:
    """Four questions on two pages."""
    sessions.add_question("student", "name", "Which name do you go by?")
    sessions.add_question("student", "hand", "Which hand?", QuestionKind.CHOICE, ("left", "right"))
    sessions.add_question("student", "years", "For how many years?", QuestionKind.NUMBER)
    sessions.add_question("review", "content", "Content?", QuestionKind.YES_NO)
    return sessions


def refused(code: str, action: object, *arguments: object) -> None:
    with pytest.raises(OperatorError) as error:
        action(*arguments)  # type: ignore[operator]
    assert error.value.code == code


# -- validate ---------------------------------------------------------------------------------------------


def test_session_validation_should_return_valid_false_for_non_existent_session(
    sessions: SessionService,
) -> None:
    answer = sessions.validate("test-123")
    assert (answer.valid, answer.session, answer.progress) == (False, None, None)


def test_validate_returns_session_info_and_progress_info(desk: Desk, asked: SessionService) -> None:
    session_id = asked.start().session_id
    desk.clock.turn(minutes=5)
    asked.submit_answer(session_id, "name", "Ada")
    answer = asked.validate(session_id)
    assert answer.valid
    assert answer.session is not None
    assert answer.progress is not None
    assert (answer.session.status, answer.session.last_activity) == (SessionStatus.ACTIVE, desk.clock.now)
    with desk.writer.store.reading() as session:
        page_id = session.scalar(select(PageRow.id).where(PageRow.key == "student"))
    assert answer.session.current_page_id == page_id
    progress = answer.progress
    assert (progress.questions_answered, progress.total_xp, progress.percentage) == (1, 10, 25.0)


def test_sessions_older_than_30_days_based_on_last_activity_are_considered_invalid(
    desk: Desk, asked: SessionService
) -> None:
    session_id = asked.start().session_id
    desk.clock.turn(days=30)
    assert asked.validate(session_id).valid
    desk.clock.turn(seconds=1)
    answer = asked.validate(session_id)
    assert not answer.valid
    assert answer.session is not None
    assert answer.session.status is SessionStatus.ACTIVE  # validating writes nothing
    refused("session_expired", asked.submit_answer, session_id, "name", "Ada")


def test_activity_moves_the_30_days(desk: Desk, asked: SessionService) -> None:
    session_id = asked.start().session_id
    desk.clock.turn(days=29)
    asked.submit_answer(session_id, "name", "Ada")
    desk.clock.turn(days=29)
    assert asked.validate(session_id).valid


def test_a_completed_or_abandoned_session_is_not_valid_and_tells_its_status(
    desk: Desk, sessions: SessionService
) -> None:
    student = desk.students.add("Ada Ash").uid
    abandoned = sessions.abandon(sessions.start(student).session_id)
    answer = sessions.validate(abandoned.session_id)
    assert (answer.valid, answer.session) == (False, abandoned)


# -- start and abandon ------------------------------------------------------------------------------------


def test_a_new_session_is_active_and_at_no_page(desk: Desk, sessions: SessionService) -> None:
    started = sessions.start()
    assert (started.status, started.current_page_id, started.student_uid) == (
        SessionStatus.ACTIVE,
        None,
        None,
    )
    assert started.last_activity == started.started_at == desk.clock.now
    assert (started.progress.total_xp, started.progress.percentage) == (0, 0.0)


def test_abandon_marks_session_as_user_abandoned_not_completed(desk: Desk, sessions: SessionService) -> None:
    session_id = sessions.start().session_id
    assert sessions.abandon(session_id).status is SessionStatus.ABANDONED
    with desk.writer.store.reading() as session:
        status = session.scalar(
            select(StudentResponseRow.status).where(StudentResponseRow.session_id == session_id)
        )
    assert status == "user_abandoned_not_completed"
    desk.clock.turn(days=1)
    again = sessions.abandon(session_id)
    assert again.last_activity < desk.clock.now  # a second time changes nothing
    refused("session_not_found", sessions.abandon, "test-123")


def test_a_student_s_session_is_the_visit_that_the_window_resumes(
    desk: Desk, sessions: SessionService
) -> None:
    student = desk.students.add("Ada Ash").uid
    started = sessions.start(student)
    visit = desk.enrollment.resume(started.session_id)
    assert tuple(task.finger for task in visit.fingers) == desk.policy.required_fingers
    assert visit.step is Step.FINGERS
    refused("visit_in_progress", sessions.start, student)
    sessions.abandon(started.session_id)
    assert sessions.start(student).session_id != started.session_id


def test_answering_in_a_student_s_visit_leaves_its_page(desk: Desk, asked: SessionService) -> None:
    session_id = asked.start(desk.students.add("Ada Ash").uid).session_id
    asked.submit_answer(session_id, "content", "yes")
    assert asked.show(session_id).current_page == "fingers"


# -- answers ----------------------------------------------------------------------------------------------


def test_answer_submission_returns_xp_gained_10_total_xp_and_progress(asked: SessionService) -> None:
    session_id = asked.start().session_id
    first = asked.submit_answer(session_id, "name", "Ada")
    second = asked.submit_answer(session_id, "hand", "left")
    assert (first.xp_gained, first.total_xp) == (10, 10)
    assert (second.xp_gained, second.total_xp) == (10, 20)
    assert (second.progress.questions_answered, second.progress.total_questions) == (2, 4)
    assert second.progress.percentage == 50.0


def test_answering_again_replaces_the_answer_and_gains_nothing(desk: Desk, asked: SessionService) -> None:
    session_id = asked.start().session_id
    asked.submit_answer(session_id, "hand", "left")
    again = asked.submit_answer(session_id, "hand", "right")
    assert (again.xp_gained, again.total_xp, again.progress.questions_answered) == (0, 10, 1)
    assert [(row.question, row.value) for row in asked.answers(session_id)] == [("hand", "right")]
    with desk.writer.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(AnswerRow)) == 1


def test_all_questions_answered_is_100_percent_and_the_page_is_where_the_user_left_off(
    asked: SessionService,
) -> None:
    session_id = asked.start().session_id
    for question, value in (("name", "Ada"), ("hand", "left"), ("years", "3"), ("content", "yes")):
        last = asked.submit_answer(session_id, question, value)
    assert (last.progress.percentage, last.total_xp) == (100.0, 40)
    assert asked.show(session_id).current_page == "review"
    assert [row.question for row in asked.answers(session_id)] == ["name", "hand", "years", "content"]


def test_what_is_no_answer_is_refused_and_gains_nothing(asked: SessionService) -> None:
    session_id = asked.start().session_id
    refused("question_not_found", asked.submit_answer, session_id, "unknown", "Ada")
    refused("question_not_found", asked.submit_answer, session_id, "name", "Ada", "review")
    refused("session_not_found", asked.submit_answer, "test-123", "name", "Ada")
    for question, value in (("name", " "), ("hand", "both"), ("years", "many"), ("content", "maybe")):
        refused("answer_invalid", asked.submit_answer, session_id, question, value)
    assert asked.show(session_id).progress.total_xp == 0
    asked.abandon(session_id)
    refused("session_ended", asked.submit_answer, session_id, "name", "Ada")


def test_a_key_on_two_pages_needs_the_page(asked: SessionService) -> None:
    assert asked.add_question("review", "name", "Your name again?")
    session_id = asked.start().session_id
    refused("question_not_found", asked.submit_answer, session_id, "name", "Ada")
    assert asked.submit_answer(session_id, "name", "Ada", "review").xp_gained == 10


def test_questions_are_added_once_to_pages_that_exist(asked: SessionService) -> None:
    assert not asked.add_question("student", "name", "Which name do you go by?")
    refused("page_not_found", asked.add_question, "nowhere", "name", "Name?")
    refused("input_invalid", asked.add_question, "student", " ", "Name?")
    refused("input_invalid", asked.add_question, "student", "pick", "Which?", QuestionKind.CHOICE)
    refused("input_invalid", asked.add_question, "student", "free", "What?", QuestionKind.TEXT, ("a",))


def test_sessions_are_listed_latest_activity_first(desk: Desk, asked: SessionService) -> None:
    first = asked.start().session_id
    desk.clock.turn(minutes=1)
    second = asked.start().session_id
    desk.clock.turn(minutes=1)
    asked.submit_answer(first, "name", "Ada")
    assert [row.session_id for row in asked.list()] == [first, second]
    assert [row.progress.total_xp for row in asked.list()] == [10, 0]
    asked.abandon(second)
    assert [row.session_id for row in asked.list(SessionStatus.ABANDONED)] == [second]
    assert len(asked.list(limit=1)) == 1
    refused("session_not_found", asked.show, "test-123")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (QuestionKind.TEXT, ("x", "São ✓"), ("", " \n", "x" * 4001, "a\x00b")),
        (QuestionKind.NUMBER, ("0", "-3", "2.5"), ("", "1e3", "nan", "٣", "1.", "--1")),
        (QuestionKind.YES_NO, ("yes", "no"), ("Yes", "true", "")),
        (QuestionKind.CHOICE, ("a",), ("b", "")),
    ],
)
def test_what_each_kind_of_question_takes(
    kind: QuestionKind, good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    assert all(kind.accepts(value, ("a",)) for value in good)
    assert not any(kind.accepts(value, ("a",)) for value in bad)
