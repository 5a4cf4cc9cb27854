# SPDX-License-Identifier: Apache-2.0
"""Values for the pages' tests: a student, visits in several states, listings, a receipt, pen strokes."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from uuid import UUID

from app.domain.capture import Ability, ReaderInfo
from app.domain.capture_events import CapturedImpression
from app.domain.enrollment import begin, judge
from app.domain.fingerprints import Finger, QualityReading, Reason, SkipReason
from app.domain.listings import ClassSessionListing, Receipt, StudentListing, StudentState
from app.domain.policy import Policy
from app.domain.sessions import AttendanceStatus, SessionStatus
from app.domain.signature_flow import Flow, FlowType, parse_flows
from app.domain.signature_sign_in import Signer, SignInAnswer, SignInVerdict
from app.domain.station_sharing import HolderEntry, Sharing, SharingState, Standing
from app.domain.visits import CheckIn, FingerTask, Impression, Skip, Step, StudentCard, Visit

NOW = datetime(2026, 11, 20, 8, 2, tzinfo=UTC)
POLICY = Policy()


def uid(number: int) -> UUID:
    """A uid that is the same in every run."""
    return UUID(int=(7 << 76) | (2 << 62) | number)


STUDENT = StudentCard(uid(1), "Amina Okafor", "20417", "7B", "amina.okafor@school.example")


def flow() -> Flow:
    """The sign-up flow."""
    return parse_flows(files("resources").joinpath("flows.toml").read_text("utf-8"))[FlowType.SIGNUP]


def listings() -> tuple[StudentListing, ...]:
    """Six students in all states."""
    rows = (
        ("Amina Okafor", "20417", "7B", StudentState.NOT_ENROLLED),
        ("Bela Okanda", "20418", "7B", StudentState.IN_PROGRESS),
        ("Chidi Okafor-Lindqvist", "19002", "8A", StudentState.ENROLLED),
        ("Dora Smokalova", "20533", "6C", StudentState.NOT_ENROLLED),
        ("Emil Okay", "20534", "6C", StudentState.NOT_ENROLLED),
        ("Farah Okasha", "21001", "5A", StudentState.ENROLLED),
    )
    made = []
    for number, (name, student_number, class_name, state) in enumerate(rows, start=1):
        email = f"{name.split()[0].lower()}@school.example"
        card = StudentCard(uid(number), name, student_number, class_name, email)
        since = None if state is StudentState.NOT_ENROLLED else NOW - timedelta(days=17, minutes=number)
        session = f"session-{number}" if state is StudentState.IN_PROGRESS else ""
        made.append(StudentListing(card, state, since, session))
    return tuple(made)


def signers() -> tuple[Signer, ...]:
    """Four people, one of whom never signed up."""
    cards = [row.card for row in listings()]
    return (
        Signer("amina", cards[0], 3, NOW - timedelta(days=40)),
        Signer("", cards[1]),
        Signer("chidi.okafor-lindqvist@school.example", cards[2], 6, NOW - timedelta(days=1)),
        Signer("john_doe", None, 1, NOW - timedelta(days=300)),
    )


def sign_in_answer(verdict: SignInVerdict) -> SignInAnswer:
    """The answer with as many notes as there can be, unless it is consistent."""
    flags = ("other_device", "other_rate", "without_pressure", "unlike_references", "less_fluent")
    plain = verdict is SignInVerdict.CONSISTENT
    return SignInAnswer(
        signers()[0], "s-1", verdict, 3, plain, () if plain else flags, "dtw9-fluency/1", -0.3, -0.34
    )


def impression(number: int, quality: int, reasons: tuple[Reason, ...] = ()) -> Impression:
    """One recorded touch; it counts from the quality that the policy asks for."""
    return Impression(
        uid(900 + number), number, quality, quality >= POLICY.ask_again_below, reasons, 4.1, 3.2
    )


def fingers_visit(right: tuple[int, ...] = (), left: tuple[int, ...] = ()) -> Visit:
    """A visit at the fingers page with touches of those qualities."""
    visit = begin(uid(50), "5f0c9a8e-2d1b", STUDENT, POLICY, 11, NOW)
    tasks = tuple(
        FingerTask(
            finger, uid(60 + number), tuple(impression(n, q) for n, q in enumerate(qualities, start=1))
        )
        for number, (finger, qualities) in enumerate(
            ((Finger.RIGHT_INDEX, right), (Finger.LEFT_INDEX, left)), start=1
        )
    )
    done = len(tasks[0].accepted) >= POLICY.impressions_per_finger
    return replace(visit, fingers=tasks, finger=Finger.LEFT_INDEX if done else Finger.RIGHT_INDEX)


def signing_visit(accepted: int) -> Visit:
    """A visit at the signatures page with the first steps accepted."""
    visit = fingers_visit((57, 62, 71), (66, 48, 59))
    signatures = replace(
        visit.signatures,
        session_id="5f0c9a8e-2d1b",
        accepted=frozenset(range(1, accepted + 1)),
        expires_at=NOW + timedelta(hours=2),
    )
    return replace(visit, step=Step.SIGNATURES, signatures=signatures)


def full_visit() -> Visit:
    """A visit at the review page with nothing open."""
    visit = signing_visit(11)
    check_in = CheckIn(uid(70), uid(71), "Registration 7B", AttendanceStatus.PRESENT, NOW)
    skipped = FingerTask(Finger.RIGHT_THUMB, skip=Skip(SkipReason.BANDAGED))
    return replace(visit, step=Step.REVIEW, check_in=check_in, fingers=(*visit.fingers, skipped))


def finished_visit() -> Visit:
    """A completed visit."""
    return replace(
        full_visit(),
        step=Step.RECEIPT,
        status=SessionStatus.COMPLETED,
        receipt_number="2026-000123",
        completed_at=NOW,
    )


def receipt() -> Receipt:
    """The receipt of that visit; the code is a pattern, not a QR code."""
    visit = finished_visit()
    return Receipt(
        school="Hillside School",
        station="Front desk 1",
        student=visit.student,
        number=visit.receipt_number,
        session_id=visit.session_id,
        issued_at=NOW,
        fingers=visit.fingers,
        signature_steps=11,
        signature_skip=None,
        check_in=visit.check_in,
        check_in_skip=None,
        qr=tuple(tuple((row * column + row) % 3 == 0 for column in range(25)) for row in range(25)),
    )


def sessions() -> tuple[ClassSessionListing, ...]:
    """Two class sessions."""
    return tuple(
        ClassSessionListing(
            uid(71 + number), title, start, start + timedelta(minutes=45), start + timedelta(minutes=10)
        )
        for number, (title, start) in enumerate(
            (("Registration 7B", NOW), ("Mathematics 7B", NOW + timedelta(hours=1)))
        )
    )


READER = ReaderInfo(
    "r30x:/dev/null", "r30x", "Example", "R307", "", 256, 288, 500, 8, frozenset({Ability.PARTIAL_ROWS})
)


def pixels(width_px: int = 256, height_px: int = 288) -> bytes:
    """Rings of ridges, enough to see rows arrive."""
    rows = bytearray()
    for y in range(height_px):
        for x in range(width_px):
            away = math.hypot(x - width_px / 2, (y - height_px * 0.45) * 0.8)
            inside = away < width_px * 0.46
            wave = math.sin(away * 0.72 + 3 * math.sin((x + y) * 0.02))
            rows.append(int(128 + 100 * wave) if inside else 250)
    return bytes(rows)


def taken(quality: int, reasons: tuple[Reason, ...] = (), image: bytes | None = None) -> CapturedImpression:
    """A whole impression of that quality."""
    data = image if image is not None else bytes([200]) * (64 * 72)
    width, height = (256, 288) if image is not None else (64, 72)
    return CapturedImpression(
        width, height, data, QualityReading(quality, reasons), judge(quality, POLICY), 4.2, 3.3, READER
    )


def sharing(state: SharingState = SharingState.MEMBER) -> Sharing:
    """Two stations and a recovery code; a third station asks."""
    member = state is SharingState.MEMBER
    return Sharing(
        state=state,
        holders=(
            HolderEntry(UUID(int=61), "Front office 1", Standing.MEMBER, True, member, NOW),
            HolderEntry(UUID(int=62), "Library", Standing.MEMBER, True, False, NOW),
            HolderEntry(
                UUID(int=63),
                "Sports hall",
                Standing.WAITING,
                True,
                not member,
                NOW,
                "0427 9915 3380" if member else "",
            ),
            HolderEntry(UUID(int=64), "Old laptop", Standing.REMOVED, True, False, NOW),
            HolderEntry(UUID(int=65), "Safe of the head", Standing.MEMBER, False, False, NOW),
        ),
        digits="" if member else "0427 9915 3380",
        behind=24_000 if member else 0,
    )
