# SPDX-License-Identifier: Apache-2.0
"""Lets stations share a school's keys: asking, letting in, taking out, changing the keys, recovering them.

The database is only the post: what a station believes is in its own vault, and grows by what a person
compared or by what is signed by somebody who is in the vault already.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from threading import RLock
from uuid import UUID

from app.domain.errors import OperatorError
from app.domain.operations_stations import (
    AskToJoin,
    ChangeSiteKey,
    ClaimSite,
    LetStationIn,
    MoveSite,
    RefuseStation,
    ShareSiteKeys,
)
from app.domain.station_sharing import Sharing, SharingState
from app.security.key_wraps import check_value
from app.security.membership import Membership, copies_for, judged, opened_copies
from app.security.recipients import Recipient, Statement, approval, removal, same_digits
from app.security.sealed import KEY_BYTES
from app.security.vault import StationKeys, Vault
from app.security.vault_contents import Asked, Proposed, VaultContents
from app.services.site_books import (
    SiteBooks,
    public_keys,
    read_books,
    read_copies,
    recipient_of,
    signed,
    versions_of,
    written_copies,
)
from app.services.station_overview import digits_for, overview, sharing_state
from app.services.subject_keys import SubjectKeys
from app.services.writer import Writer
from app.storage.stations import StoredHolder, recipients_of_version, stored_copies, version_check

FETCH_EVERY = timedelta(seconds=5)  # a gallery asks for thousands of keys that have not come yet


class StationService:
    """This station among those of its school.

    Args:
        name: as other stations list it.
        moved: called after this station joined a school or left one: what was opened before may be wrong.
    """

    def __init__(
        self,
        writer: Writer,
        vault: Vault,
        keys: StationKeys,
        subject_keys: SubjectKeys,
        name: str,
        moved: Callable[[], None] = lambda: None,
    ) -> None:
        self._writer = writer
        self._vault = vault
        self._keys = keys
        self._subject_keys = subject_keys
        self.name = name or f"Station {keys.station_uid.hex[-4:]}"
        self._moved = moved
        self._refused: str | None = None
        self._stamp = b""
        self._fetched_at: datetime | None = None
        self._lock = RLock()
        subject_keys.fetch = self.fetch

    @property
    def keys(self) -> StationKeys:
        """As they are now."""
        return self._keys

    # -- what goes on by itself -----------------------------------------------------------------------------

    def begin(self) -> None:
        """Settle what this station is to the database: its first, a member, or one that asks."""
        with self._lock:
            keys = self._keys
            books = read_books(self._writer.store)
            if books.site_uid is None:
                self._writer.write(
                    keys.site_uid,
                    ClaimSite(
                        keys.site_uid,
                        public_keys(keys.recipient),
                        self.name,
                        versions_of(keys.site_uid, keys.contents.site_keys),
                    ),
                )
                books = read_books(self._writer.store)
            alone = not books.called_members().keys() - {keys.station_uid}
            if alone and books.site_uid is not None and books.site_uid in keys.contents.former_sites:
                versions = versions_of(keys.site_uid, keys.contents.site_keys)
                self._writer.write(
                    keys.site_uid, MoveSite(books.site_uid, keys.site_uid, keys.station_uid, versions)
                )
            elif books.site_uid != keys.site_uid and self._never_asked(books):
                self.ask()
            self.tend()

    def _never_asked(self, books: SiteBooks) -> bool:
        own, asked = books.holder(self._keys.station_uid), self._keys.contents.asked
        if own is None:
            return True
        return own.state == "pending" and (asked is None or asked.site_uid != books.site_uid)

    def tend(self) -> bool:
        """Take what others have left for this station; whether it came to other keys by that.

        Called now and then, and whenever a key is missing.
        """
        with self._lock:
            before = self._keys
            stamp = self._vault.stamp()
            if stamp != self._stamp:  # another program of this station may have changed it
                self._keys, self._stamp = self._vault.open(), stamp
            books = read_books(self._writer.store)
            if books.site_uid == self._keys.site_uid:
                self._finish_proposal()
                self._follow(books)
                self._fill_gaps()
            elif books.site_uid is not None:
                self._come_in(books, books.site_uid)
            self._subject_keys.forget_destroyed()
            changed = before.contents.site_keys != self._keys.contents.site_keys
            self._use(books, changed=changed)
            if before.site_uid != self._keys.site_uid:
                self._moved()
            return changed

    def fetch(self) -> bool:
        """``tend`` where there is something new; cheap where there is not."""
        keys, now = self._keys, self._writer.clock()
        if self._fetched_at is not None and timedelta(0) <= now - self._fetched_at < FETCH_EVERY:
            return False
        self._fetched_at = now
        books = read_books(self._writer.store)
        if books.site_uid is None:
            return False
        with self._writer.store.reading() as session:
            copies = stored_copies(session, books.site_uid, keys.recipient.name)
        held = keys.contents.site_keys if books.site_uid == keys.site_uid else {}
        return any(copy.key_version not in held for copy in copies) and self.tend()

    def _use(self, books: SiteBooks, *, changed: bool) -> None:
        removed = sharing_state(books, self._keys) is SharingState.REMOVED
        refused = "station_removed" if removed else None
        if changed or refused != self._refused:
            self._refused = refused
            self._subject_keys.use(self._keys.sealer, refused)

    def _come_in(self, books: SiteBooks, site_uid: UUID) -> None:
        """Take the keys that a member has sealed to this station, which asked for them."""
        keys, asked = self._keys, self._keys.contents.asked
        if asked is None or asked.site_uid != site_uid:
            return
        known = judged(site_uid, keys.recipient, Membership(asked.members), books.claims())
        found = self._copies(site_uid, known.members)
        if not found or keys.station_uid in known.removed_at:
            return

        def joined(contents: VaultContents) -> VaultContents:
            return replace(
                contents,
                site_keys=found,
                former_sites={**contents.former_sites, keys.site_uid: contents.site_keys},
                members=known.members,
                removed_at=known.removed_at,
                asked=None,
                proposed=None,
            )

        self._keys = self._vault.change(joined, site_uid)

    def _follow(self, books: SiteBooks) -> None:
        """See who came and went, and take newer keys; a station that was taken out destroys its own."""
        keys, contents = self._keys, self._keys.contents
        known = judged(
            keys.site_uid,
            keys.recipient,
            Membership(contents.members, contents.removed_at),
            books.claims(),
        )
        if keys.station_uid in known.removed_at:
            self._keys = self._vault.change(_left, self._writer.new_id())
            return
        found = {**self._copies(keys.site_uid, known.members), **contents.site_keys}
        if (found, known) != (contents.site_keys, Membership(contents.members, contents.removed_at)):
            self._keys = self._vault.change(
                lambda now: replace(now, site_keys=found, members=known.members, removed_at=known.removed_at)
            )

    def _fill_gaps(self) -> None:
        """Give members the newest key who came in at the moment it was made, and so did not get it."""
        keys, contents = self._keys, self._keys.contents
        with self._writer.store.reading() as session:
            having = recipients_of_version(session, keys.site_uid, keys.sealer.current_version)
        lacking = [each for each in contents.members.values() if each.name not in having]
        if lacking:
            copies = copies_for(lacking, keys.site_uid, contents.site_keys, keys.station_uid, keys.sign_key)
            self._writer.write(keys.site_uid, ShareSiteKeys(keys.site_uid, written_copies(copies)))

    def _finish_proposal(self) -> None:
        """A key change that was cut off: the database knows whether it was made."""
        proposed = self._keys.contents.proposed
        if proposed is None:
            return
        site_uid = self._keys.site_uid
        with self._writer.store.reading() as session:
            check = version_check(session, site_uid, proposed.key_version)
        if check == check_value(proposed.key, site_uid, proposed.key_version):
            self._keys = self._vault.change(_accepted)
        else:
            self._keys = self._vault.change(lambda now: replace(now, proposed=None))

    def _copies(self, site_uid: UUID, makers: Mapping[UUID, Recipient]) -> dict[int, bytes]:
        keys = self._keys
        with self._writer.store.reading() as session:
            copies = read_copies(stored_copies(session, site_uid, keys.recipient.name))
        makers = {**makers, keys.station_uid: keys.recipient}
        return dict(opened_copies(copies, site_uid, keys.recipient, keys.seal_key, makers).site_keys)

    # -- what a person does ---------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask to join the database's school, or ask anew: the digits to compare are others then."""
        with self._lock:
            books = read_books(self._writer.store)
            if books.site_uid is None or books.site_uid == self._keys.site_uid:
                return
            members = books.called_members()
            members.pop(self._keys.station_uid, None)
            asked = Asked(books.site_uid, members)
            self._keys = self._vault.change(lambda now: replace(now, asked=asked))
            self._writer.write(
                self._keys.station_uid, AskToJoin(public_keys(self._keys.recipient), self.name)
            )
            self._use(read_books(self._writer.store), changed=False)

    def let_in(self, station_uid: UUID, compared: str) -> None:
        """Let a station have the school's keys.

        Args:
            compared: the digits as they stand on the new station's screen.

        Raises:
            OperatorError: station_not_found where it does not ask; fingerprint_differs where the database
                holds other keys than those that the digits stand for; station_not_member.
        """
        with self._lock:
            self.tend()
            books, keys = self._as_member()
            holder = books.holder(station_uid)
            recipient = None if holder is None else recipient_of(holder)
            if holder is None or recipient is None or holder.state != "pending":
                raise OperatorError("station_not_found")
            if not same_digits(compared, digits_for(keys, recipient)):
                raise OperatorError("fingerprint_differs", station=station_uid)
            said = approval(
                keys.station_uid, keys.sign_key, keys.site_uid, recipient, self._after(station_uid)
            )
            copies = copies_for(
                [recipient], keys.site_uid, keys.contents.site_keys, keys.station_uid, keys.sign_key
            )
            self._writer.write(
                station_uid,
                LetStationIn(
                    keys.site_uid, public_keys(recipient), signed(station_uid, said), written_copies(copies)
                ),
            )
            self._keys = self._vault.change(
                lambda now: replace(now, members={**now.members, station_uid: recipient})
            )

    def refuse(self, station_uid: UUID) -> None:
        """Take a station that asks off the list.

        Raises:
            OperatorError: station_not_member; record_changed where it does not wait any more.
        """
        with self._lock:
            self._as_member()
            self._writer.write(station_uid, RefuseStation(station_uid))

    def remove(self, uid: UUID) -> None:
        """Take a station or a recovery kit out: it gets no further key, and there is a new one at once.

        What it could read until now it may have kept: that cannot be undone. See ``rewrap``.

        Raises:
            OperatorError: station_not_found, station_not_member; record_changed where another station
                changed the keys at the same moment.
        """
        with self._lock:
            self.tend()
            books, keys = self._as_member()
            if uid == keys.station_uid or books.holder(uid) is None:
                raise OperatorError("station_not_found")
            said = removal(keys.station_uid, keys.sign_key, keys.site_uid, uid, self._after(uid))
            self._change_keys(books, {uid: said})

    def change_keys(self) -> None:
        """A new site key for everything from now on; see ``rewrap``. Raises as ``remove``."""
        with self._lock:
            self.tend()
            books, _ = self._as_member()
            self._change_keys(books, {})

    def _change_keys(self, books: SiteBooks, removals: Mapping[UUID, Statement]) -> None:
        keys = self._keys
        site_uid, contents = keys.site_uid, keys.contents
        version = max(books.newest_version, *contents.site_keys) + 1
        proposed = Proposed(version, os.urandom(KEY_BYTES))
        # First into the vault: a key that others may already use must not be lost by a crash here.
        self._keys = self._vault.change(lambda now: replace(now, proposed=proposed))
        site_keys = {**contents.site_keys, version: proposed.key}
        staying = [each for uid, each in contents.members.items() if uid not in removals]
        copies = copies_for([*staying, keys.recipient], site_uid, site_keys, keys.station_uid, keys.sign_key)
        orphans = [each for each in staying if _vouched_by(books.holder(each.uid), removals)]
        at = self._writer.clock()
        approvals = [
            signed(each.uid, approval(keys.station_uid, keys.sign_key, site_uid, each, at))
            for each in orphans
        ]
        try:
            self._writer.write(
                site_uid,
                ChangeSiteKey(
                    site_uid=site_uid,
                    made_by=keys.station_uid,
                    version=versions_of(site_uid, {version: proposed.key})[0],
                    copies=written_copies(copies),
                    removals=tuple(signed(uid, said) for uid, said in removals.items()),
                    approvals=tuple(approvals),
                ),
            )
        except OperatorError:
            self._keys = self._vault.change(lambda now: replace(now, proposed=None))
            raise
        gone_at = {uid: said.at for uid, said in removals.items()}

        def changed(now: VaultContents) -> VaultContents:
            members = {uid: each for uid, each in now.members.items() if uid not in removals}
            return replace(_accepted(now), members=members, removed_at={**now.removed_at, **gone_at})

        self._keys = self._vault.change(changed)
        self._use(books, changed=True)

    def overview(self) -> Sharing:
        """Everybody who has or wants the keys, and what this station is among them."""
        with self._lock:
            return overview(self._writer.store, self._keys)

    def _as_member(self) -> tuple[SiteBooks, StationKeys]:
        books = read_books(self._writer.store)
        if sharing_state(books, self._keys) is not SharingState.MEMBER:
            raise OperatorError("station_not_member")
        return books, self._keys

    def _after(self, uid: UUID) -> datetime:
        """Now, or just after the last word about ``uid`` where a clock was set back."""
        now, last = self._writer.clock(), self._keys.contents.removed_at.get(uid)
        return now if last is None or now > last else last + timedelta(milliseconds=1)


def _accepted(contents: VaultContents) -> VaultContents:
    proposed = contents.proposed
    if proposed is None:
        return contents
    site_keys = {**contents.site_keys, proposed.key_version: proposed.key}
    return replace(contents, site_keys=site_keys, proposed=None)


def _left(contents: VaultContents) -> VaultContents:
    """Out of the school: its keys are destroyed, and a site of this station's own begins."""
    return replace(
        contents, site_keys={1: os.urandom(KEY_BYTES)}, members={}, removed_at={}, asked=None, proposed=None
    )


def _vouched_by(holder: StoredHolder | None, uids: Mapping[UUID, object]) -> bool:
    return holder is not None and holder.approved_by in uids
