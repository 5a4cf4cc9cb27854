# SPDX-License-Identifier: Apache-2.0
"""Gives the key that seals what belongs to a subject; makes it at the first need."""

from __future__ import annotations

import base64
from uuid import UUID

from app.domain.errors import SetupError
from app.domain.operations_students import AddSubjectKey
from app.security.sealed import Sealer, SubjectKey, WrappedKey
from app.services.writer import Writer
from app.storage.subject_keys import find_subject_key


class SubjectKeys:
    """Opened subject keys, held in memory until ``forget``."""

    def __init__(self, writer: Writer, sealer: Sealer) -> None:
        self._writer = writer
        self._sealer = sealer
        self._opened: dict[UUID, SubjectKey] = {}

    def of(self, subject_uid: UUID) -> SubjectKey:
        """The subject's key.

        Raises:
            SetupError: ``seal_broken`` where the key was destroyed or does not belong here.
        """
        key = self._opened.get(subject_uid)
        if key is None:
            key = self._sealer.open_subject(subject_uid, self._stored(subject_uid) or self._new(subject_uid))
            self._opened[subject_uid] = key
        return key

    def forget(self) -> None:
        """Drop every opened key, as when the station is locked."""
        self._opened.clear()

    def _stored(self, subject_uid: UUID) -> WrappedKey | None:
        with self._writer.store.reading() as session:
            stored = find_subject_key(session, subject_uid)
        if stored is None:
            return None
        if stored.wrapped is None:
            raise SetupError("seal_broken", table="subject_keys", column="wrapped", row=subject_uid)
        return WrappedKey(stored.key_version, stored.wrapped)

    def _new(self, subject_uid: UUID) -> WrappedKey:
        made = self._sealer.new_subject_key(subject_uid)
        answer = self._writer.write(
            subject_uid,
            AddSubjectKey(
                subject_uid=subject_uid,
                key_version=made.key_version,
                wrapped=base64.b64encode(made.wrapped).decode("ascii"),
            ),
        )
        # Another station may have been first: the key that the database holds is the one to seal with.
        return WrappedKey(int(answer["key_version"]), base64.b64decode(answer["wrapped"]))
