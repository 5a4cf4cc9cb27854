# SPDX-License-Identifier: Apache-2.0
"""How things stand among the stations of a school, for a person to look at."""

from __future__ import annotations

from collections import Counter

from app.domain.station_sharing import HolderEntry, Sharing, SharingState, Standing
from app.security.membership import Membership, judged, opened_copies
from app.security.recipients import Recipient, digits
from app.security.vault import StationKeys
from app.services.site_books import SiteBooks, read_books, read_copies, recipient_of
from app.storage.stations import StoredHolder, stored_copies
from app.storage.store import Store
from app.storage.subject_keys import count_keys_to_rewrap

MOST_DIGITS = 20  # each takes a tenth of a second


def sharing_state(books: SiteBooks, keys: StationKeys) -> SharingState:
    """What the station is to the database."""
    if books.site_uid is None or books.site_uid == keys.site_uid:
        return SharingState.MEMBER
    own = books.holder(keys.station_uid)
    return SharingState.REMOVED if own is not None and own.state == "revoked" else SharingState.WAITING


def digits_for(keys: StationKeys, about: Recipient) -> str:
    """What the screen of a station that asks must show, if nobody stands between."""
    members = [each for uid, each in keys.contents.members.items() if uid != about.uid]
    return digits(keys.site_uid, about, [*members, keys.recipient])


def overview(store: Store, keys: StationKeys) -> Sharing:
    """Everybody who has or wants the keys, and what this station is among them."""
    books = read_books(store)
    state = sharing_state(books, keys)
    asked = keys.contents.asked if state is SharingState.WAITING else None
    behind, own_digits, is_outdated = 0, "", False
    if state is SharingState.MEMBER:
        with store.reading() as session:
            behind = count_keys_to_rewrap(session, keys.site_uid, keys.sealer.current_version)
    if asked is not None:
        own_digits = digits(asked.site_uid, keys.recipient, asked.members.values())
        called = books.called_members()
        is_outdated = {uid: each for uid, each in called.items() if uid != keys.station_uid} != asked.members
    return Sharing(
        state=state,
        holders=_entries(books, keys, state),
        digits=own_digits,
        is_outdated=is_outdated,
        key_version=keys.sealer.current_version,
        behind=behind,
        is_forged=_has_forged_copies(store, books, keys, state),
    )


def sharing_summary(store: Store, keys: StationKeys) -> dict[str, object]:
    """The same in a few words, for diagnostics."""
    seen = overview(store, keys)
    counted = Counter(each.standing.value for each in seen.holders if each.is_station)
    kits = sum(1 for each in seen.holders if not each.is_station and each.standing is Standing.MEMBER)
    return {
        "state": seen.state.value,
        "key_version": seen.key_version,
        **{f"stations_{name.value}": counted.get(name.value, 0) for name in Standing},
        "recovery_codes": kits,
        "subject_keys_behind": seen.behind,
        "forged_copies": seen.is_forged,
    }


def _entries(books: SiteBooks, keys: StationKeys, state: SharingState) -> tuple[HolderEntry, ...]:
    left = MOST_DIGITS
    entries = []
    for holder in books.holders:
        shown = ""
        recipient = recipient_of(holder)
        standing = _standing(holder, recipient, keys, state)
        if standing is Standing.WAITING and state is SharingState.MEMBER and recipient and left:
            shown, left = digits_for(keys, recipient), left - 1
        since = {Standing.WAITING: holder.asked_at, Standing.REMOVED: holder.removed_at}
        entries.append(
            HolderEntry(
                uid=holder.uid,
                name=holder.name,
                standing=standing,
                is_station=holder.is_station,
                is_own=holder.uid == keys.station_uid,
                since=since.get(standing, holder.approved_at),
                digits=shown,
            )
        )
    return tuple(entries)


def _standing(
    holder: StoredHolder, recipient: Recipient | None, keys: StationKeys, state: SharingState
) -> Standing:
    if holder.state != "trusted":
        return Standing.WAITING if holder.state == "pending" else Standing.REMOVED
    known = {**keys.contents.members, keys.station_uid: keys.recipient}
    proven = state is not SharingState.MEMBER or known.get(holder.uid) == recipient
    return Standing.MEMBER if proven else Standing.UNPROVEN


def _has_forged_copies(store: Store, books: SiteBooks, keys: StationKeys, state: SharingState) -> bool:
    if books.site_uid is None or state is SharingState.REMOVED:
        return False
    asked, members = keys.contents.asked, keys.contents.members
    if state is SharingState.WAITING:
        members = {} if asked is None else asked.members
    known = judged(books.site_uid, keys.recipient, Membership(members), books.claims())
    with store.reading() as session:
        copies = read_copies(stored_copies(session, books.site_uid, keys.recipient.name))
    makers = {**known.members, keys.station_uid: keys.recipient}
    held = keys.contents.site_keys if state is SharingState.MEMBER else {}
    opened = opened_copies(copies, books.site_uid, keys.recipient, keys.seal_key, makers)
    return bool(opened.refused - held.keys())
