# SPDX-License-Identifier: Apache-2.0
"""Recovery kits: printed codes that hold a school's keys, for the day on which every station is lost."""

from __future__ import annotations

import os
from dataclasses import replace
from uuid import UUID

from app.domain.errors import OperatorError, SetupError
from app.domain.operations_stations import AddRecoveryKit, AskToJoin, LetStationIn
from app.domain.station_sharing import SharingState
from app.security.membership import Membership, copies_for, judged, opened_copies
from app.security.recipients import Recipient, approval, is_approved
from app.security.recovery import RecoveryKit, kit_of, new_kit
from app.security.vault import Vault
from app.security.vault_contents import VaultContents
from app.services.site_books import (
    SiteBooks,
    endorsement_of,
    public_keys,
    read_books,
    read_copies,
    recipient_of,
    signed,
    written_copies,
)
from app.services.station_overview import sharing_state
from app.services.stations import StationService
from app.services.writer import Writer
from app.storage.stations import stored_copies


class RecoveryKits:
    """Makes, tries and uses recovery codes. A kit is withdrawn like a station: ``StationService.remove``."""

    def __init__(self, writer: Writer, vault: Vault, stations: StationService) -> None:
        self._writer = writer
        self._vault = vault
        self._stations = stations

    @staticmethod
    def new_code() -> str:
        """A fresh code to be printed; worth nothing until ``add`` is given it back as it was read."""
        return new_kit(os.urandom).code

    def add(self, code: str, typed: str, label: str) -> None:
        """The code opens the school's keys from now on.

        Args:
            code: as ``new_code`` gave it.
            typed: as it was read from the paper.
            label: where the paper is kept.

        Raises:
            OperatorError: recovery_code_wrong, also where another code was typed than was given;
                station_not_member.
        """
        kit = kit_of(typed)
        if kit.code != code:
            raise OperatorError("recovery_code_wrong")
        self._stations.tend()
        keys = self._stations.keys
        if sharing_state(read_books(self._writer.store), keys) is not SharingState.MEMBER:
            raise OperatorError("station_not_member")
        site_uid, at = keys.site_uid, self._writer.clock()
        said = approval(keys.station_uid, keys.sign_key, site_uid, kit.recipient, at)
        endorsed = approval(kit.recipient.uid, kit.sign_key, site_uid, keys.recipient, at)
        site_keys = keys.contents.site_keys
        copies = copies_for([kit.recipient], site_uid, site_keys, keys.station_uid, keys.sign_key)
        self._writer.write(
            kit.recipient.uid,
            AddRecoveryKit(
                site_uid=site_uid,
                kit=public_keys(kit.recipient),
                label=label,
                approval=signed(kit.recipient.uid, said),
                endorsement=signed(keys.station_uid, endorsed),
                copies=written_copies(copies),
            ),
        )
        self._stations.tend()

    def opens(self, code: str) -> bool:
        """Whether the code opens the newest key that this station holds; for trying a kit now and then.

        Raises:
            OperatorError: recovery_code_wrong; recovery_kit_absent where the code is not of this database.
        """
        keys = self._stations.keys
        found = self._opened(read_books(self._writer.store), kit_of(code))[0]
        newest = keys.sealer.current_version
        return found.get(newest) == keys.contents.site_keys[newest]

    def recover(self, code: str) -> None:
        """Make this station a member by the code alone, as when no other station is left.

        Raises:
            OperatorError: recovery_code_wrong, recovery_kit_absent.
            SetupError: site_key_absent where the code opens no key.
        """
        kit = kit_of(code)
        books = read_books(self._writer.store)
        found, known = self._opened(books, kit)
        site_uid = books.site_uid
        if not found or site_uid is None:
            raise SetupError("site_key_absent", version=books.newest_version)
        keys, at = self._stations.keys, self._writer.clock()
        if site_uid == keys.site_uid and not found.keys() - keys.contents.site_keys.keys():
            return
        own = keys.recipient
        said = approval(kit.recipient.uid, kit.sign_key, site_uid, own, at)
        copies = copies_for([own], site_uid, found, keys.station_uid, keys.sign_key)
        self._writer.write(own.uid, AskToJoin(public_keys(own), self._stations.name))
        self._writer.write(
            own.uid, LetStationIn(site_uid, public_keys(own), signed(own.uid, said), written_copies(copies))
        )
        members = {uid: each for uid, each in known.members.items() if uid != own.uid}

        def joined(contents: VaultContents) -> VaultContents:
            former = dict(contents.former_sites)
            if keys.site_uid != site_uid:
                former[keys.site_uid] = contents.site_keys
            return replace(
                contents,
                site_keys=found,
                former_sites=former,
                members={**members, kit.recipient.uid: kit.recipient},
                removed_at=known.removed_at,
                asked=None,
                proposed=None,
            )

        self._vault.change(joined, site_uid)
        self._stations.tend()

    def _opened(self, books: SiteBooks, kit: RecoveryKit) -> tuple[dict[int, bytes], Membership]:
        """The site keys that the code opens, and who counts for one who has nothing but the code."""
        row, site_uid = books.holder(kit.recipient.uid), books.site_uid
        if row is None or site_uid is None or row.state != "trusted" or recipient_of(row) != kit.recipient:
            raise OperatorError("recovery_kit_absent")
        known = judged(site_uid, kit.recipient, Membership(_endorsed(books, kit)), books.claims())
        with self._writer.store.reading() as session:
            copies = read_copies(stored_copies(session, site_uid, kit.recipient.name))
        opened = opened_copies(copies, site_uid, kit.recipient, kit.seal_key, known.members)
        return dict(opened.site_keys), known


def _endorsed(books: SiteBooks, kit: RecoveryKit) -> dict[UUID, Recipient]:
    """The station that made the kit, as the kit itself has signed."""
    row = books.holder(kit.recipient.uid)
    maker = None if row is None or row.endorsed_uid is None else books.holder(row.endorsed_uid)
    recipient = None if maker is None else recipient_of(maker)
    said = None if row is None else endorsement_of(row)
    if books.site_uid is None or recipient is None or said is None:
        return {}
    if not is_approved(kit.recipient, books.site_uid, recipient, said):
        return {}
    return {recipient.uid: recipient}
