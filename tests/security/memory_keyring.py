# SPDX-License-Identifier: Apache-2.0
"""Keyring backends in memory. No desktop runs where the tests run, so the real backends are not exercised
here."""

from __future__ import annotations

from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked


class MemoryKeyring(KeyringBackend):
    """Behaves like a key store; what it holds outlives the instance, as with a real one."""

    priority = 5
    entries: ClassVar[dict[tuple[str, str], str]] = {}
    locked: ClassVar[bool] = False

    def get_password(self, service: str, username: str) -> str | None:
        self._unlocked()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._unlocked()
        self.entries[service, username] = password

    def _unlocked(self) -> None:
        if type(self).locked:
            raise KeyringLocked("the person pressed Cancel")


class OtherKeyring(MemoryKeyring):
    """A second real one, preferred after the first."""

    priority = 4
    entries: ClassVar[dict[tuple[str, str], str]] = {}


class AbsentKeyring(MemoryKeyring):
    """One whose service does not run: like the real ones, it raises when asked for its priority."""

    class _Priority:
        def __get__(self, instance: object, owner: type) -> float:
            raise RuntimeError("the service does not run")

    priority = _Priority()  # type: ignore[assignment]


class ForgetfulKeyring(MemoryKeyring):
    """Takes a secret and keeps something else."""

    entries: ClassVar[dict[tuple[str, str], str]] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password[:10]
