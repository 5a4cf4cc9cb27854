# SPDX-License-Identifier: Apache-2.0
"""The first set-up of a station: the one way in which the command and the window do it.

The keys are made last but one: until they are there, the next start opens training mode and the set-up can
be done again; from then on the station opens, and makes what is missing by itself. So a set-up that is cut
off anywhere leaves a program that starts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from threading import Event
from uuid import UUID

from pydantic import ValidationError

from app.config.paths import Paths
from app.config.profile_lock import ProfileLock
from app.config.settings import SECRET_IN_SETTING, DatabaseSettings
from app.config.settings_files import load_settings, save_settings
from app.devices.registry import list_readers
from app.domain.errors import OperatorError, SetupError, StorageError
from app.domain.station_setup import (
    AUTOMATIC_READER,
    SYSTEM_LANGUAGE,
    FoundReader,
    ServerFacts,
    SetupAnswers,
    SetupChoices,
    SetupStage,
)
from app.security.secret_stores import PASSPHRASE_MIN_LENGTH, KeyringStore, PassphraseStore, SecretStore
from app.security.vault import StationKeys, Vault, recorded_holder
from app.services.students import StudentService
from app.services.writer import Writer
from app.storage import server_check
from app.storage.engine import Database, open_local, open_server
from app.storage.migrate import ensure_head, upgrade_local
from app.storage.store import Store

LOOK_EVERY_S = 1.0
_DEFAULTS = {"reader.id": AUTOMATIC_READER, "look.language": SYSTEM_LANGUAGE}


class StationSetup:
    """Sets up the station of one profile. Everything blocks.

    Args:
        paths: of the profile.
        clock: aware UTC now.
        new_id: a fresh UUIDv7.
        random_bytes: of the system's generator.
    """

    def __init__(
        self,
        paths: Paths,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.paths = paths
        self._clock = clock
        self._new_id = new_id
        self._random_bytes = random_bytes

    def choices(self) -> SetupChoices:
        """What the questions start from; an earlier set-up that was cut off is found again.

        Raises:
            SetupError: ``setting_invalid`` and others, where the settings cannot be read.
        """
        loaded = load_settings(self.paths)
        chosen = loaded.settings
        return SetupChoices(
            exists=self.paths.keys_file.exists(),
            keyring=KeyringStore.available(),
            passphrase_minimum=PASSPHRASE_MIN_LENGTH,
            school=chosen.station.school,
            station=chosen.station.name,
            database_url=chosen.database.url,
            reader_id=chosen.reader.id,
            locked=loaded.locked,
            data_folder=str(self.paths.data),
            password_file=_password_file(),
        )

    @staticmethod
    def watch_readers(stop: Event) -> Iterator[tuple[FoundReader, ...]]:
        """The places where a reader may be, and again whenever they change; opens none of them."""
        shown: tuple[FoundReader, ...] | None = None
        while not stop.is_set():
            found = tuple(FoundReader(port.reader_id, port.label, port.likely) for port in list_readers())
            if found != shown:
                shown = found
                yield found
            stop.wait(LOOK_EVERY_S)

    @staticmethod
    def check_server(url: str) -> ServerFacts:
        """Whether the records can be kept on that server; changes nothing.

        Raises:
            SetupError: ``server_url_invalid``, ``server_url_secret``.
            StorageError: as ``app.storage.server_check.check_server``.
        """
        _check_url(url)
        return server_check.check_server(url)

    @staticmethod
    def prepare_server(url: str) -> ServerFacts:
        """Make the tables in the server's empty database.

        Raises:
            SetupError, StorageError: as ``check_server``; ``database_read_only`` without the right to.
        """
        _check_url(url)
        server_check.prepare_server(url)
        return server_check.check_server(url)

    def set_up(self, answers: SetupAnswers) -> Iterator[SetupStage]:
        """Do it; yields each stage before it begins and ``DONE`` at the end.

        Doing it again with the keys of an earlier set-up changes the settings and makes what is missing.

        Raises:
            OperatorError: ``input_invalid`` with the field.
            SetupError: ``passphrase_short``, ``key_absent`` (records are there, their keys are not),
                ``key_store_unsafe``, ``key_locked``, ``setting_locked``, ``profile_in_use`` and others.
            StorageError: the server or the disk does not take the records; ``server_unprepared``.
        """
        yield SetupStage.CHECKING
        _check(answers)
        paths = self.paths
        paths.make_folders()
        with ExitStack() as held:
            held.enter_context(ProfileLock(paths))
            server: Database | None = None
            url = answers.database_url
            if url:
                if not self.check_server(url).prepared:
                    raise StorageError("server_unprepared")
                server = open_server(url)
                held.callback(server.dispose)
                ensure_head(server)
            yield SetupStage.SETTINGS
            self._save(answers)
            yield SetupStage.KEYS
            keys = self._keys(answers.passphrase)
            yield SetupStage.RECORDS
            database = server or self._own_file(keys)
            held.callback(database.dispose)
            StudentService(Writer(Store(database), self._clock, self._new_id), answers.school).school_uid()
        yield SetupStage.DONE

    def _save(self, answers: SetupAnswers) -> None:
        loaded = load_settings(self.paths)
        chosen = loaded.settings
        in_force = {
            "station.school": chosen.station.school,
            "station.name": chosen.station.name,
            "reader.id": chosen.reader.id,
            "look.language": chosen.look.language,
            "database.url": chosen.database.url,
        }
        changes: dict[str, object] = {
            "station.school": answers.school,
            "station.name": answers.station,
            "reader.id": answers.reader_id,
            "look.language": answers.language,
        }
        if answers.database_url or chosen.database.url:
            changes["database.url"] = answers.database_url
        # What the administrator has fixed stays; only asking for something else is refused.
        for key in loaded.locked & changes.keys():
            if changes[key] in (in_force[key], _DEFAULTS.get(key)):
                del changes[key]
        save_settings(self.paths, changes)

    def _keys(self, passphrase: str | None) -> StationKeys:
        paths = self.paths
        holder = recorded_holder(paths.keys_file)
        store: SecretStore
        if passphrase is not None and holder in (None, "passphrase"):
            store = PassphraseStore(paths.data, passphrase, random_bytes=self._random_bytes)
        elif holder == "passphrase":
            raise SetupError("passphrase_missing")
        else:
            store = KeyringStore()
        vault = Vault(
            keys_file=paths.keys_file,
            database_file=paths.database_file,
            store=store,
            random_bytes=self._random_bytes,
        )
        return vault.open() if holder is not None else vault.create(self._new_id)

    def _own_file(self, keys: StationKeys) -> Database:
        paths = self.paths
        upgrade_local(paths.database_file, keys.database_key, paths.backups, self._clock())
        return open_local(paths.database_file, keys.database_key)


def _check(answers: SetupAnswers) -> None:
    for name in ("school", "station"):
        if not getattr(answers, name).strip():
            raise OperatorError("input_invalid", field=name)
    if answers.passphrase is not None and len(answers.passphrase) < PASSPHRASE_MIN_LENGTH:
        raise SetupError("passphrase_short", minimum=PASSPHRASE_MIN_LENGTH)
    if answers.database_url:
        _check_url(answers.database_url)


def _check_url(url: str) -> None:
    try:
        checked = DatabaseSettings(url=url)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        code = "server_url_secret" if first["type"] == SECRET_IN_SETTING else "server_url_invalid"
        raise SetupError(code) from None  # the cause would show the password
    if not checked.url:
        raise SetupError("server_url_invalid")


def _password_file() -> str:
    """Where the server's client looks for passwords (libpq's documentation, "The Password File")."""
    named = os.environ.get("PGPASSFILE")
    if named:
        return named
    if sys.platform == "win32":
        return str(Path(os.environ.get("APPDATA", "~")) / "postgresql" / "pgpass.conf")
    return "~/.pgpass"
