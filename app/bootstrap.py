# SPDX-License-Identifier: Apache-2.0
"""The composition root: opens settings, keys, database and server, and has the services built on them.

Nothing heavy is imported when this module is: the window opens first, the services are built on a worker.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from app.assembly import Opened, Services, assembled
from app.config.paths import DEFAULT_PROFILE, TRAINING_PROFILE, Paths, profile_paths
from app.domain.errors import SetupError

if TYPE_CHECKING:
    from app.config.settings_files import LoadedSettings
    from app.security.secret_stores import SecretStore
    from app.security.vault import StationKeys, Vault
    from app.services.delivery import DeliveryService
    from app.storage.engine import Database

PASSPHRASE_VARIABLE = "ENROLLMENT_STATION_PASSPHRASE"  # noqa: S105 - a name


def utc_now() -> datetime:
    """The product's clock."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """A fresh UUIDv7."""
    from uuid6 import uuid7

    return UUID(int=uuid7().int)


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


def open_delivery(
    profile: str | None = None, *, alone: bool, passphrase: str | None = None
) -> tuple[DeliveryService, ExitStack]:
    """The exchange of a networked station with its server, and what is to be closed afterwards.

    Args:
        alone: whether no window of this station may be open meanwhile; without it only look.
        passphrase: as typed, where the station's secret is one.

    Raises:
        SetupError: ``server_missing`` where the station is not networked.
    """
    from app.config.profile_lock import ProfileLock
    from app.services.delivery import station_store
    from app.storage.engine import open_local
    from app.storage.migrate import ensure_head

    paths = profile_paths(chosen_profile(profile), os.environ)
    settings = _loaded_settings(paths)
    url = settings.settings.database.url
    if not url:
        raise SetupError("server_missing", profile=paths.profile)
    with ExitStack() as held:
        if alone:
            held.enter_context(ProfileLock(paths))
        keys = opened_keys(paths, training=is_training(paths, settings), passphrase=passphrase)
        engine = _local_database(paths, keys) if alone else open_local(paths.database_file, keys.database_key)
        held.callback(engine.dispose)
        ensure_head(engine)
        _, delivery = station_store(engine, keys.station_uid, url, clock=utc_now, new_id=new_id)
        assert delivery is not None
        held.callback(delivery.close)
        return delivery, held.pop_all()


def open_services(
    profile: str | None = None,
    *,
    database_url: str | None = None,
    server_url: str | None = None,
    reader_id: str | None = None,
    with_reader: bool = True,
    passphrase: str | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Services:
    """Build every service of a profile. Blocking: called on a worker or by a command.

    A station writes into its own file; a networked one brings server and file up to date beside that, so
    that nobody at the desk ever waits for the network. Commands work on the server itself.

    Args:
        database_url: work on this database itself, instead of the profile's.
        server_url: the server to bring up to date, instead of the one of the settings.
        reader_id: instead of the profile's reader (``r30x:…``); training mode starts its emulator otherwise.
        with_reader: False starts no emulator and leaves the reader alone, as most commands want it.
        passphrase: as typed, where the station's secret is one.
    """
    from app.config.profile_lock import ProfileLock
    from app.services.delivery import station_store
    from app.storage.engine import open_url
    from app.storage.migrate import ensure_head

    paths = profile_paths(chosen_profile(profile), os.environ)
    settings = _loaded_settings(paths)
    with ExitStack() as held:
        paths.make_folders()
        training = is_training(paths, settings)
        url = database_url or (None if with_reader else settings.settings.database.url)
        server_url = None if url else server_url or settings.settings.database.url or None
        if not url:
            held.enter_context(ProfileLock(paths))
        keys = opened_keys(paths, training=training, passphrase=passphrase)
        engine = open_url(url) if url else _local_database(paths, keys)
        held.callback(engine.dispose)
        ensure_head(engine)
        vault = vault_of(paths, training=training, passphrase=passphrase)
        store, delivery = station_store(engine, keys.station_uid, server_url, clock=clock, new_id=new_id)
        if delivery is not None:
            held.callback(delivery.close)
            delivery.first_meeting()
        return assembled(
            held,
            Opened(paths, settings, store, delivery, keys, vault, training, clock, new_id),
            seeded=with_reader or not database_url,  # a command leaves a server that it names as it is
            reader_id=reader_id,
            with_reader=with_reader,
        )
