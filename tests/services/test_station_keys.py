# SPDX-License-Identifier: Apache-2.0
"""A station is taken out, the site key is changed, a subject is destroyed, all stations are lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, inspect, select, text

from app.domain.errors import OperatorError, SetupError
from app.domain.operations import Payload
from app.domain.station_sharing import SharingState, Standing
from app.services.site_books import text_of
from app.storage.rows.keys import KeyWrapRow, RecoveryKitRow
from app.storage.rows.ledger import SubjectKeyRow
from app.storage.store import Store
from tests.services.desk import Clock, fresh_id
from tests.services.sharing_desk import SharingStation, join, open_station, place

ANN, BO = fresh_id(), fresh_id()
ROW = fresh_id()


# -- removing and changing ----------------------------------------------------------------------------------


def test_a_removed_station_opens_nothing_new_even_with_a_copy_of_its_vault(
    database: Engine, tmp_path: Path
) -> None:
    clock = Clock()
    front = open_station(tmp_path / "Front", Store(database), clock)
    back = open_station(tmp_path / "Back", Store(database), clock)
    join(back, front)
    before = back.seal(b"seen before", ANN, ROW)
    kept = (back.folder / "station.keys").read_bytes()
    clock.turn(seconds=1)
    front.service.remove(back.uid)
    assert front.overview().behind == 1
    assert front.rewrap() == 0
    after = front.seal(b"new", ANN, BO)
    assert front.open(before, ANN, ROW) == b"seen before"

    assert back.service.tend()
    assert back.overview().state is SharingState.REMOVED
    assert back.service.keys.site_uid != front.service.keys.site_uid
    for token, row in ((before, ROW), (after, BO)):
        with pytest.raises(SetupError, match="site_key_absent"):
            back.open(token, ANN, row)
    with pytest.raises(SetupError, match="station_removed"):
        back.seal(b"more", ANN, ROW)

    # Somebody puts the old vault back and keeps the program from looking into the database.
    (back.folder / "station.keys").write_bytes(kept)
    thief = open_station(back.folder, Store(database), clock, begin=False)
    for token, row in ((before, ROW), (after, BO)):
        with pytest.raises(SetupError, match="site_key_absent"):
            thief.open(token, ANN, row)


def test_a_removed_station_that_kept_a_students_key_cannot_open_what_is_new_of_that_student(
    opened: Callable[[str], SharingStation],
) -> None:
    front, back = opened("Front"), opened("Back")
    join(back, front)
    old = front.seal(b"before", ANN, ROW)
    held = back.subject_keys.of(ANN)
    front.service.remove(back.uid)
    new = front.seal(b"after", ANN, BO)
    assert held.open(old, place(ANN, ROW)) == b"before"
    with pytest.raises(SetupError, match="site_key_absent"):
        held.open(new, place(ANN, BO))


def test_who_was_let_in_by_a_removed_station_stays(opened: Callable[[str], SharingStation]) -> None:
    front, back = opened("Front"), opened("Back")
    join(back, front)
    third = opened("Third")
    join(third, back)
    front.clock.turn(seconds=1)
    front.service.remove(back.uid)
    third.service.tend()
    fourth = opened("Fourth")
    join(fourth, front)
    assert fourth.entry(third.uid).standing is Standing.MEMBER
    token = third.seal(b"ridges", ANN, ROW)
    assert token.startswith("be1:a256gcm:2:")
    for each in (front, fourth):
        assert each.open(token, ANN, ROW) == b"ridges"
    with pytest.raises(OperatorError, match="station_not_found"):
        front.service.remove(front.uid)


def test_an_old_approval_put_back_does_not_bring_a_removed_station_back(
    opened: Callable[[str], SharingStation], engine: Engine
) -> None:
    front, back = opened("Front"), opened("Back")
    join(back, front)
    front.clock.turn(seconds=1)
    front.service.remove(back.uid)
    with engine.begin() as connection:
        connection.execute(text("UPDATE stations SET state='trusted', removal=NULL, removed_by=NULL"))
    front.service.tend()
    assert front.entry(back.uid).standing is Standing.UNPROVEN
    front.service.change_keys()
    with engine.connect() as connection:
        recipients = set(connection.execute(select(KeyWrapRow.recipient)).scalars())
    assert recipients == {f"station:{front.uid}"}


def test_a_removed_station_can_be_let_in_again(opened: Callable[[str], SharingStation]) -> None:
    front, back = opened("Front"), opened("Back")
    join(back, front)
    front.clock.turn(seconds=1)
    front.service.remove(back.uid)
    back.service.tend()
    back.service.ask()
    token = front.seal(b"ridges", ANN, ROW)
    join(back, front)
    assert back.open(token, ANN, ROW) == b"ridges"
    assert front.entry(back.uid).standing is Standing.MEMBER


def test_two_stations_that_change_the_key_at_once_end_with_one(
    opened: Callable[[str], SharingStation], monkeypatch: pytest.MonkeyPatch
) -> None:
    front, back = opened("Front"), opened("Back")
    join(back, front)
    real = front.writer.write

    def slower(uid: UUID, payload: Payload) -> dict[str, Any]:
        if payload.kind == "site_key.change":
            monkeypatch.setattr(front.writer, "write", real)
            back.service.change_keys()
        return real(uid, payload)

    monkeypatch.setattr(front.writer, "write", slower)
    with pytest.raises(OperatorError, match="record_changed"):
        front.service.change_keys()
    assert front.service.tend()
    token = front.seal(b"ridges", ANN, ROW)
    assert back.open(token, ANN, ROW) == b"ridges"
    front.service.change_keys()
    assert front.service.keys.sealer.current_version == 3


def test_who_came_in_while_the_key_was_changed_gets_it_later(
    opened: Callable[[str], SharingStation], engine: Engine
) -> None:
    front, back = opened("Front"), opened("Back")
    join(back, front)
    front.service.change_keys()
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM key_wraps WHERE key_version = 2"))
    assert not back.service.tend()
    front.service.tend()
    assert back.service.tend()
    assert back.service.keys.sealer.current_version == 2


# -- destruction --------------------------------------------------------------------------------------------


def test_destroyed_on_one_station_is_destroyed_on_all_and_in_every_row(
    database: Engine, tmp_path: Path
) -> None:
    clock = Clock()
    front = open_station(tmp_path / "Front", Store(database), clock)
    back = open_station(tmp_path / "Back", Store(database), clock)
    tokens = [front.seal(b"front", ANN, ROW), back.seal(b"back", ANN, ROW)]
    join(back, front)
    code = front.kits.new_code()
    front.kits.add(code, code, "safe")
    with database.connect() as connection:
        wraps = [bytes(each) for each in connection.execute(select(SubjectKeyRow.wrapped)).scalars()]
    back.rewrap()
    front.service.change_keys()
    front.rewrap()
    back.service.tend()
    tokens.append(back.seal(b"again", ANN, ROW))
    assert len([back.open(token, ANN, ROW) for token in tokens]) == 3
    with database.connect() as connection:
        wraps += [bytes(each) for each in connection.execute(select(SubjectKeyRow.wrapped)).scalars()]
    assert len(wraps) == 5

    assert front.subject_keys.destroy(ANN) == 3
    assert front.subject_keys.destroy(ANN) == 0
    back.service.tend()
    front.service.tend()
    spare = open_station(tmp_path / "Spare", Store(database), clock)
    spare.kits.recover(code)
    for each in (front, back, spare):
        for token in tokens:
            with pytest.raises(SetupError, match="seal_broken"):
                each.open(token, ANN, ROW)
        with pytest.raises(SetupError, match="seal_broken"):
            each.seal(b"more", ANN, ROW)
    assert_nowhere(database, wraps)


def test_a_key_that_comes_after_the_destruction_is_refused(opened: Callable[[str], SharingStation]) -> None:
    front = opened("Front")
    keys = front.subject_keys.of(ANN)
    front.subject_keys.destroy(ANN)
    with pytest.raises(OperatorError, match="subject_erased"):
        keys.seal(b"late", place(ANN, ROW))


def assert_nowhere(engine: Engine, wraps: list[bytes]) -> None:
    """No table holds any of these wrapped keys, neither as bytes nor as text."""
    forms = [*wraps, *(text_of(each).encode() for each in wraps), *(each.hex().encode() for each in wraps)]
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                for value in row:
                    held = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    assert not any(form in held for form in forms), table


# -- recovery -----------------------------------------------------------------------------------------------


def test_a_recovery_code_opens_everything_when_all_stations_are_lost(
    database: Engine, tmp_path: Path
) -> None:
    clock = Clock()
    front = open_station(tmp_path / "Front", Store(database), clock)
    code = front.kits.new_code()
    front.kits.add(code, code, "safe in the office")
    back = open_station(tmp_path / "Back", Store(database), clock)
    join(back, front)
    token = back.seal(b"ridges", ANN, ROW)
    clock.turn(seconds=1)
    back.service.remove(front.uid)  # the station that made the kit is gone since, and the key is another
    back.rewrap()
    newer = back.seal(b"loops", BO, ROW)
    assert back.kits.opens(code)

    fresh = open_station(tmp_path / "Fresh", Store(database), clock)
    own = fresh.seal(b"own", BO, ROW)
    fresh.kits.recover(code.lower().replace("-", " "))
    assert fresh.overview().state is SharingState.MEMBER
    assert fresh.open(token, ANN, ROW) == b"ridges"
    assert fresh.open(newer, BO, ROW) == b"loops"
    assert fresh.rewrap() == 0
    assert fresh.open(own, BO, ROW) == b"own"
    fresh.kits.recover(code)  # a second time does no harm
    back.service.tend()
    assert back.entry(fresh.uid).standing is Standing.MEMBER
    clock.turn(seconds=1)
    fresh.service.remove(back.uid)
    assert fresh.entry(back.uid).standing is Standing.REMOVED


def test_a_withdrawn_code_opens_nothing(opened: Callable[[str], SharingStation], engine: Engine) -> None:
    front = opened("Front")
    code = front.kits.new_code()
    front.kits.add(code, code, "lost")
    with engine.connect() as connection:
        kit_uid = connection.execute(select(RecoveryKitRow.uid)).scalar_one()
    front.clock.turn(seconds=1)
    front.service.remove(kit_uid)
    fresh = opened("Fresh")
    for act in (fresh.kits.recover, front.kits.opens):
        with pytest.raises(OperatorError, match="recovery_kit_absent"):
            act(code)
    with pytest.raises(OperatorError, match="recovery_kit_absent"):
        fresh.kits.recover(front.kits.new_code())
    with pytest.raises(OperatorError, match="recovery_code_wrong"):
        fresh.kits.recover(code[:-1])
    with pytest.raises(OperatorError, match="recovery_code_wrong"):
        front.kits.add(code, front.kits.new_code(), "another paper")
