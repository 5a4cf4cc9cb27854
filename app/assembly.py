# SPDX-License-Identifier: Apache-2.0
"""Every service of an open station, built on the database, the keys and the settings that were opened for it.

Nothing heavy is imported when this module is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING
from uuid import UUID

from app.config.paths import Paths

if TYPE_CHECKING:
    from app.config.settings import Settings
    from app.config.settings_files import LoadedSettings
    from app.domain.policy import Policy
    from app.domain.signature_flow import Flow, FlowType
    from app.security.vault import StationKeys, Vault
    from app.services.attendance import AttendanceService
    from app.services.calibration import CalibrationService
    from app.services.capture import CaptureService
    from app.services.courses import CourseService
    from app.services.delivery import DeliveryService
    from app.services.enrollment import EnrollmentService
    from app.services.enrollment_sessions import EnrollmentSessionService
    from app.services.finger_services import FingerServices
    from app.services.health import HealthService
    from app.services.readback import ReadBackService
    from app.services.receipts import ReceiptService
    from app.services.roster import RosterService
    from app.services.sessions import SessionService
    from app.services.sharing_services import SharingServices
    from app.services.signature_sign_in import SignatureSignInService
    from app.services.signing import SigningService
    from app.services.students import StudentService
    from app.services.subject_keys import SubjectKeys
    from app.services.training import TrainingDesk
    from app.services.writer import Writer
    from app.storage.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """Every service of an open station. ``close`` gives back files, readers and locks."""

    paths: Paths
    settings: LoadedSettings
    writer: Writer
    enrollment: EnrollmentService
    fingers: FingerServices
    capture: CaptureService
    calibration: CalibrationService
    signing: SigningService
    signature_sign_in: SignatureSignInService
    students: StudentService
    roster: RosterService
    courses: CourseService
    sessions: SessionService
    enrollment_sessions: EnrollmentSessionService
    attendance: AttendanceService
    receipts: ReceiptService
    health: HealthService
    readback: ReadBackService
    sharing: SharingServices
    training: TrainingDesk | None
    delivery: DeliveryService | None  # of a networked station
    _held: ExitStack = field(repr=False)

    def close(self) -> None:
        """Give everything back; safe to call twice."""
        self.students.forget_roster()
        self._held.close()


@dataclass(frozen=True, slots=True)
class Opened:
    """What the services of a station are built on."""

    paths: Paths
    settings: LoadedSettings
    store: Store
    delivery: DeliveryService | None
    keys: StationKeys
    vault: Vault
    training: bool
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]


def assembled(
    held: ExitStack, given: Opened, *, seeded: bool, reader_id: str | None, with_reader: bool
) -> Services:
    """Build every service.

    Args:
        held: what is to be given back; the services take it over.
        given: the opened station.
        seeded: whether training mode is given its made-up students.
        reader_id: instead of the settings' reader.
        with_reader: whether training mode starts its emulator where no reader is named.
    """
    from app.services.attendance import AttendanceService
    from app.services.calibration import CalibrationService
    from app.services.courses import CourseService
    from app.services.enrollment_sessions import EnrollmentSessionService
    from app.services.finger_services import finger_services
    from app.services.health import HealthService
    from app.services.readback import ReadBackService
    from app.services.reader_watch import capture_service
    from app.services.receipts import ReceiptService
    from app.services.roster import RosterService
    from app.services.sessions import SessionService
    from app.services.signature_sign_in import SignatureSignInService
    from app.services.students import StudentService
    from app.services.subject_keys import SubjectKeys
    from app.services.writer import Writer

    paths, keys, clock = given.paths, given.keys, given.clock
    chosen = given.settings.settings
    policy = chosen.policy()
    writer = Writer(given.store, clock, given.new_id)
    subject_keys = SubjectKeys(writer, keys.sealer)
    signing = _signing(writer, subject_keys, policy, keys.station_uid)
    calibration = CalibrationService(paths.calibration)
    fingers = finger_services(writer, subject_keys, keys.station_uid, calibration)
    name = chosen.station.name or ("Training" if given.training else "")
    sharing = _sharing(writer, given, subject_keys, name, fingers, seeded=seeded)
    school = chosen.station.school or ("Training school" if given.training else "")
    students = StudentService(writer, school)
    attendance = AttendanceService(writer, policy, students)
    roster = RosterService(writer, students)
    sessions = SessionService(writer, policy, station_uid=keys.station_uid)
    if given.training and seeded:
        _seed(roster, attendance, sessions, clock())
    desk = _training_desk(held, paths) if given.training and with_reader and reader_id is None else None
    return Services(
        paths=paths,
        settings=given.settings,
        writer=writer,
        enrollment=_enrollment(writer, fingers, signing, attendance, policy, keys.station_uid),
        fingers=fingers,
        capture=capture_service(_reader(reader_id, desk, chosen), policy, calibration),
        calibration=calibration,
        signing=signing,
        signature_sign_in=SignatureSignInService(writer, signing, students),
        students=students,
        roster=roster,
        courses=CourseService(writer),
        sessions=sessions,
        enrollment_sessions=EnrollmentSessionService(writer, subject_keys),
        attendance=attendance,
        receipts=ReceiptService(school, name, clock),
        health=HealthService(writer.store, paths.data, given.delivery),
        readback=ReadBackService(writer, subject_keys),
        sharing=sharing,
        training=desk,
        delivery=given.delivery,
        _held=held.pop_all(),
    )


def _seed(
    roster: RosterService, attendance: AttendanceService, sessions: SessionService, now: datetime
) -> None:
    from app.services.training import seed_training

    seed_training(roster, attendance, sessions, now)


def _reader(reader_id: str | None, desk: TrainingDesk | None, chosen: Settings) -> str:
    """The reader that was asked for, else the emulated one of training, else the station's own."""
    return reader_id or (chosen.reader.id if desk is None else desk.reader_id)


def _sharing(
    writer: Writer,
    given: Opened,
    subject_keys: SubjectKeys,
    name: str,
    fingers: FingerServices,
    *,
    seeded: bool,
) -> SharingServices:
    from app.services.sharing_services import sharing_services

    sharing = sharing_services(writer, given.vault, given.keys, subject_keys, name, fingers.gallery.clear)
    if seeded:
        sharing.stations.begin()
    return sharing


def _training_desk(held: ExitStack, paths: Paths) -> TrainingDesk:
    from app.services.training import TrainingDesk

    desk = TrainingDesk(paths.cache)
    held.callback(desk.close)
    return desk


def _enrollment(
    writer: Writer,
    fingers: FingerServices,
    signing: SigningService,
    attendance: AttendanceService,
    policy: Policy,
    station_uid: UUID,
) -> EnrollmentService:
    from app.services.enrollment import EnrollmentService

    return EnrollmentService(
        writer,
        fingers.vault,
        signing,
        attendance.write_check_in,
        policy,
        station_uid=station_uid,
        checks=fingers.checks,
        gallery=fingers.gallery,
    )


def _flows() -> Mapping[FlowType, Flow]:
    from app.domain.signature_flow import parse_flows

    return parse_flows((files("resources") / "flows.toml").read_text("utf-8"))


def _signing(writer: Writer, subject_keys: SubjectKeys, policy: Policy, station_uid: UUID) -> SigningService:
    from app.services.signature_checks import advised, measured, rendered, verified
    from app.services.signing import SigningService

    return SigningService(
        writer,
        subject_keys,
        _flows(),
        policy,
        render=rendered,
        measure=measured,
        verify=verified,
        advise=advised,
        station_uid=station_uid,
    )
