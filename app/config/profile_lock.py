# SPDX-License-Identifier: Apache-2.0
"""One process for a profile: two on one database file is what its safety rules forbid."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from app.config.paths import Paths
from app.domain.errors import SetupError


class ProfileLock:
    """Held from start to end of whatever writes to a profile; use as a context manager.

    The system releases it when the process ends in any way. Raises ``SetupError("profile_in_use")`` on entry
    while another process holds it, ``folder_unusable`` when the folder cannot be written.
    """

    def __init__(self, paths: Paths) -> None:
        self._profile = paths.profile
        self._path = paths.lock_file
        self._lock = FileLock(self._path)

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise SetupError("profile_in_use", profile=self._profile) from error
        except OSError as error:
            raise SetupError("folder_unusable", path=self._path.parent) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()
