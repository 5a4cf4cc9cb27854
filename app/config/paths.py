# SPDX-License-Identifier: Apache-2.0
"""Where things lie: one folder of data, settings, logs and cache for every profile.

A profile is a station of its own on the same computer account: its own database, keys and settings. The
places are those of the system (XDG on Linux, ``%LOCALAPPDATA%`` on Windows, ``~/Library`` on macOS); the
environment variable ``ENROLLMENT_STATION_HOME`` puts everything below one folder instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.domain.errors import SetupError

APPLICATION = "enrollment-station"
HOME_VARIABLE = "ENROLLMENT_STATION_HOME"
DEFAULT_PROFILE = "station"
TRAINING_PROFILE = "training"

_PROFILE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}\Z")


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders and files of one profile. None of them needs to exist.

    Attributes:
        profile: the profile's name.
        data: folder of database, keys and backups; private to the account.
        settings_file: the profile's settings.
        policy_file: settings that the computer's administrator has fixed; the same for every profile.
        logs: folder of the log files.
        cache: folder of what can be made again.
    """

    profile: str
    data: Path
    settings_file: Path
    policy_file: Path
    logs: Path
    cache: Path

    @property
    def database_file(self) -> Path:
        return self.data / "station.db"

    @property
    def keys_file(self) -> Path:
        return self.data / "station.keys"

    @property
    def secret_file(self) -> Path:
        """The key file of training mode."""
        return self.data / "station.secret"

    @property
    def lock_file(self) -> Path:
        return self.data / "station.lock"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def calibration(self) -> Path:
        """Folder of what is known of each reader's glass."""
        return self.data / "calibration"

    @property
    def receipts(self) -> Path:
        return self.data / "receipts"

    @property
    def log_file(self) -> Path:
        return self.logs / "station.log"

    def make_folders(self) -> None:
        """Make the folders, private to the account.

        Raises:
            SetupError: ``folder_unusable`` with ``path``.
        """
        for folder in (self.data, self.settings_file.parent, self.logs, self.cache, self.backups):
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise SetupError("folder_unusable", path=folder) from error


def profile_paths(profile: str, environment: Mapping[str, str]) -> Paths:
    """The places of a profile.

    Args:
        profile: small letters, digits, ``-`` and ``_``; at most 32.
        environment: the process's environment (``os.environ``).

    Raises:
        SetupError: ``profile_unknown`` for a name that cannot be a folder's name everywhere.
    """
    if not _PROFILE.match(profile):
        raise SetupError("profile_unknown", profile=profile)
    home = environment.get(HOME_VARIABLE)
    if home:
        root = Path(home).expanduser().absolute()
        own = root / "profiles" / profile
        return Paths(
            profile=profile,
            data=own / "data",
            settings_file=own / "settings.toml",
            policy_file=root / "policy.toml",
            logs=own / "logs",
            cache=own / "cache",
        )
    system = platformdirs.PlatformDirs(APPLICATION, appauthor=False, roaming=False)
    below = Path("profiles") / profile
    return Paths(
        profile=profile,
        data=system.user_data_path / below,
        settings_file=system.user_config_path / below / "settings.toml",
        policy_file=system.site_config_path / "policy.toml",
        logs=system.user_log_path / below,
        cache=system.user_cache_path / below,
    )
