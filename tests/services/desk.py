# SPDX-License-Identifier: Apache-2.0
"""A desk for service tests: real store, real sealing, a clock that can be turned, made-up touches and ink."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from uuid import UUID

from uuid6 import uuid7

from app.domain.capture import Ability, ReaderInfo
from app.domain.capture_events import CapturedImpression
from app.domain.drawing_advice import DrawingAdvice
from app.domain.enrollment import judge
from app.domain.fingerprints import QualityReading, Reason
from app.domain.policy import Policy
from app.domain.signature_flow import parse_flows
from app.domain.signatures import (
    Canvas,
    PenDevice,
    Point,
    PointerType,
    SignatureRecord,
    Stroke,
    build_record,
)
from app.security.sealed import Sealer
from app.services.attendance import AttendanceService
from app.services.enrollment import EnrollmentService
from app.services.impressions import ImpressionVault
from app.services.readback import ReadBackService
from app.services.signing import SigningService
from app.services.signing_values import Verification
from app.services.students import StudentService
from app.services.subject_keys import SubjectKeys
from app.services.writer import Writer
from app.storage.store import Store

START = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
READER = ReaderInfo(
    "r30x:test", "r30x", "Maker", "R307", "SN1", 256, 288, 500, 4, frozenset({Ability.PARTIAL_ROWS})
)


class Clock:
    """A clock that stands until it is turned."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


def fresh_id() -> UUID:
    return UUID(int=uuid7().int)


@dataclass(frozen=True)
class Desk:
    """The services of a station on one database."""

    clock: Clock
    writer: Writer
    keys: SubjectKeys
    students: StudentService
    attendance: AttendanceService
    signing: SigningService
    enrollment: EnrollmentService
    readback: ReadBackService
    policy: Policy


def answering(decision: str = "consistent") -> Callable[..., Verification]:
    """A verifier with a fixed answer, for tests of what is done with the answer."""
    return lambda probe, references: Verification(decision, float(len(references)), 1.4, "test-1")


def open_desk(store: Store, policy: Policy | None = None, site_uid: UUID | None = None) -> Desk:
    """Every service on a store, with keys of its own."""
    rules = policy or Policy()
    clock = Clock()
    writer = Writer(store, clock, fresh_id)
    keys = SubjectKeys(
        writer, Sealer(site_uid or UUID(int=77), {1: bytes(range(32))}, random_bytes=os.urandom)
    )
    flows = parse_flows((files("resources") / "flows.toml").read_text("utf-8"))
    signing = SigningService(
        writer,
        keys,
        flows,
        rules,
        render=lambda record: b"picture of %d points" % record.tip_point_count,
        measure=lambda record, step_key: {"version": 1, "total_points": record.tip_point_count},
        verify=answering(),
        advise=lambda step, record, earlier: DrawingAdvice(),
        station_uid=UUID(int=5),
    )
    students = StudentService(writer, "Test school")
    attendance = AttendanceService(writer, rules, students)
    return Desk(
        clock=clock,
        writer=writer,
        keys=keys,
        students=students,
        attendance=attendance,
        signing=signing,
        enrollment=EnrollmentService(
            writer, ImpressionVault(writer, keys), signing, attendance.write_check_in, rules
        ),
        readback=ReadBackService(writer, keys),
        policy=rules,
    )


def touch(quality: int, policy: Policy, template: bytes = b"FMR template") -> CapturedImpression:
    """A whole touch of that quality."""
    reasons = () if quality >= 50 else (Reason.TOO_LIGHT,)
    return CapturedImpression(
        width_px=256,
        height_px=288,
        pixels=bytes(256 * 288),
        reading=QualityReading(quality, reasons),
        verdict=judge(quality, policy),
        seconds=4.2,
        wire_seconds=3.5,
        device=READER,
        template=template,
        template_format="test",
    )


def ink(seed: int = 1) -> SignatureRecord:
    """A small drawing of two strokes."""
    strokes = tuple(
        Stroke(
            tuple(
                Point(
                    t_us=5_000 * (40 * part + step),
                    x=64 * (50 + 4 * step + seed),
                    y=64 * (60 + 30 * part + step % 7),
                    pressure=20_000 + 300 * step,
                )
                for step in range(30)
            ),
            PointerType.PEN,
        )
        for part in range(2)
    )
    device = PenDevice("test pen", "pen-1", PointerType.PEN, frozenset({"pressure"}))
    return build_record(strokes, started_at=START, device=device, canvas=Canvas(800, 300))
