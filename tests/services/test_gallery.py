# SPDX-License-Identifier: Apache-2.0
"""Search, duplicates, sign-in and rebuilt templates with the station's own engine, on every database."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from uuid import UUID

import pytest
from sqlalchemy import select

from app.domain.capture_events import CapturedImpression
from app.domain.errors import OperatorError
from app.domain.finger_checks import FalseAlarms
from app.domain.fingerprints import Finger, SkipReason
from app.domain.operations_fingerprints import SignInDecision
from app.domain.policy import Policy
from app.domain.sessions import SessionStatus
from app.domain.visits import DuplicateDecision, Skip, Step, Visit
from app.services.finger_rebuild import FingerRebuildService
from app.services.fingerprint_templates import FORMAT_NAME
from app.services.gallery import GalleryState
from app.storage.rows.enrollment import EnrollmentSessionRow
from app.storage.rows.finger_checks import DuplicateCandidateRow, FingerSignInRow
from app.storage.store import Store
from tests.services.desk import touch
from tests.services.finger_desk import (
    FingerDesk,
    open_finger_desk,
    student,
    synthetic_image,
    synthetic_touch,
)

RIGHT, LEFT = Finger.RIGHT_INDEX, Finger.LEFT_INDEX
ONE_FINGER = Policy(required_fingers=(RIGHT,), impressions_per_finger=2)
SKIP = Skip(SkipReason.REFUSED)
ANNA, BEN, NOBODY = 8_001, 8_002, 8_003


@pytest.fixture
def desk(store: Store) -> FingerDesk:
    return open_finger_desk(store, ONE_FINGER)


def captured(desk: FingerDesk, name: str, seed: int, finger: Finger = RIGHT) -> Visit:
    visit = desk.enrollment.start(student(desk, name))
    for number in (1, 2):
        taken = synthetic_touch(desk.policy, seed, number)
        visit = desk.enrollment.record_impression(visit, finger, taken)
    return visit


def finished(desk: FingerDesk, visit: Visit) -> Visit:
    visit = desk.enrollment.open_step(visit, Step.SIGNATURES)
    visit = desk.enrollment.skip_signatures(visit, SKIP)
    visit = desk.enrollment.skip_check_in(visit, SKIP)
    return desk.enrollment.finish(visit)


def test_the_gallery_holds_who_is_enrolled_and_nobody_else(desk: FingerDesk) -> None:
    finished(desk, captured(desk, "Anna Example", ANNA))
    captured(desk, "Ben Example", BEN)
    states = list(desk.enrollment.fill_gallery(Event()))
    assert states[-1] == GalleryState(1, 1)
    assert desk.gallery.expected_false_alarms(1e-5) == pytest.approx(1e-5)
    assert desk.enrollment.false_alarms_expected() == FalseAlarms(100_000, 1, pytest.approx(1e-5))
    assert desk.enrollment.false_alarms_expected(1_000_000).expected == pytest.approx(1e-6)
    desk.enrollment.forget_fingers()
    assert desk.gallery.state == GalleryState(0, 0)


def test_filling_stops_when_asked_and_goes_on_later(desk: FingerDesk) -> None:
    finished(desk, captured(desk, "Anna Example", ANNA))
    stopped = Event()
    stopped.set()
    assert [state.is_complete for state in desk.gallery.fill(stopped)] == [False]
    assert desk.gallery.load_some(0.0).is_complete


def test_what_is_enrolled_anew_replaces_what_was_there(desk: FingerDesk) -> None:
    visit = finished(desk, captured(desk, "Anna Example", ANNA))
    list(desk.gallery.fill(Event()))
    again = desk.enrollment.start(visit.student.uid)
    for number in (1, 2):
        taken = synthetic_touch(desk.policy, BEN, number)
        again = desk.enrollment.record_impression(again, RIGHT, taken)
    finished(desk, again)
    probe = synthetic_touch(desk.policy, BEN, 5)
    assert desk.sign_in.identify(probe).student == visit.student
    assert desk.sign_in.identify(synthetic_touch(desk.policy, ANNA, 5)).student is None


def test_a_finger_in_another_record_is_shown_and_decided_about(desk: FingerDesk) -> None:
    first = finished(desk, captured(desk, "Anna Example", ANNA))
    visit = captured(desk, "Anne Exampel", ANNA)
    visit = desk.enrollment.search_duplicates(visit)
    assert desk.enrollment.search_duplicates(visit) is visit
    assert desk.enrollment.resume(visit.session_id).duplicates == visit.duplicates
    (hit,) = visit.duplicates
    assert (hit.student, hit.candidate_finger, hit.finger) == (first.student, RIGHT, RIGHT)
    assert hit.false_match_rate < 1e-5
    assert hit.enrolled_at == first.completed_at
    with pytest.raises(OperatorError) as refused:
        finished(desk, visit)
    assert refused.value.facts["missing"] == "fingers"
    visit = desk.enrollment.resume(visit.session_id)
    visit = desk.enrollment.decide_duplicate(
        visit, hit.uid, DuplicateDecision.SAME_PERSON, "married name, the old record goes"
    )
    assert desk.enrollment.resume(visit.session_id).duplicates == visit.duplicates
    assert desk.enrollment.finish(visit).status is SessionStatus.COMPLETED
    with desk.desk.writer.store.reading() as session:
        row = session.scalars(select(DuplicateCandidateRow)).one()
        assert (row.decision, row.reason) == ("same_person", "married name, the old record goes")
        assert row.decided_at == desk.desk.clock.now


def test_what_it_costs_is_told_before_everything_is_loaded(desk: FingerDesk) -> None:
    finished(desk, captured(desk, "Anna Example", ANNA))
    alarms = desk.enrollment.false_alarms_expected()
    assert (alarms.fingers, desk.gallery.state.loaded) == (1, 0)
    assert alarms.expected == pytest.approx(1e-5)


def test_a_stricter_search_finds_only_what_is_as_much_alike(
    desk: FingerDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(desk, captured(desk, "Anna Example", ANNA))
    asked: list[float] = []
    search = desk.gallery.search
    monkeypatch.setattr(
        desk.gallery,
        "search",
        lambda templates, rate, **more: (asked.append(rate), search(templates, rate, **more))[1],
    )
    desk.enrollment.search_duplicates_at(10_000_000)
    assert desk.enrollment.policy.duplicate_one_in == 10_000_000
    desk.enrollment.search_duplicates(captured(desk, "Anne Exampel", BEN))
    assert asked == [pytest.approx(1e-7)]


def test_ones_own_earlier_enrollment_and_strangers_are_no_duplicates(desk: FingerDesk) -> None:
    visit = finished(desk, captured(desk, "Anna Example", ANNA))
    again = desk.enrollment.start(visit.student.uid)
    for number in (3, 4):
        taken = synthetic_touch(desk.policy, ANNA, number)
        again = desk.enrollment.record_impression(again, RIGHT, taken)
    again = desk.enrollment.search_duplicates(again)
    other = desk.enrollment.search_duplicates(captured(desk, "Ben Example", BEN))
    assert (again.duplicates, other.duplicates) == ((), ())
    assert all(task.searched for task in (*again.fingers, *other.fingers))


def test_on_the_way_from_the_fingers_the_search_is_done(desk: FingerDesk) -> None:
    visit = desk.enrollment.open_step(captured(desk, "Anna Example", ANNA), Step.SIGNATURES)
    assert all(task.searched for task in visit.fingers)
    with desk.desk.writer.store.reading() as session:
        row = session.scalars(select(EnrollmentSessionRow)).one()
        assert row.duplicates_searched_among == 0


def test_sign_in_against_one_and_against_all_leaves_a_row(desk: FingerDesk) -> None:
    anna = finished(desk, captured(desk, "Anna Example", ANNA)).student
    ben = finished(desk, captured(desk, "Ben Example", BEN)).student
    probe = synthetic_touch(desk.policy, ANNA, 6)
    same, other = desk.sign_in.verify(anna.uid, probe), desk.sign_in.verify(ben.uid, probe)
    assert (same.decision, same.student, same.finger) == (SignInDecision.ACCEPTED, anna, RIGHT)
    assert (other.decision, other.student, other.finger) == (SignInDecision.REJECTED, ben, None)
    found = desk.sign_in.identify(probe)
    assert (found.decision, found.student, found.searched_among) == (SignInDecision.ACCEPTED, anna, 2)
    assert found.false_match_rate is not None
    assert found.false_match_rate <= found.threshold
    stranger = desk.sign_in.identify(synthetic_touch(desk.policy, NOBODY, 1))
    assert (stranger.decision, stranger.student) == (SignInDecision.REJECTED, None)
    with pytest.raises(OperatorError):
        desk.sign_in.verify(UUID(int=4), probe)
    with desk.desk.writer.store.reading() as session:
        rows = session.scalars(select(FingerSignInRow).order_by(FingerSignInRow.id)).all()
        assert [(row.mode, row.decision) for row in rows] == [
            ("verify", "accepted"),
            ("verify", "rejected"),
            ("identify", "accepted"),
            ("identify", "rejected"),
        ]
        assert rows[2].uid == found.uid


def test_a_finger_of_two_students_is_only_proposed(desk: FingerDesk) -> None:
    finished(desk, captured(desk, "Anna Example", ANNA))
    visit = desk.enrollment.search_duplicates(captured(desk, "Anne Exampel", ANNA))
    visit = desk.enrollment.decide_duplicate(
        visit, visit.duplicates[0].uid, DuplicateDecision.DIFFERENT_PERSON, "the teacher knows both"
    )
    finished(desk, visit)
    found = desk.sign_in.identify(synthetic_touch(desk.policy, ANNA, 6))
    assert found.decision is SignInDecision.UNSURE
    assert found.student is not None


def test_a_touch_that_shows_nothing_signs_nobody_in(desk: FingerDesk) -> None:
    anna = finished(desk, captured(desk, "Anna Example", ANNA)).student
    blank = replace(touch(70, desk.policy), template=None)
    assert desk.sign_in.verify(anna.uid, blank).decision is SignInDecision.REJECTED
    assert desk.sign_in.identify(blank).decision is SignInDecision.REJECTED


def test_fingers_that_do_not_open_here_are_found_by_nobody(desk: FingerDesk) -> None:
    finished(desk, captured(desk, "Anna Example", ANNA))
    stranger = open_finger_desk(desk.desk.writer.store, ONE_FINGER, site_uid=UUID(int=78))
    found = stranger.sign_in.identify(synthetic_touch(desk.policy, ANNA, 6))
    assert (found.decision, found.student) == (SignInDecision.REJECTED, None)
    assert stranger.gallery.state.is_complete


def test_a_session_with_a_template_of_another_maker_does_no_harm(desk: FingerDesk) -> None:
    visit = desk.enrollment.start(student(desk, "Ben Example"))
    for _ in range(2):
        visit = desk.enrollment.record_impression(visit, RIGHT, touch(70, desk.policy, b"module template"))
    finished(desk, visit)
    anna = finished(desk, captured(desk, "Anna Example", ANNA)).student
    found = desk.sign_in.identify(synthetic_touch(desk.policy, ANNA, 6))
    assert (found.student, desk.gallery.state) == (anna, GalleryState(2, 2))


def with_picture(taken: CapturedImpression, seed: int, number: int) -> CapturedImpression:
    return replace(taken, pixels=synthetic_image(seed, number))


def test_templates_of_an_older_engine_are_made_anew_where_images_were_kept(store: Store) -> None:
    desk = open_finger_desk(store, replace(ONE_FINGER, keep_images=True))
    visit = desk.enrollment.start(student(desk, "Anna Example"))
    for number in (1, 2):
        visit = desk.enrollment.record_impression(
            visit, RIGHT, with_picture(synthetic_touch(desk.policy, ANNA, number), ANNA, number)
        )
    finished(desk, visit)
    without_images = open_finger_desk(store, ONE_FINGER)
    finished(without_images, captured(without_images, "Ben Example", BEN))
    rebuild = FingerRebuildService(desk.desk.writer, desk.desk.keys)
    trial = rebuild.rebuild(commit=False)
    assert (trial.total, trial.current, trial.rebuilt, trial.without_image) == (4, 0, 2, 2)
    assert rebuild.rebuild() == trial
    after = rebuild.rebuild()
    assert (after.current, after.rebuilt, after.without_image) == (2, 0, 2)
    assert after.formats == {FORMAT_NAME: 2, "test": 2}
    assert desk.desk.readback.visit(visit.session_id)["fingers"][0]["template_opens"]
    assert desk.sign_in.identify(synthetic_touch(desk.policy, ANNA, 6)).student == visit.student
    assert rebuild.rebuild(everything=True).rebuilt == 2
