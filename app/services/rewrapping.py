# SPDX-License-Identifier: Apache-2.0
"""Brings the keys of subjects under the newest site key, after a change of it or after joining a school.

The values themselves stay as they are. Can be stopped and cut off at any moment: a key is under the old site
key or under the new one, and what is still under an old one is found again.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

from app.domain.errors import SetupError
from app.domain.operations_subject_keys import RewrappedKey, RewrapSubjectKeys
from app.domain.station_sharing import RewrapProgress, SharingState
from app.security.sealed import Sealer
from app.services.site_books import read_books, text_of
from app.services.station_overview import sharing_state
from app.services.stations import StationService
from app.services.subject_keys import wrapped_key
from app.services.writer import Writer
from app.storage.subject_keys import StoredKey, count_keys_to_rewrap, keys_to_rewrap

BATCH = 200


class Rewrapping:
    """Goes over the keys that are behind."""

    def __init__(self, writer: Writer, stations: StationService) -> None:
        self._writer = writer
        self._stations = stations

    def run(self, stop: Event) -> Iterator[RewrapProgress]:
        """Wrap all that are behind, a batch at a time; tells how far it is after each.

        A plain blocking generator. A station that does not hold the database's keys does nothing.
        """
        keys = self._stations.keys
        if sharing_state(read_books(self._writer.store), keys) is not SharingState.MEMBER:
            return
        sealer = keys.sealer
        with self._writer.store.reading() as session:
            total = count_keys_to_rewrap(session, sealer.site_uid, sealer.current_version)
        done = left = 0
        after = None
        while total and not stop.is_set():
            with self._writer.store.reading() as session:
                batch = keys_to_rewrap(session, sealer.site_uid, sealer.current_version, after, BATCH)
            if not batch:
                return
            after = batch[-1].key_uid
            rewrapped = [each for stored in batch if (each := _rewrapped(sealer, stored)) is not None]
            if rewrapped:
                self._writer.write(
                    sealer.site_uid,
                    RewrapSubjectKeys(sealer.site_uid, sealer.current_version, tuple(rewrapped)),
                )
            done += len(rewrapped)
            left += len(batch) - len(rewrapped)
            yield RewrapProgress(done, max(total, done + left), left)


def _rewrapped(sealer: Sealer, stored: StoredKey) -> RewrappedKey | None:
    """The key under the newest site key; None where this station cannot open it."""
    if stored.wrapped is None:
        return None
    try:
        made = sealer.rewrap(stored.subject_uid, wrapped_key(stored, stored.wrapped))
    except SetupError:
        return None
    return RewrappedKey(
        key_uid=stored.key_uid,
        from_site_uid=stored.site_uid,
        from_version=stored.key_version,
        sealed_site_uid=made.sealed_site_uid,
        wrapped=text_of(made.wrapped),
    )
