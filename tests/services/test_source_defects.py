# SPDX-License-Identifier: Apache-2.0
"""What the web source of document 2 did wrong, one test each that shows what is right here."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from app.biometrics.signature.metrics import metrics_of
from app.biometrics.signature.synthetic import record_of, signature, step_ink
from app.domain.errors import OperatorError
from app.domain.signatures import Canvas, PenDevice, PointerType, SignatureRecord
from app.services.signature_checks import rendered, verified
from app.services.signing import SigningService
from app.services.signing_values import KnownSignature
from app.storage.apply import signatures as applying
from app.storage.engine import open_local
from app.storage.rows.people import UserRow
from app.storage.rows.signatures import SignatureSampleRow, TempEnrollmentStepRow
from app.storage.store import Store
from tests.databases import KEY
from tests.services.desk import START, Desk, fresh_id, ink, open_desk

ROOT = Path(__file__).resolve().parents[2]
NAME = "john_doe"
CANVAS = Canvas(800, 300, 1.0, 0.25)
DEVICE = PenDevice("test pen", "pen-1", PointerType.PEN, frozenset({"pressure"}))


@pytest.fixture
def engine(station_file: Path) -> Iterator[Engine]:
    found = open_local(station_file, KEY)
    yield found
    found.dispose()


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return open_desk(Store(engine))


@pytest.fixture
def signing(desk: Desk) -> SigningService:
    return desk.signing


def drawn(key: str, canvas: Canvas = CANVAS) -> SignatureRecord:
    return record_of(step_ink(key, 3), started_at=START, device=DEVICE, canvas=canvas)


def signed(writer: int, sample: int) -> SignatureRecord:
    return record_of(signature(writer, sample), started_at=START, device=DEVICE, canvas=CANVAS)


def known(writer: int) -> tuple[KnownSignature, ...]:
    return tuple(KnownSignature(fresh_id(), START, signed(writer, sample)) for sample in range(3))


def drawn_steps(desk: Desk, steps: list[int]) -> str:
    session_id = None
    for step in steps:
        session_id = desk.signing.save_drawing(NAME, step, ink(step), session_id=session_id).session_id
    assert session_id is not None
    return session_id


def count(engine: Engine, row: type) -> int:
    with Store(engine).reading() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def test_eleven_of_any_steps_are_not_complete(desk: Desk, signing: SigningService) -> None:
    """The source counted rows, whatever their numbers."""
    session_id = drawn_steps(desk, [1] * 5 + list(range(1, 7)))  # eleven drawings of six steps
    assert not signing.progress(session_id).is_complete
    assert not signing.complete_enrollment(session_id).success
    with pytest.raises(OperatorError, match="step_not_in_flow"):
        signing.save_drawing(NAME, 12, ink(), session_id=session_id)


def test_a_step_drawn_again_replaces_the_first(desk: Desk, signing: SigningService, engine: Engine) -> None:
    """The source appended it a second time."""
    session_id = drawn_steps(desk, [1, 1])
    signing.save_drawing(NAME, 1, ink(7), session_id=session_id)
    assert count(engine, TempEnrollmentStepRow) == 1
    assert signing.drawing(session_id, 1) == ink(7)


def test_a_registration_that_fails_leaves_the_drawings(
    desk: Desk, signing: SigningService, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The source deleted them first."""
    session_id = drawn_steps(desk, list(range(1, 12)))
    with monkeypatch.context() as patch:
        patch.setattr(applying, "SignatureSampleRow", None)  # breaks in the middle of making the user
        with pytest.raises(Exception, match="None"):
            signing.register(NAME, session_id)
    assert signing.drawing(session_id, 11) == ink(11)
    assert signing.progress(session_id).is_complete
    assert signing.register(NAME, session_id)


def test_a_registration_is_one_transaction_on_one_connection(
    desk: Desk, signing: SigningService, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The source sent BEGIN, the inserts and COMMIT through a pool, each on a connection of its own."""
    session_id = drawn_steps(desk, list(range(1, 12)))
    made = applying.make_user

    def fail_at_the_end(*arguments: object) -> object:
        made(*arguments)  # type: ignore[arg-type]
        raise OperatorError("record_changed")

    with monkeypatch.context() as patch:
        patch.setattr(applying, "make_user", fail_at_the_end)
        with pytest.raises(OperatorError, match="record_changed"):
            signing.register(NAME, session_id)
    assert (count(engine, UserRow), count(engine, SignatureSampleRow)) == (0, 0)
    with Store(engine).reading() as session:
        status = applying.enrollment_row(session, session_id)
        assert status is not None
        assert status.status == "in_progress"


def test_a_session_is_known_by_its_id(desk: Desk, signing: SigningService) -> None:
    """The source looked drawings up by the user name alone and ignored the id."""
    session_id = drawn_steps(desk, [1])
    with pytest.raises(OperatorError, match="session_not_found"):
        signing.save_drawing(NAME, 2, ink(2), session_id="sess_of_somebody_else")
    with pytest.raises(OperatorError, match="session_not_found"):
        signing.save_drawing("jane", 2, ink(2), session_id=session_id)
    with pytest.raises(OperatorError, match="enrollment_not_found"):
        signing.register("jane", session_id)


def test_an_expired_enrollment_is_not_completed(desk: Desk, signing: SigningService) -> None:
    """The source's ``complete_enrollment`` did not look at ``expires_at``."""
    session_id = drawn_steps(desk, list(range(1, 12)))
    desk.clock.turn(hours=2)
    assert not signing.complete_enrollment(session_id).success


def test_pictures_of_one_size_do_not_make_two_signatures_alike() -> None:
    """The source compared the length, the beginning and the end of base64 text."""
    ours, theirs = signed(1, 0), signed(2, 0)
    assert rendered(ours)[:8] == rendered(theirs)[:8]
    assert verified(theirs, known(1)).decision == "different"


def test_a_square_is_less_of_a_circle_than_a_circle() -> None:
    """The source's roundness was the aspect ratio."""
    circle, square = (metrics_of(drawn(key), "circle")["shape"] for key in ("circle", "square"))
    assert circle["radial_deviation"] < square["radial_deviation"]
    assert min(circle["aspect"], square["aspect"]) > 0.8  # which says nothing about either


def test_the_closure_of_a_triangle_is_a_gap_and_not_a_speed() -> None:
    """The source's closure was the variance of the speed."""
    record = drawn("triangle")
    slower = replace(record, t_us=tuple(time**2 // 10**6 + time for time in record.t_us))
    closure = metrics_of(record, "triangle")["shape"]["closure_gap"]
    assert metrics_of(slower, "triangle")["shape"]["closure_gap"] == pytest.approx(closure, abs=0.02)


def test_the_symmetry_of_a_star_is_measured_under_the_name_that_is_read() -> None:
    """The source wrote ``point_symmetry`` and read ``star_point_symmetry``, always 0.5."""
    star, house = (metrics_of(drawn(key), "star")["shape"] for key in ("star", "house"))
    assert star["star_point_symmetry"] not in {0.5, house["star_point_symmetry"]}


def test_a_sign_in_takes_no_score_from_drawings_that_were_not_made() -> None:
    """The source made up 0.8 to 0.88 of the signature's score for every missing shape."""
    answer = verified(signed(1, 9), known(1))
    assert answer.flags == ()
    assert len(answer.reference_uids) == 3
    assert metrics_of(signed(1, 9), "signature_1").get("shape") is None


def test_the_pixel_ratio_changes_no_metric() -> None:
    """The source mixed canvas and device pixels."""
    plain = metrics_of(drawn("house"), "house")
    fine = metrics_of(drawn("house", replace(CANVAS, device_pixel_ratio=2.0)), "house")
    assert fine == plain


def test_the_place_on_the_canvas_changes_neither_metrics_nor_the_answer() -> None:
    """The source took absolute positions for features of a hand."""
    record = signed(1, 9)
    moved = replace(record, x=tuple(x + 4096 for x in record.x), y=tuple(y + 640 for y in record.y))
    assert metrics_of(moved)["descriptive"] == pytest.approx(metrics_of(record)["descriptive"])
    references = known(1)
    here, there = verified(record, references), verified(moved, references)
    assert there.score == pytest.approx(here.score, abs=1e-6)


def test_points_are_counted_in_all_strokes() -> None:
    """The source counted groups of points as if they were points."""
    record = drawn("house")
    assert len(record.stroke_starts) > 1
    assert metrics_of(record)["descriptive"]["total_points"] == sum(record.tip)


def test_constant_pressure_is_no_pressure(desk: Desk, signing: SigningService) -> None:
    """The source stored 0.5 or 0 for every point and took it for a measure."""
    record = record_of(
        [[replace(point, pressure=0.5) for point in stroke] for stroke in signature(1, 1)],  # type: ignore[arg-type]
        started_at=START,
        device=DEVICE,
        canvas=CANVAS,
    )
    session_id = signing.save_drawing(NAME, 1, record).session_id
    stored = signing.drawing(session_id, 1)
    assert stored is not None
    assert stored.pressure is None
    assert metrics_of(stored)["pressure"]["has_pressure_data"] is False


def test_nothing_was_trained_on_made_up_forgeries_and_no_training_data_is_here() -> None:
    """The source kept a training set of 285 synthetic forgeries, and real people's drawings."""
    kinds = {".txt", ".csv", ".json", ".npy", ".npz", ".pkl", ".joblib", ".onnx"}
    rooms = [ROOT / "app", ROOT / "resources"]
    files = [path for room in rooms for path in room.rglob("*") if path.suffix.lower() in kinds]
    assert not [path.name for path in files if "sign" in path.name.lower() or "forg" in path.name.lower()]


def test_no_person_s_data_is_in_the_program() -> None:
    """The roster of the training mode is made up, with addresses that nobody can have."""
    rows = list(csv.DictReader((ROOT / "resources/training_roster.csv").read_text("utf-8").splitlines()))
    assert rows
    assert all(row["email"].endswith((".example", "example.org", "example.com", ".test")) for row in rows)


def test_a_username_signs_up_once_whatever_its_case(desk: Desk, signing: SigningService) -> None:
    """The source's Map was keyed by lower case only, its table by an index that nothing enforced."""
    drawn_steps(desk, [1])
    with pytest.raises(OperatorError, match="username_in_use"):
        signing.save_drawing("JOHN_DOE", 1, ink(1))
    assert not signing.check_username("John_Doe").available
