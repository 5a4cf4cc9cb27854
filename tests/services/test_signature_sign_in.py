# SPDX-License-Identifier: Apache-2.0
"""Signing in at the desk: who may, what is kept before, with and after the answer."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.domain.errors import OperatorError
from app.domain.signature_flow import FlowType
from app.domain.signature_sign_in import ByHandReason, Signer, SignInVerdict
from app.domain.visits import StudentCard
from app.services.signature_sign_in import SignatureSignInService
from app.services.signing_values import Subject
from app.storage.rows.signatures import SignatureReferenceRow, TempEnrollmentRow, TempEnrollmentStepRow
from tests.services.desk import Desk, answering, ink, open_desk


@pytest.fixture
def sign_in(desk: Desk) -> SignatureSignInService:
    return SignatureSignInService(desk.writer, desk.signing, desk.students)


@pytest.fixture
def anna(desk: Desk) -> StudentCard:
    return desk.students.add("Anna Example", number="4711")


def sign_up(desk: Desk, card: StudentCard | None, name: str = "anna") -> UUID:
    session_id = None
    for step in range(1, 12):
        subject = Subject(student_uid=None if card is None else card.uid)
        saved = desk.signing.save_drawing(name, step, ink(step), session_id=session_id, subject=subject)
        session_id = saved.session_id
    assert session_id is not None
    return desk.signing.register(name, session_id)


def signer(sign_in: SignatureSignInService, text: str = "Anna") -> Signer:
    return sign_in.find(text)[0]


def stored(desk: Desk, session_id: str) -> TempEnrollmentRow:
    with desk.writer.store.reading() as session:
        row = session.scalars(
            select(TempEnrollmentRow).where(TempEnrollmentRow.session_id == session_id)
        ).one()
        session.expunge(row)
        return row


def test_a_student_is_found_by_name_number_and_user_name(
    desk: Desk, sign_in: SignatureSignInService, anna: StudentCard
) -> None:
    assert sign_in.find(" ") == sign_in.find("\x00") == sign_in.find("a\x00b'%_") == ()
    assert sign_in.find("Anna") == (Signer("", anna),)  # nothing to compare with yet
    sign_up(desk, anna)
    for text in ("exam", "4711", " ANNA "):
        found = sign_in.find(text)
        assert [(item.username, item.student, item.references) for item in found] == [("anna", anna, 3)]
        assert found[0].newest_at == desk.clock.now


def test_a_user_name_without_a_student_is_found_when_it_is_given_whole(
    desk: Desk, sign_in: SignatureSignInService
) -> None:
    sign_up(desk, None, "john_doe")
    assert sign_in.find("john") == ()
    assert [(item.username, item.name) for item in sign_in.find("John_Doe")] == [("john_doe", "john_doe")]


def test_a_sign_in_is_stored_with_its_answer_under_the_student_s_key(
    desk: Desk, sign_in: SignatureSignInService, anna: StudentCard
) -> None:
    sign_up(desk, anna)
    answer = sign_in.sign_in(signer(sign_in), ink(9))
    assert (answer.verdict, answer.references, answer.algorithm) == (SignInVerdict.CONSISTENT, 0, "test-1")
    row = stored(desk, answer.session_id)
    assert row.metadata_ is not None
    assert row.metadata_["verification"]["algorithm"] == "test-1"
    assert (row.flow_type, row.status) == ("signin", "completed")
    assert row.metadata_["subject_uid"] == str(anna.uid)
    assert desk.signing.drawing(answer.session_id, 1) == ink(9)


def test_an_accepted_sign_in_may_be_kept_as_a_reference(
    desk: Desk, sign_in: SignatureSignInService, anna: StudentCard
) -> None:
    sign_up(desk, anna)
    answer = sign_in.sign_in(signer(sign_in), ink(9))
    assert sign_in.keep_as_reference(answer)
    assert not sign_in.keep_as_reference(answer)
    assert signer(sign_in).references == 4
    for number in range(5):
        desk.clock.turn(minutes=1)
        sign_in.keep_as_reference(sign_in.sign_in(signer(sign_in), ink(20 + number)))
    assert signer(sign_in).references == sign_in.limit == 6


@pytest.mark.parametrize("decision", ["doubtful", "different"])
def test_a_decision_by_hand_is_kept_beside_the_answer_and_makes_no_reference(
    desk: Desk,
    sign_in: SignatureSignInService,
    anna: StudentCard,
    decision: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desk.signing, "_verify", answering(decision))
    sign_up(desk, anna)
    answer = sign_in.sign_in(signer(sign_in), ink(9))
    assert answer.verdict.value == decision
    sign_in.decide_by_hand(answer, ByHandReason.CARD_SEEN)
    desk.clock.turn(minutes=1)
    sign_in.decide_by_hand(answer, ByHandReason.HAND_INJURED)  # the first one stands
    row = stored(desk, answer.session_id)
    assert row.metadata_ is not None
    verification = row.metadata_["verification"]
    assert verification["decision"] == decision
    assert verification["by_hand"]["reason"] == "card_seen"
    with pytest.raises(OperatorError, match="sign_in_not_accepted"):
        sign_in.keep_as_reference(answer)
    with desk.writer.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignatureReferenceRow)) == 0


def test_a_consistent_answer_needs_no_decision(
    desk: Desk, sign_in: SignatureSignInService, anna: StudentCard
) -> None:
    sign_up(desk, anna)
    answer = sign_in.sign_in(signer(sign_in), ink(9))
    with pytest.raises(OperatorError, match="transition_not_allowed"):
        sign_in.decide_by_hand(answer, ByHandReason.CARD_SEEN)


def test_an_interrupted_sign_in_is_gone_on_with(
    desk: Desk, sign_in: SignatureSignInService, anna: StudentCard
) -> None:
    sign_up(desk, anna)
    found = signer(sign_in)
    sign_in.save_draft(found, None)
    assert sign_in.pending(found) is None
    sign_in.save_draft(found, ink(7))
    restarted = open_desk(desk.writer.store)
    restarted.clock.now = desk.clock.now
    again = SignatureSignInService(restarted.writer, restarted.signing, restarted.students)
    assert again.pending(found) == ink(7)
    answer = again.sign_in(found, ink(8))
    assert again.pending(found) is None
    with desk.writer.store.reading() as session:
        rows = session.scalars(select(TempEnrollmentRow).where(TempEnrollmentRow.flow_type == "signin")).all()
        assert [row.session_id for row in rows] == [answer.session_id]


def test_a_signature_that_was_stored_but_not_compared_is_not_lost(
    desk: Desk, sign_in: SignatureSignInService, anna: StudentCard
) -> None:
    sign_up(desk, anna)
    found = signer(sign_in)
    desk.signing.save_drawing(
        "anna", 1, ink(5), flow_type=FlowType.SIGNIN, subject=Subject(student_uid=anna.uid)
    )
    assert sign_in.pending(found) == ink(5)
    answer = sign_in.sign_in(found, ink(5))
    with desk.writer.store.reading() as session:
        steps = session.scalars(
            select(TempEnrollmentStepRow)
            .join(TempEnrollmentRow, TempEnrollmentRow.id == TempEnrollmentStepRow.enrollment_id)
            .where(TempEnrollmentRow.session_id == answer.session_id)
        ).all()
        assert [step.attempt_count for step in steps] == [2]


def test_nobody_signs_in_without_signatures(sign_in: SignatureSignInService, anna: StudentCard) -> None:
    with pytest.raises(OperatorError, match="username_unknown"):
        sign_in.sign_in(Signer("nobody", anna), ink(1))
