# SPDX-License-Identifier: Apache-2.0
"""Sign-in against everything that a user is known by, sign-ins kept as references, and the archive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, update

from app.biometrics.signature.synthetic import record_of, signature
from app.biometrics.signature.verify import ALGORITHM_VERSION
from app.domain.errors import OperatorError, SetupError
from app.domain.signature_flow import FlowType
from app.domain.signatures import Canvas, PenDevice, PointerType, SignatureRecord
from app.services.signature_checks import verified
from app.services.signature_references import MAX_REFERENCES
from app.services.signing import SigningService
from app.services.signing_values import KnownSignature, Verification
from app.storage.rows.ledger import SubjectKeyRow
from app.storage.rows.signatures import (
    ArchivedEnrollmentRow,
    SignatureReferenceRow,
    TempEnrollmentRow,
    TempEnrollmentStepRow,
)
from tests.services.desk import START, Desk, ink

NAME = "john_doe"
DEVICE = PenDevice("test pen", "pen-1", PointerType.PEN, frozenset({"pressure"}))


@pytest.fixture
def signing(desk: Desk) -> SigningService:
    return desk.signing


def answer_with(
    monkeypatch: pytest.MonkeyPatch, signing: SigningService, verify: Callable[..., object]
) -> None:
    monkeypatch.setattr(signing, "_verify", verify)


def known_to(
    seen: list[tuple[KnownSignature, ...]], decision: str = "consistent"
) -> Callable[..., Verification]:
    """A verifier that writes down what it was given."""

    def verify(probe: SignatureRecord, references: tuple[KnownSignature, ...]) -> Verification:
        seen.append(references)
        return Verification(
            decision, 0.5, 0.1, "test-1", False, ("other_device",), tuple(item.uid for item in references)
        )

    return verify


def sign_up(desk: Desk, drawing: Callable[[int], SignatureRecord] = ink) -> UUID:
    session_id = None
    for step in range(1, 12):
        session_id = desk.signing.save_drawing(NAME, step, drawing(step), session_id=session_id).session_id
        desk.clock.turn(seconds=5)
    assert session_id is not None
    return desk.signing.register(NAME, session_id)


def sign_in(desk: Desk, record: SignatureRecord) -> str:
    desk.clock.turn(minutes=1)
    return desk.signing.save_drawing(NAME, 1, record, flow_type=FlowType.SIGNIN).session_id


def count(desk: Desk, row: type) -> int:
    with desk.writer.store.reading() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def test_a_sign_in_is_compared_with_all_signatures_and_no_drawing_of_the_sign_up(
    desk: Desk, signing: SigningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[KnownSignature, ...]] = []
    answer_with(monkeypatch, signing, known_to(seen))
    sign_up(desk)
    signing.login(NAME.upper(), sign_in(desk, ink(9)))
    assert [item.record for item in seen[0]] == [ink(1), ink(2), ink(3)]


def test_the_decision_is_stored_with_device_match_flags_references_and_version(
    desk: Desk, signing: SigningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[KnownSignature, ...]] = []
    answer_with(monkeypatch, signing, known_to(seen, "doubtful"))
    sign_up(desk)
    session_id = sign_in(desk, ink(9))
    signing.login(NAME, session_id)
    with desk.writer.store.reading() as session:
        row = session.scalars(
            select(TempEnrollmentRow).where(TempEnrollmentRow.session_id == session_id)
        ).one()
        assert row.metadata_ is not None
        assert row.metadata_["verification"] == {
            "decision": "doubtful",
            "score": 0.5,
            "threshold": 0.1,
            "algorithm": "test-1",
            "device_match": False,
            "flags": ["other_device"],
            "references": [str(item.uid) for item in seen[0]],
        }


def test_the_real_verifier_tells_the_writer_from_another(
    desk: Desk, signing: SigningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of(writer: int) -> Callable[[int], SignatureRecord]:
        return lambda sample: record_of(
            signature(writer, sample), started_at=START, device=DEVICE, canvas=Canvas(800, 300)
        )

    answer_with(monkeypatch, signing, verified)
    sign_up(desk, of(1))
    own = signing.login(NAME, sign_in(desk, of(1)(20)))
    other = signing.login(NAME, sign_in(desk, of(2)(1)))
    assert (own.decision, other.decision) == ("consistent", "different")
    assert own.algorithm == ALGORITHM_VERSION
    assert own.device_match
    assert len(own.reference_uids) == 3
    assert "without_size" in own.flags


def test_an_accepted_sign_in_is_kept_only_when_asked_and_used_from_then_on(
    desk: Desk, signing: SigningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[KnownSignature, ...]] = []
    answer_with(monkeypatch, signing, known_to(seen))
    sign_up(desk)
    first = sign_in(desk, ink(20))
    signing.login(NAME, first)
    signing.login(NAME, sign_in(desk, ink(21)))
    assert len(seen[-1]) == 3  # nobody consented
    assert signing.keep_as_reference(NAME, first)
    assert not signing.keep_as_reference(NAME, first)  # once
    signing.login(NAME, sign_in(desk, ink(22)))
    assert [item.record for item in seen[-1]] == [ink(1), ink(2), ink(3), ink(20)]


def test_at_most_six_are_used_and_the_oldest_leave_first(
    desk: Desk, signing: SigningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[KnownSignature, ...]] = []
    answer_with(monkeypatch, signing, known_to(seen))
    sign_up(desk)
    for number in range(20, 29):
        session_id = sign_in(desk, ink(number))
        signing.login(NAME, session_id)
        signing.keep_as_reference(NAME, session_id)
    signing.login(NAME, sign_in(desk, ink(30)))
    assert [item.record for item in seen[4]] == [ink(n) for n in (2, 3, 20, 21, 22, 23)]
    assert [item.record for item in seen[-1]] == [ink(n) for n in range(23, 29)]
    assert count(desk, SignatureReferenceRow) == MAX_REFERENCES  # what is not used is not kept


@pytest.mark.parametrize("decision", ["doubtful", "different"])
def test_what_was_not_accepted_is_never_kept(
    desk: Desk, signing: SigningService, monkeypatch: pytest.MonkeyPatch, decision: str
) -> None:
    answer_with(monkeypatch, signing, known_to([], decision))
    sign_up(desk)
    session_id = sign_in(desk, ink(20))
    with pytest.raises(OperatorError, match="sign_in_not_accepted"):
        signing.keep_as_reference(NAME, session_id)  # before it was compared
    signing.login(NAME, session_id)
    with pytest.raises(OperatorError, match="sign_in_not_accepted"):
        signing.keep_as_reference(NAME, session_id)
    assert count(desk, SignatureReferenceRow) == 0


def test_a_kept_sign_in_is_sealed_under_the_sign_up_s_key_and_goes_with_it(
    desk: Desk, signing: SigningService, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_with(monkeypatch, signing, known_to([]))
    sign_up(desk)
    session_id = sign_in(desk, ink(20))
    signing.login(NAME, session_id)
    signing.keep_as_reference(NAME, session_id)
    with desk.writer.store.reading() as session:
        kept = session.scalars(select(SignatureReferenceRow)).one()
        subject_uid = UUID(kept.raw_data["subject_uid"])
        assert kept.raw_data["sealed"].startswith("be1:")
    with database.begin() as connection:
        destroyed = update(SubjectKeyRow).where(SubjectKeyRow.subject_uid == subject_uid)
        connection.execute(destroyed.values(wrapped=None))
    desk.keys.forget()
    with pytest.raises(SetupError, match="seal_broken"):
        signing.login(NAME, sign_in(desk, ink(21)))


# -- archive ----------------------------------------------------------------------------------------------


def test_archive_completed_enrollments_keeps_facts_and_no_drawing(
    desk: Desk, signing: SigningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[KnownSignature, ...]] = []
    answer_with(monkeypatch, signing, known_to(seen))
    sign_up(desk)
    signing.login(NAME, sign_in(desk, ink(20)))
    open_one = signing.save_drawing("jane", 1, ink(1)).session_id
    assert signing.archive_completed(timedelta(days=30)) == 0
    desk.clock.turn(days=31)
    assert signing.archive_completed(timedelta(days=30)) == 2
    with desk.writer.store.reading() as session:
        sign_up_row, sign_in_row = session.scalars(
            select(ArchivedEnrollmentRow).order_by(ArchivedEnrollmentRow.id)
        ).all()
        assert (sign_up_row.flow_type, sign_up_row.steps_completed, sign_up_row.attempts) == (
            "signup",
            11,
            11,
        )
        assert sign_up_row.verification is None
        assert sign_in_row.verification is not None
        assert sign_in_row.verification["decision"] == "consistent"
        assert sign_in_row.started_at <= sign_in_row.completed_at < sign_in_row.archived_at
        assert session.scalars(select(TempEnrollmentRow.session_id)).all() == [open_one]
    assert count(desk, TempEnrollmentStepRow) == 1
    signing.login(NAME, sign_in(desk, ink(21)))  # the references are not in the archive
    assert len(seen[-1]) == 3


def test_a_completed_sign_up_that_is_no_user_yet_is_not_archived(desk: Desk, signing: SigningService) -> None:
    session_id = None
    for step in range(1, 12):
        session_id = signing.save_drawing(NAME, step, ink(step), session_id=session_id).session_id
    assert session_id is not None
    assert signing.complete_enrollment(session_id).success
    desk.clock.turn(days=31)
    assert signing.archive_completed(timedelta(days=30)) == 0
    assert signing.register(NAME, session_id)  # its drawings are still there
