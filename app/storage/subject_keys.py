# SPDX-License-Identifier: Apache-2.0
"""The wrapped keys of subjects: everything sealed for a student opens with the student's keys alone."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError
from app.domain.operations import Operation
from app.domain.operations_subject_keys import AddSubjectKey, DestroySubjectKeys, RewrapSubjectKeys
from app.storage.apply.applier import Applier
from app.storage.log_erasure import forget_wraps
from app.storage.rows.ledger import SubjectKeyRow


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One wrapped key of a subject; ``wrapped`` is None once it was destroyed. See ``SubjectKeyRow``."""

    key_uid: UUID
    subject_uid: UUID
    site_uid: UUID | None
    key_version: int
    sealed_site_uid: UUID | None
    born_version: int
    wrapped: bytes | None = field(repr=False)


def subject_keys_of(session: Session, subject_uid: UUID) -> tuple[StoredKey, ...]:
    """The subject's keys, the one to seal with first: made under the newest site key, then the oldest."""
    rows = session.scalars(
        select(SubjectKeyRow)
        .where(SubjectKeyRow.subject_uid == subject_uid)
        .order_by(SubjectKeyRow.born_version.desc(), SubjectKeyRow.created_at, SubjectKeyRow.key_uid)
    )
    return tuple(_stored(row) for row in rows)


def keys_to_rewrap(
    session: Session, site_uid: UUID, key_version: int, after: UUID | None, most: int
) -> tuple[StoredKey, ...]:
    """Keys that another site key wraps than this one, in the order of their uid, from behind ``after``."""
    query = select(SubjectKeyRow).where(_behind(site_uid, key_version))
    if after is not None:
        query = query.where(SubjectKeyRow.key_uid > after)
    return tuple(_stored(row) for row in session.scalars(query.order_by(SubjectKeyRow.key_uid).limit(most)))


def count_keys_to_rewrap(session: Session, site_uid: UUID, key_version: int) -> int:
    """How many there are."""
    count = select(func.count()).select_from(SubjectKeyRow).where(_behind(site_uid, key_version))
    return session.scalar(count) or 0


def destroyed_among(session: Session, subject_uids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the subjects whose keys were destroyed."""
    query = select(SubjectKeyRow.subject_uid).where(SubjectKeyRow.destroyed_at.is_not(None))
    return frozenset(session.scalars(query)) & frozenset(subject_uids)


def apply_add_subject_key(session: Session, op: Operation) -> Mapping[str, object]:
    """Keep the key. The answer holds no key: answers are kept, and would outlive its destruction.

    Raises:
        OperatorError: subject_erased, where the subject's keys were destroyed.
    """
    payload = cast(AddSubjectKey, op.payload)
    _lock_subject(session, payload.subject_uid)
    if any(key.wrapped is None for key in subject_keys_of(session, payload.subject_uid)):
        raise OperatorError("subject_erased", subject=payload.subject_uid)
    session.add(
        SubjectKeyRow(
            key_uid=payload.key_uid,
            subject_uid=payload.subject_uid,
            site_uid=payload.site_uid,
            key_version=payload.key_version,
            sealed_site_uid=payload.site_uid,
            born_version=payload.key_version,
            wrapped=base64.b64decode(payload.wrapped),
            created_at=op.made_at,
        )
    )
    return {"key_uid": payload.key_uid}


def apply_rewrap_subject_keys(session: Session, op: Operation) -> Mapping[str, object]:
    """Replace the wraps that are still as they were found."""
    payload = cast(RewrapSubjectKeys, op.payload)
    found = select(SubjectKeyRow).where(SubjectKeyRow.key_uid.in_([key.key_uid for key in payload.keys]))
    rows = {row.key_uid: row for row in session.scalars(found.with_for_update())}
    changed = 0
    for key in payload.keys:
        row = rows.get(key.key_uid)
        as_found = (key.from_site_uid, key.from_version)
        if row is None or row.wrapped is None or (row.site_uid, row.key_version) != as_found:
            continue
        if key.sealed_site_uid != payload.site_uid:
            row.born_version = 0
        row.site_uid, row.key_version = payload.site_uid, payload.key_version
        row.sealed_site_uid = key.sealed_site_uid
        row.wrapped = base64.b64decode(key.wrapped)
        changed += 1
    return {"changed": changed}


def apply_destroy_subject_keys(session: Session, op: Operation) -> Mapping[str, object]:
    """Overwrite every key; what stays is a mark, so that no key is ever made for the subject again."""
    payload = cast(DestroySubjectKeys, op.payload)
    _lock_subject(session, payload.subject_uid)
    keys = subject_keys_of(session, payload.subject_uid)
    if not keys:
        session.add(
            SubjectKeyRow(
                key_uid=payload.subject_uid,
                subject_uid=payload.subject_uid,
                key_version=1,
                born_version=0,
                created_at=op.made_at,
                destroyed_at=op.made_at,
            )
        )
    session.execute(
        update(SubjectKeyRow)
        .where(SubjectKeyRow.subject_uid == payload.subject_uid, SubjectKeyRow.wrapped.is_not(None))
        .values(wrapped=None, destroyed_at=op.made_at)
    )
    forget_wraps(session, payload.subject_uid, [key.key_uid for key in keys])
    return {"destroyed": sum(1 for key in keys if key.wrapped is not None)}


def _lock_subject(session: Session, subject_uid: UUID) -> None:
    """Making and destroying keys of one subject wait for each other; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(subject_uid.bytes[8:], signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))


def _behind(site_uid: UUID, key_version: int) -> ColumnElement[bool]:
    other = or_(
        SubjectKeyRow.site_uid.is_(None),
        SubjectKeyRow.site_uid != site_uid,
        SubjectKeyRow.key_version < key_version,
    )
    return and_(SubjectKeyRow.wrapped.is_not(None), other)


def _stored(row: SubjectKeyRow) -> StoredKey:
    return StoredKey(
        key_uid=row.key_uid,
        subject_uid=row.subject_uid,
        site_uid=row.site_uid,
        key_version=row.key_version,
        sealed_site_uid=row.sealed_site_uid,
        born_version=row.born_version,
        wrapped=row.wrapped,
    )


APPLIERS: dict[str, Applier] = {
    AddSubjectKey.kind: apply_add_subject_key,
    RewrapSubjectKeys.kind: apply_rewrap_subject_keys,
    DestroySubjectKeys.kind: apply_destroy_subject_keys,
}
