# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, cast
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError, StorageError
from app.domain.operations import Operation, Payload
from app.storage.lookup import need_row, row_by_uid
from app.storage.rows.ledger import AppliedOpRow
from app.storage.rows.people import SchoolRow, StudentRow
from app.storage.store import Store
from tests.databases import NOW

SCHOOL = UUID("0192f6d0-0000-7000-8000-000000000001")


@dataclass(frozen=True, slots=True)
class AddSchool(Payload):
    kind: ClassVar[str] = "test.add_school"
    school_uid: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Rename(Payload):
    kind: ClassVar[str] = "test.rename"
    student_uid: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Refuse(Payload):
    kind: ClassVar[str] = "test.refuse"
    name: str


def add_school(session: Session, op: Operation) -> Mapping[str, object]:
    payload = cast(AddSchool, op.payload)
    session.add(SchoolRow(uid=payload.school_uid, name=payload.name, created_at=op.made_at))
    session.flush()
    return {"school_uid": payload.school_uid, "at": op.made_at}


def rename(session: Session, op: Operation) -> Mapping[str, object]:
    payload = cast(Rename, op.payload)
    row = need_row(session, StudentRow, payload.student_uid, "student_not_found")
    row.name = payload.name
    return {"version": row.version}


def refuse(session: Session, op: Operation) -> Mapping[str, object]:
    session.add(SchoolRow(uid=op.op_uid, name=cast(Refuse, op.payload).name))
    session.flush()
    raise OperatorError("input_invalid", field="name")


KNOWN = {AddSchool.kind: add_school, Rename.kind: rename, Refuse.kind: refuse}


def operation(payload: Payload, number: int = 1) -> Operation:
    uid = UUID(f"0192f6d0-1111-7000-8000-{number:012d}")
    return Operation(op_uid=uid, aggregate_uid=SCHOOL, made_at=NOW, payload=payload)


@pytest.fixture
def small_store(database: Engine) -> Store:
    return Store(database, KNOWN)


def schools(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(SchoolRow.name).order_by(SchoolRow.id)))


def test_an_operation_is_written_and_answered(small_store: Store) -> None:
    answer = small_store.apply(operation(AddSchool(SCHOOL, "North")))
    assert answer == {"school_uid": str(SCHOOL), "at": "2026-03-02T08:30:00Z"}
    assert schools(small_store) == ["North"]


def test_applying_twice_changes_nothing_and_answers_the_same(small_store: Store) -> None:
    op = operation(AddSchool(SCHOOL, "North"))
    first = small_store.apply(op)
    assert small_store.apply(op) == first
    assert schools(small_store) == ["North"]
    with small_store.reading() as session:
        assert session.scalars(select(AppliedOpRow.kind)).all() == [AddSchool.kind]


def test_another_content_under_a_known_uid_is_a_conflict_that_is_seen(small_store: Store) -> None:
    small_store.apply(operation(AddSchool(SCHOOL, "North")))
    with pytest.raises(StorageError) as caught:
        small_store.apply(operation(AddSchool(SCHOOL, "South")))
    assert caught.value.code == "operation_mismatch"
    assert schools(small_store) == ["North"]


def test_the_instant_of_the_act_is_part_of_the_content(small_store: Store) -> None:
    op = operation(AddSchool(SCHOOL, "North"))
    small_store.apply(op)
    with pytest.raises(StorageError):
        small_store.apply(replace(op, made_at=NOW.replace(hour=9)))


def test_an_unknown_kind_is_refused(database: Engine) -> None:
    with pytest.raises(StorageError) as caught:
        Store(database, {}).apply(operation(AddSchool(SCHOOL, "North")))
    assert caught.value.code == "operation_mismatch"


def test_a_refusal_leaves_nothing_behind_and_may_be_tried_again(small_store: Store, database: Engine) -> None:
    op = operation(Refuse("North"))
    with pytest.raises(OperatorError):
        small_store.apply(op)
    assert schools(small_store) == []
    with small_store.reading() as session:
        assert session.scalars(select(AppliedOpRow.op_uid)).all() == []
    accepting = Store(database, {Refuse.kind: lambda session, op: {}})
    assert accepting.apply(op) == {}


def test_a_violated_constraint_is_named_alike_on_every_database(small_store: Store) -> None:
    small_store.apply(operation(AddSchool(SCHOOL, "North")))
    with pytest.raises(StorageError) as caught:
        small_store.apply(operation(AddSchool(UUID(int=7), "North"), number=2))
    assert caught.value.code == "record_refused"
    assert caught.value.facts["constraint"] == "uq_schools_name"
    assert schools(small_store) == ["North"]


def test_a_row_that_changed_meanwhile_is_not_overwritten(small_store: Store, database: Engine) -> None:
    with Session(database) as session, session.begin():
        school = SchoolRow(uid=SCHOOL, name="North")
        session.add(school)
        session.flush()
        session.add(StudentRow(uid=UUID(int=5), school_id=school.id, name="Ada", search_text="ada"))

    def rename_late(session: Session, op: Operation) -> Mapping[str, object]:
        row = need_row(session, StudentRow, UUID(int=5), "student_not_found")
        # What another station did between our read and our write.
        session.connection().exec_driver_sql("UPDATE students SET version = version + 1")
        row.name = "Zoe"
        return {}

    with pytest.raises(OperatorError) as caught:
        Store(database, {Rename.kind: rename_late}).apply(operation(Rename(UUID(int=5), "Zoe")))
    assert caught.value.code == "record_changed"
    with small_store.reading() as session:
        row = row_by_uid(session, StudentRow, UUID(int=5))
        assert row is not None
        assert (row.name, row.version) == ("Ada", 1)


def test_a_missing_row_is_told_with_the_code_asked_for(small_store: Store) -> None:
    with pytest.raises(OperatorError) as caught:
        small_store.apply(operation(Rename(UUID(int=9), "Zoe")))
    assert caught.value.code == "student_not_found"


@pytest.mark.parametrize("backend", ["sqlcipher", "sqlite"], indirect=True)
def test_a_full_disk_is_told_and_takes_nothing_that_was_written(small_store: Store, database: Engine) -> None:
    small_store.apply(operation(AddSchool(SCHOOL, "North")))
    with database.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        # Connections come from the pool, so this one is the next to write.
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    large = [AddSchool(UUID(int=100 + number), f"{number:0200}") for number in range(400)]

    def write_until_full() -> None:
        for number, payload in enumerate(large, start=2):
            small_store.apply(operation(payload, number))

    with pytest.raises(StorageError) as caught:
        write_until_full()

    assert caught.value.code == "disk_full"
    kept = schools(small_store)
    assert kept[0] == "North"
    assert kept[1:] == [payload.name for payload in large[: len(kept) - 1]]
    with database.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    small_store.apply(operation(AddSchool(UUID(int=99), "South"), number=999))
    assert schools(small_store)[-1] == "South"


def test_two_writers_of_one_operation_write_it_once(database: Engine) -> None:
    meeting = threading.Barrier(2, timeout=20)
    stores = [Store(database, KNOWN), Store(database, KNOWN)]
    answers: list[dict[str, object]] = []

    def write(store: Store) -> None:
        meeting.wait()
        answers.append(store.apply(operation(AddSchool(SCHOOL, "North"))))

    threads = [threading.Thread(target=write, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [{"school_uid": str(SCHOOL), "at": "2026-03-02T08:30:00Z"}] * 2
    assert schools(stores[0]) == ["North"]


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("losses", [2, 9])
def test_a_lost_race_is_run_again_but_not_for_ever(database: Engine, losses: int) -> None:
    calls: list[int] = []

    def lose(session: Session, op: Operation) -> Mapping[str, object]:
        calls.append(1)
        if len(calls) <= losses:
            session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40P01'; END $$"))
        return add_school(session, op)

    store = Store(database, {AddSchool.kind: lose})
    if losses == 2:
        store.apply(operation(AddSchool(SCHOOL, "North")))
        assert (len(calls), schools(store)) == (3, ["North"])
    else:
        with pytest.raises(StorageError) as caught:
            store.apply(operation(AddSchool(SCHOOL, "North")))
        assert caught.value.code == "database_busy"
        assert (len(calls), schools(store)) == (5, [])


def test_reading_sees_one_state_and_writes_nothing(small_store: Store, database: Engine) -> None:
    with small_store.reading() as session:
        session.add(SchoolRow(uid=SCHOOL, name="Ghost"))
        with pytest.raises(StorageError) as caught:
            _flush(session)
    assert caught.value.code == "database_read_only"
    assert schools(small_store) == []


def _flush(session: Session) -> None:
    from app.storage.errors import storage_errors

    with storage_errors():
        session.flush()
