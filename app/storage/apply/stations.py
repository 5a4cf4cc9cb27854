# SPDX-License-Identifier: Apache-2.0
"""Writes who holds a site's keys: stations, recovery kits, sealed copies, versions."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import cast
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.operations import Operation
from app.domain.operations_stations import (
    AddRecoveryKit,
    AskToJoin,
    ChangeSiteKey,
    ClaimSite,
    LetStationIn,
    MoveSite,
    PublicKeys,
    RefuseStation,
    SealedSiteKey,
    ShareSiteKeys,
    Signed,
    SiteKeyVersion,
)
from app.storage.apply.applier import Applier
from app.storage.lookup import need_row, row_by_uid
from app.storage.rows.keys import KeyWrapRow, RecoveryKitRow, SiteKeyRow
from app.storage.rows.ledger import SiteMetaRow
from app.storage.rows.people import StationRow

SITE_UID = "site_uid"
# One at a time may change who holds the keys; taken by PostgreSQL for the transaction.
_LOCK = 7_411_005


def apply_claim_site(session: Session, op: Operation) -> Mapping[str, object]:
    """Answer whose site the database is. Who came too late is written down as one that waits."""
    payload = cast(ClaimSite, op.payload)
    _one_at_a_time(session)
    row = session.get(SiteMetaRow, SITE_UID)
    station = _station(session, op, payload.station, payload.name)
    _add_versions(session, op, payload.site_uid, payload.station.uid, payload.versions)
    if row is None:
        session.add(SiteMetaRow(key=SITE_UID, value=str(payload.site_uid)))
        station.state = "trusted"
        return {"site_uid": payload.site_uid}
    return {"site_uid": UUID(row.value)}


def apply_move_site(session: Session, op: Operation) -> Mapping[str, object]:
    """Nothing happens where the database belongs to another site meanwhile, or to anybody else as well."""
    payload = cast(MoveSite, op.payload)
    _one_at_a_time(session)
    row = session.get(SiteMetaRow, SITE_UID)
    others = session.scalar(
        select(func.count()).where(StationRow.state == "trusted", StationRow.uid != payload.station_uid)
    )
    kits = session.scalar(select(func.count()).where(RecoveryKitRow.state == "trusted"))
    if row is not None and UUID(row.value) == payload.from_site_uid and not others and not kits:
        row.value = str(payload.to_site_uid)
        _add_versions(session, op, payload.to_site_uid, payload.station_uid, payload.versions)
    return {"site_uid": None if row is None else UUID(row.value)}


def apply_ask_to_join(session: Session, op: Operation) -> Mapping[str, object]:
    """One that was let in already stays in, unless it asks with other keys."""
    payload = cast(AskToJoin, op.payload)
    _one_at_a_time(session)
    station = _station(session, op, payload.station, payload.name)
    if station.state != "trusted" or _differs(station, payload.station):
        station.state, station.asked_at = "pending", op.made_at
        station.seal_pub, station.sign_pub = payload.station.seal_pub, payload.station.sign_pub
    return {"state": station.state, "name": station.name}


def apply_let_station_in(session: Session, op: Operation) -> Mapping[str, object]:
    """Raises OperatorError: record_changed, where the keys are not those that were compared."""
    payload = cast(LetStationIn, op.payload)
    _one_at_a_time(session)
    station = need_row(session, StationRow, payload.station.uid, "station_not_found")
    if _differs(station, payload.station):
        raise OperatorError("record_changed")
    station.state, station.updated_at = "trusted", op.made_at
    _vouch(station, payload.approval)
    _put_copies(session, op, payload.site_uid, payload.copies)
    return {"state": station.state}


def apply_refuse_station(session: Session, op: Operation) -> Mapping[str, object]:
    """Only one that waits can be refused; one that holds the keys is removed, which changes them."""
    payload = cast(RefuseStation, op.payload)
    _one_at_a_time(session)
    station = need_row(session, StationRow, payload.station_uid, "station_not_found")
    if station.state != "pending":
        raise OperatorError("record_changed")
    station.state, station.updated_at = "revoked", op.made_at
    return {"state": station.state}


def apply_change_site_key(session: Session, op: Operation) -> Mapping[str, object]:
    """Raises OperatorError: record_changed, where somebody else made this version first."""
    payload = cast(ChangeSiteKey, op.payload)
    _one_at_a_time(session)
    version = session.get(SiteKeyRow, (payload.site_uid, payload.version.key_version))
    if version is not None and version.check_value != payload.version.check_value:
        raise OperatorError("record_changed")
    _add_versions(session, op, payload.site_uid, payload.made_by, (payload.version,))
    for signed in payload.removals:
        row = _holder(session, signed.about)
        if row is None:
            raise OperatorError("station_not_found")
        row.state, row.updated_at = "revoked", op.made_at
        row.removed_by, row.removed_at, row.removal = signed.by, signed.at, signed.signature
        names = [f"station:{signed.about}", f"recovery:{signed.about}"]
        session.execute(delete(KeyWrapRow).where(KeyWrapRow.recipient.in_(names)))
    for signed in payload.approvals:
        row = _holder(session, signed.about)
        if row is not None:
            _vouch(row, signed)
    _put_copies(session, op, payload.site_uid, payload.copies)
    return {"key_version": payload.version.key_version}


def apply_share_site_keys(session: Session, op: Operation) -> Mapping[str, object]:
    """Copies that are there already stay as they are."""
    payload = cast(ShareSiteKeys, op.payload)
    _one_at_a_time(session)
    lacking = [
        copy
        for copy in payload.copies
        if session.get(KeyWrapRow, (payload.site_uid, copy.key_version, copy.recipient)) is None
    ]
    _put_copies(session, op, payload.site_uid, lacking)
    return {"added": len(lacking)}


def apply_add_recovery_kit(session: Session, op: Operation) -> Mapping[str, object]:
    """A kit's keys come from its code, so a second one of the same uid is the same one."""
    payload = cast(AddRecoveryKit, op.payload)
    _one_at_a_time(session)
    row = row_by_uid(session, RecoveryKitRow, payload.kit.uid)
    if row is None:
        row = RecoveryKitRow(
            uid=payload.kit.uid,
            label=payload.label,
            seal_pub=payload.kit.seal_pub,
            sign_pub=payload.kit.sign_pub,
            state="trusted",
            created_at=op.made_at,
            endorsed_uid=payload.endorsement.about,
            endorsement=f"{payload.endorsement.at.isoformat()} {payload.endorsement.signature}",
        )
        session.add(row)
    _vouch(row, payload.approval)
    _put_copies(session, op, payload.site_uid, payload.copies)
    return {"kit_uid": payload.kit.uid}


def _holder(session: Session, uid: UUID) -> StationRow | RecoveryKitRow | None:
    return row_by_uid(session, StationRow, uid) or row_by_uid(session, RecoveryKitRow, uid)


def _station(session: Session, op: Operation, keys: PublicKeys, name: str) -> StationRow:
    """The station's row, made where it is new. Of two stations of one name the later one's is made longer."""
    row = row_by_uid(session, StationRow, keys.uid)
    if row is None:
        taken = session.scalar(select(func.count()).where(StationRow.name == name))
        row = StationRow(
            uid=keys.uid,
            name=f"{name} ({keys.uid.hex[-4:]})" if taken else name,
            state="pending",
            asked_at=op.made_at,
            created_at=op.made_at,
        )
        session.add(row)
    if row.seal_pub is None or row.sign_pub is None:
        row.seal_pub, row.sign_pub = keys.seal_pub, keys.sign_pub
    row.updated_at = op.made_at
    return row


def _differs(row: StationRow, keys: PublicKeys) -> bool:
    return (row.seal_pub, row.sign_pub) != (keys.seal_pub, keys.sign_pub)


def _vouch(row: StationRow | RecoveryKitRow, signed: Signed) -> None:
    row.approved_by, row.approved_at, row.approval = signed.by, signed.at, signed.signature


def _add_versions(
    session: Session, op: Operation, site_uid: UUID, made_by: UUID, versions: Iterable[SiteKeyVersion]
) -> None:
    for version in versions:
        if session.get(SiteKeyRow, (site_uid, version.key_version)) is None:
            session.add(
                SiteKeyRow(
                    site_uid=site_uid,
                    key_version=version.key_version,
                    check_value=version.check_value,
                    made_by=made_by,
                    created_at=op.made_at,
                )
            )


def _put_copies(session: Session, op: Operation, site_uid: UUID, copies: Iterable[SealedSiteKey]) -> None:
    for copy in copies:
        session.merge(
            KeyWrapRow(
                site_uid=site_uid,
                key_version=copy.key_version,
                recipient=copy.recipient,
                wrapped=base64.b64decode(copy.wrapped),
                made_by=copy.made_by,
                signature=copy.signature,
                created_at=op.made_at,
            )
        )


def _one_at_a_time(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


APPLIERS: dict[str, Applier] = {
    ClaimSite.kind: apply_claim_site,
    MoveSite.kind: apply_move_site,
    AskToJoin.kind: apply_ask_to_join,
    LetStationIn.kind: apply_let_station_in,
    RefuseStation.kind: apply_refuse_station,
    ChangeSiteKey.kind: apply_change_site_key,
    ShareSiteKeys.kind: apply_share_site_keys,
    AddRecoveryKit.kind: apply_add_recovery_kit,
}
