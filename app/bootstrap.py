# SPDX-License-Identifier: Apache-2.0
"""The composition root: the one file that meets every room and builds the objects.

Nothing heavy is imported when this module is: the window opens first, the services are built on a worker.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING
from uuid import UUID

from app.config.paths import DEFAULT_PROFILE, TRAINING_PROFILE, Paths, profile_paths
from app.domain.errors import SetupError

if TYPE_CHECKING:
    from app.config.settings import Settings
    from app.config.settings_files import LoadedSettings
    from app.domain.policy import Policy
    from app.domain.signature_flow import Flow, FlowType
    from app.security.secret_stores import SecretStore
    from app.security.vault import StationKeys, Vault
    from app.services.attendance import AttendanceService
    from app.services.calibration import CalibrationService
    from app.services.capture import CaptureService
    from app.services.courses import CourseService
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
    from app.storage.engine import Database

PASSPHRASE_VARIABLE = "ENROLLMENT_STATION_PASSPHRASE"  # noqa: S105 - a name


def utc_now() -> datetime:
    """The product's clock."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """A fresh UUIDv7."""
    from uuid6 import uuid7

    return UUID(int=uuid7().int)


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
    _held: ExitStack = field(repr=False)

    def close(self) -> None:
        """Give everything back; safe to call twice."""
        self.students.forget_roster()
        self._held.close()


def chosen_profile(profile: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """The named profile, else the station's where one was set up, else training."""
    if profile is not None:
        return profile
    paths = profile_paths(DEFAULT_PROFILE, environment)
    return DEFAULT_PROFILE if paths.keys_file.exists() else TRAINING_PROFILE


def vault_of(paths: Paths, *, training: bool, passphrase: str | None = None) -> Vault:
    """The vault of a profile, on the store that holds its secret (or shall hold it)."""
    from app.security.vault import Vault

    return Vault(
        keys_file=paths.keys_file,
        database_file=paths.database_file,
        store=_secret_store(paths, training=training, passphrase=passphrase),
        random_bytes=os.urandom,
    )


def _secret_store(paths: Paths, *, training: bool, passphrase: str | None) -> SecretStore:
    from app.security.secret_stores import KeyFileStore, KeyringStore, PassphraseStore
    from app.security.vault import recorded_holder

    holder = recorded_holder(paths.keys_file)
    if holder == "key_file" or (holder is None and training):
        return KeyFileStore(paths.secret_file)
    given = passphrase or os.environ.get(PASSPHRASE_VARIABLE)
    if holder == "passphrase" and not given:
        raise SetupError("passphrase_missing")
    if given and (holder == "passphrase" or holder is None):
        return PassphraseStore(paths.data, given, random_bytes=os.urandom)
    return KeyringStore()


def opened_keys(paths: Paths, *, training: bool, passphrase: str | None = None) -> StationKeys:
    """The profile's keys. Training mode makes its own at first use; a station must have been set up."""
    vault = vault_of(paths, training=training, passphrase=passphrase)
    if paths.keys_file.exists():
        return vault.open()
    if not training:
        raise SetupError("setup_missing", profile=paths.profile)
    return vault.create(new_id)


def reopened_keys(paths: Paths, *, training: bool, passphrase: str | None = None) -> StationKeys:
    """As ``opened_keys`` for a station that was locked: a pass phrase has to be typed, wherever it came from.

    Raises:
        SetupError: ``passphrase_missing``, ``passphrase_wrong`` and whatever else the vault says.
    """
    from app.security.vault import recorded_holder

    if not passphrase and recorded_holder(paths.keys_file) == "passphrase":
        raise SetupError("passphrase_missing")
    return opened_keys(paths, training=training, passphrase=passphrase)


def is_training(paths: Paths, settings: LoadedSettings) -> bool:
    """Whether the profile is for practice: no real reader, no real students."""
    return paths.profile == TRAINING_PROFILE or settings.settings.station.training


def open_database(
    profile: str | None = None, database_url: str | None = None, *, passphrase: str | None = None
) -> Database:
    """The engine of a URL, else of the profile's database; an old one is left as it is.

    Args:
        passphrase: as typed, where the station's secret is one.
    """
    from app.storage.engine import open_local, open_url

    if database_url:
        return open_url(database_url)
    paths = profile_paths(chosen_profile(profile), os.environ)
    settings = _loaded_settings(paths)
    if settings.settings.database.url:
        return open_url(settings.settings.database.url)
    paths.make_folders()
    keys = opened_keys(paths, training=is_training(paths, settings), passphrase=passphrase)
    return open_local(paths.database_file, keys.database_key)


def _local_database(paths: Paths, keys: StationKeys) -> Database:
    from app.storage.engine import open_local
    from app.storage.migrate import upgrade_local

    upgrade_local(paths.database_file, keys.database_key, paths.backups, utc_now())
    return open_local(paths.database_file, keys.database_key)


def _loaded_settings(paths: Paths) -> LoadedSettings:
    from app.config.settings_files import load_settings

    return load_settings(paths)


def open_services(
    profile: str | None = None,
    *,
    database_url: str | None = None,
    reader_id: str | None = None,
    with_reader: bool = True,
    passphrase: str | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Services:
    """Build every service of a profile. Blocking: called on a worker or by a command.

    Args:
        database_url: instead of the profile's database.
        reader_id: instead of the profile's reader (``r30x:…``); training mode starts its emulator otherwise.
        with_reader: False starts no emulator and leaves the reader alone, as most commands want it.
        passphrase: as typed, where the station's secret is one.
    """
    from app.config.profile_lock import ProfileLock
    from app.storage.engine import open_url
    from app.storage.migrate import ensure_head

    paths = profile_paths(chosen_profile(profile), os.environ)
    settings = _loaded_settings(paths)
    with ExitStack() as held:
        paths.make_folders()
        training = is_training(paths, settings)
        url = database_url or settings.settings.database.url
        if not url:
            held.enter_context(ProfileLock(paths))
        keys = opened_keys(paths, training=training, passphrase=passphrase)
        engine = open_url(url) if url else _local_database(paths, keys)
        held.callback(engine.dispose)
        ensure_head(engine)
        return _assembled(
            held,
            paths,
            settings,
            engine,
            keys,
            vault_of(paths, training=training, passphrase=passphrase),
            training=training,
            seeded=with_reader or not database_url,  # a command leaves a server that it names as it is
            reader_id=reader_id,
            with_reader=with_reader,
            clock=clock,
        )


def _assembled(
    held: ExitStack,
    paths: Paths,
    settings: LoadedSettings,
    engine: Database,
    keys: StationKeys,
    vault: Vault,
    *,
    training: bool,
    seeded: bool,
    reader_id: str | None,
    with_reader: bool,
    clock: Callable[[], datetime],
) -> Services:
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
    from app.storage.store import Store

    chosen, policy = settings.settings, settings.settings.policy()
    writer = Writer(Store(engine), clock, new_id)
    subject_keys = SubjectKeys(writer, keys.sealer)
    signing = _signing(writer, subject_keys, settings, keys.station_uid)
    calibration = CalibrationService(paths.calibration)
    fingers = finger_services(writer, subject_keys, keys.station_uid, calibration)
    name = chosen.station.name or ("Training" if training else "")
    sharing = _sharing(writer, vault, keys, subject_keys, name, fingers, seeded=seeded)
    school = chosen.station.school or ("Training school" if training else "")
    students = StudentService(writer, school)
    attendance = AttendanceService(writer, policy, students)
    roster = RosterService(writer, students)
    sessions = SessionService(writer, policy, station_uid=keys.station_uid)
    if training and seeded:
        _seed(roster, attendance, sessions, clock())
    desk = _training_desk(held, paths) if training and with_reader and reader_id is None else None
    return Services(
        paths=paths,
        settings=settings,
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
        health=HealthService(writer.store, paths.data),
        readback=ReadBackService(writer, subject_keys),
        sharing=sharing,
        training=desk,
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


def _training_desk(held: ExitStack, paths: Paths) -> TrainingDesk:
    from app.services.training import TrainingDesk

    desk = TrainingDesk(paths.cache)
    held.callback(desk.close)
    return desk


def _sharing(
    writer: Writer,
    vault: Vault,
    keys: StationKeys,
    subject_keys: SubjectKeys,
    name: str,
    fingers: FingerServices,
    *,
    seeded: bool,
) -> SharingServices:
    from app.services.sharing_services import sharing_services

    sharing = sharing_services(writer, vault, keys, subject_keys, name, fingers.gallery.clear)
    if seeded:
        sharing.stations.begin()
    return sharing


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


def _signing(
    writer: Writer, subject_keys: SubjectKeys, settings: LoadedSettings, station_uid: UUID
) -> SigningService:
    from app.services.signature_checks import advised, measured, rendered, verified
    from app.services.signing import SigningService

    return SigningService(
        writer,
        subject_keys,
        _flows(),
        settings.settings.policy(),
        render=rendered,
        measure=measured,
        verify=verified,
        advise=advised,
        station_uid=station_uid,
    )
