# SPDX-License-Identifier: Apache-2.0
"""Gives the keys that seal what belongs to a subject; makes one at the first need to seal."""

from __future__ import annotations

import base64
from collections.abc import Callable
from uuid import UUID

from app.domain.errors import SetupError
from app.domain.operations_subject_keys import AddSubjectKey, DestroySubjectKeys
from app.security.sealed import SealContext, Sealed, Sealer, SubjectKey, WrappedKey
from app.services.writer import Writer
from app.storage.subject_keys import StoredKey, destroyed_among, subject_keys_of


class KeysOfSubject:
    """Seals and opens the values of one subject, under whichever of its keys.

    A subject has several keys where stations made theirs apart from each other, and after the site key was
    changed: what is new is then sealed under a new one.
    """

    __slots__ = ("_absent", "_home", "_opened", "_sealing", "subject_uid")

    def __init__(
        self,
        home: SubjectKeys,
        subject_uid: UUID,
        opened: tuple[SubjectKey, ...],
        sealing: SubjectKey | None,
        absent: SetupError | None,
    ) -> None:
        self.subject_uid = subject_uid
        self._home = home
        self._opened = opened
        self._sealing = sealing
        self._absent = absent

    @property
    def is_complete(self) -> bool:
        """Whether every key that the subject has could be opened."""
        return self._absent is None

    def seal(self, data: bytes, context: SealContext) -> Sealed:
        """Seal ``data`` for exactly one place.

        Raises:
            ValueError: the place belongs to another subject.
            AppError: the key that this needs could not be made.
        """
        if self._sealing is None:
            self._sealing = self._home.make(self.subject_uid)
            self._opened = (self._sealing, *self._opened)
        return self._sealing.seal(data, context)

    def open(self, token: str, context: SealContext) -> bytes:
        """Give back what was sealed.

        Raises:
            SetupError: ``seal_broken``, ``seal_unsupported``; ``site_key_absent`` when it may be
                sealed under a key that this station cannot open.
        """
        try:
            return self._open(token, context)
        except SetupError as error:
            if error.code != "seal_broken":
                raise
            # Another station may have made the subject a key since these were read.
            others = self._home.renewed(self)
            if others is None:
                raise
            return others._open(token, context)  # noqa: SLF001 - of the same class

    def has_fewer_than(self, other: KeysOfSubject) -> bool:
        """Whether ``other``, read later, knows of more keys."""
        known = (len(self._opened), self._absent is None)
        return known != (len(other._opened), other._absent is None)

    def _open(self, token: str, context: SealContext) -> bytes:
        broken = SetupError("seal_broken", table=context.table, column=context.column, row=context.row_uid)
        for key in self._opened:
            try:
                return key.open(token, context)
            except SetupError as error:
                if error.code != "seal_broken":
                    raise
        raise self._absent or broken


class SubjectKeys:
    """Opened subject keys, held in memory until ``forget``."""

    def __init__(self, writer: Writer, sealer: Sealer) -> None:
        self._writer = writer
        self._sealer = sealer
        self._opened: dict[UUID, KeysOfSubject] = {}
        self._refused: str | None = None
        self.fetch: Callable[[], bool] = lambda: False

    def use(self, sealer: Sealer, refused: str | None = None) -> None:
        """Go on with other site keys; ``refused``: code of the error that sealing raises from now on."""
        self._sealer, self._refused = sealer, refused
        self.forget()

    def of(self, subject_uid: UUID) -> KeysOfSubject:
        """The subject's keys. Where this station lacks a site key, it looks once whether one has come.

        Raises:
            SetupError: ``seal_broken`` where the keys were destroyed.
        """
        keys = self._opened.get(subject_uid)
        if keys is None:
            keys = self._load(subject_uid)
            if not keys.is_complete and self.fetch():
                keys = self._load(subject_uid)
            if keys.is_complete:
                self._opened[subject_uid] = keys
        return keys

    def renewed(self, keys: KeysOfSubject) -> KeysOfSubject | None:
        """The subject's keys as they are now; None where there are no more than ``keys`` knows."""
        self._opened.pop(keys.subject_uid, None)
        others = self.of(keys.subject_uid)
        return others if keys.has_fewer_than(others) else None

    def destroy(self, subject_uid: UUID) -> int:
        """Destroy every key of the subject, for good and for every station; how many there were.

        Nothing that was sealed for it opens any more, and nothing can be sealed for it again. Other stations
        forget what they hold in memory when they next look into the database.
        """
        answer = self._writer.write(subject_uid, DestroySubjectKeys(subject_uid))
        self._opened.pop(subject_uid, None)
        return int(answer["destroyed"])

    def forget(self) -> None:
        """Drop every opened key, as when the station is locked."""
        self._opened.clear()

    def forget_destroyed(self) -> int:
        """Drop the keys of subjects whose keys were destroyed, on this station or another; how many."""
        held = list(self._opened)
        with self._writer.store.reading() as session:
            gone = destroyed_among(session, held)
        for subject_uid in gone:
            self._opened.pop(subject_uid, None)
        return len(gone)

    def _load(self, subject_uid: UUID) -> KeysOfSubject:
        sealer = self._sealer
        with self._writer.store.reading() as session:
            stored = subject_keys_of(session, subject_uid)
        opened: list[SubjectKey] = []
        sealing: SubjectKey | None = None
        absent: SetupError | None = None
        for each in stored:
            if each.wrapped is None:
                raise SetupError("seal_broken", table="subject_keys", column="wrapped", row=subject_uid)
            try:
                key = sealer.open_subject(subject_uid, wrapped_key(each, each.wrapped))
            except SetupError as error:
                if absent is None or error.code == "site_key_absent":
                    absent = error
                continue
            opened.append(key)
            if sealing is None and _seals(each, sealer):
                sealing = key
        return KeysOfSubject(self, subject_uid, tuple(opened), sealing, absent)

    def make(self, subject_uid: UUID) -> SubjectKey:
        """A further key of the subject, to seal with; stored when this returns.

        Raises:
            SetupError: station_removed.
            OperatorError: subject_erased.
        """
        self.fetch()  # a newer site key may have come, and what is new must not be sealed under the old one
        if self._refused is not None:
            raise SetupError(self._refused)
        made = self._sealer.new_subject_key(subject_uid)
        self._writer.write(
            subject_uid,
            AddSubjectKey(
                key_uid=self._writer.new_id(),
                subject_uid=subject_uid,
                site_uid=self._sealer.site_uid,
                key_version=made.key_version,
                wrapped=base64.b64encode(made.wrapped).decode("ascii"),
            ),
        )
        return self._sealer.open_subject(subject_uid, made)


def wrapped_key(stored: StoredKey, wrapped: bytes) -> WrappedKey:
    """A stored key as the sealer takes it."""
    return WrappedKey(stored.key_version, wrapped, stored.site_uid, stored.sealed_site_uid)


def _seals(stored: StoredKey, sealer: Sealer) -> bool:
    """Whether new values may be sealed under it: nobody who was removed since can know it."""
    return stored.site_uid in (None, sealer.site_uid) and stored.born_version >= sealer.current_version
