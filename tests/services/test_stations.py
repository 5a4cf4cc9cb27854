# SPDX-License-Identifier: Apache-2.0
"""Stations share a school's keys: asking, comparing, letting in, taking out; what a forger does is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text, update

from app.domain.errors import OperatorError, SetupError
from app.domain.station_sharing import SharingState, Standing
from app.security.membership import copies_for
from app.services.site_books import public_keys, text_of
from app.storage.engine import open_local
from app.storage.rows.keys import KeyWrapRow
from app.storage.rows.ledger import SubjectKeyRow
from app.storage.rows.people import StationRow
from app.storage.store import Store
from tests.databases import KEY
from tests.services.desk import Clock, fresh_id
from tests.services.sharing_desk import SharingStation, join, open_station

ANN, BO = fresh_id(), fresh_id()
ROW = fresh_id()


# -- joining ------------------------------------------------------------------------------------------------


def test_a_station_that_was_let_in_opens_what_another_sealed(database: Engine, tmp_path: Path) -> None:
    clock = Clock()
    front = open_station(tmp_path / "Front", Store(database), clock)
    token = front.seal(b"ridges", ANN, ROW)
    back = open_station(tmp_path / "Back", Store(database), clock)
    assert back.overview().state is SharingState.WAITING
    with pytest.raises(SetupError, match="site_key_absent"):
        back.open(token, ANN, ROW)
    join(back, front)
    assert back.open(token, ANN, ROW) == b"ridges"
    assert back.overview().state is SharingState.MEMBER
    assert front.open(back.seal(b"loops", ANN, BO), ANN, BO) == b"loops"
    for each in (front, back):
        assert {entry.standing for entry in each.overview().holders} == {Standing.MEMBER}


def test_a_missing_key_is_looked_for_once_it_is_needed(opened: Callable[[str], SharingStation]) -> None:
    front, back = opened("Front"), opened("Back")
    token = front.seal(b"ridges", ANN, ROW)
    front.service.let_in(back.uid, back.overview().digits)
    assert back.open(token, ANN, ROW) == b"ridges"


def test_what_a_waiting_station_sealed_opens_everywhere_afterwards(
    opened: Callable[[str], SharingStation],
) -> None:
    front, back = opened("Front"), opened("Back")
    first = front.seal(b"of the front", ANN, ROW)
    own = [back.seal(b"of the back", student, ROW) for student in (ANN, BO)]
    with pytest.raises(SetupError, match="site_key_absent"):
        front.open(own[0], ANN, ROW)
    join(back, front)
    assert back.overview().behind == 2
    assert back.rewrap() == 0
    assert back.overview().behind == 0
    front.subject_keys.forget()
    for each in (front, back, opened("Front")):
        assert [each.open(token, student, ROW) for token, student in zip(own, (ANN, BO), strict=True)] == [
            b"of the back"
        ] * 2
        assert each.open(first, ANN, ROW) == b"of the front"


def test_two_stations_that_shared_a_server_before_keys_could_be_shared(
    opened: Callable[[str], SharingStation], engine: Engine
) -> None:
    """Their rows do not say whose site key wraps them, and both keys have the number 1."""
    front, back = opened("Front"), opened("Back")
    tokens = {ANN: front.seal(b"front", ANN, ROW), BO: back.seal(b"back", BO, ROW)}
    with engine.begin() as connection:
        connection.execute(update(SubjectKeyRow).values(site_uid=None, sealed_site_uid=None))
    front, back = opened("Front"), opened("Back")
    assert front.rewrap() == 1  # what is not its own it leaves alone
    assert front.open(tokens[ANN], ANN, ROW) == b"front"
    with pytest.raises(SetupError, match="seal_broken"):
        front.open(tokens[BO], BO, ROW)
    join(back, front)
    assert back.rewrap() == 0
    for each in (front, back):
        assert each.open(tokens[ANN], ANN, ROW) == b"front"
        assert each.open(tokens[BO], BO, ROW) == b"back"


def test_wrong_digits_let_nobody_in(opened: Callable[[str], SharingStation]) -> None:
    front, back = opened("Front"), opened("Back")
    shown = back.overview().digits
    wrong = shown[:-1] + str((int(shown[-1]) + 1) % 10)
    for digits in (wrong, "", shown[:-1], "front desk"):
        with pytest.raises(OperatorError, match="fingerprint_differs"):
            front.service.let_in(back.uid, digits)
    assert not back.service.tend()
    front.service.let_in(back.uid, shown.replace(" ", "-"))
    assert back.service.tend()


def test_a_forged_public_key_shows_other_digits_and_gets_nothing(
    opened: Callable[[str], SharingStation], engine: Engine, tmp_path: Path
) -> None:
    front, back = opened("Front"), opened("Back")
    shown = back.overview().digits
    thief = open_station(tmp_path / "thief", Store(engine), Clock(), begin=False)
    forged = public_keys(thief.service.keys.recipient)
    with engine.begin() as connection:
        connection.execute(
            update(StationRow)
            .where(StationRow.uid == back.uid)
            .values(seal_pub=forged.seal_pub, sign_pub=forged.sign_pub)
        )
    assert front.entry(back.uid).digits != shown
    with pytest.raises(OperatorError, match="fingerprint_differs"):
        front.service.let_in(back.uid, shown)
    with engine.connect() as connection:
        assert connection.execute(select(KeyWrapRow)).all() == []


def test_a_false_school_shows_other_digits(
    opened: Callable[[str], SharingStation], engine: Engine, tmp_path: Path
) -> None:
    """The new station is shown a forged member, whose copies of keys it would take."""
    front = opened("Front")
    thief = open_station(tmp_path / "thief", Store(engine), Clock(), begin=False)
    forged = public_keys(thief.service.keys.recipient)
    with engine.begin() as connection:
        connection.execute(
            update(StationRow)
            .where(StationRow.uid == front.uid)
            .values(seal_pub=forged.seal_pub, sign_pub=forged.sign_pub)
        )
    back = opened("Back")
    assert front.entry(back.uid).digits != back.overview().digits
    with pytest.raises(OperatorError, match="fingerprint_differs"):
        front.service.let_in(back.uid, back.overview().digits)


def test_keys_that_no_member_signed_are_not_taken(
    opened: Callable[[str], SharingStation], engine: Engine, tmp_path: Path
) -> None:
    front, back = opened("Front"), opened("Back")
    thief = open_station(tmp_path / "thief", Store(engine), Clock(), begin=False).service.keys
    site_uid = front.service.keys.site_uid

    def planted(recipient: SharingStation, made_by: UUID, version: int) -> None:
        (copy,) = copies_for(
            [recipient.service.keys.recipient], site_uid, {version: bytes(32)}, made_by, thief.sign_key
        )
        with engine.begin() as connection:
            connection.execute(
                KeyWrapRow.__table__.insert().values(
                    site_uid=site_uid,
                    key_version=version,
                    recipient=copy.recipient,
                    wrapped=copy.wrapped,
                    made_by=made_by,
                    signature=text_of(copy.signature),
                    created_at=front.clock(),
                )
            )

    planted(back, thief.station_uid, 1)
    planted(front, front.uid, 2)
    for each in (front, back):
        assert not each.service.tend()
        assert each.overview().is_forged
        assert each.service.keys.sealer.current_version == 1


def test_a_row_that_calls_itself_trusted_is_not(
    opened: Callable[[str], SharingStation], engine: Engine
) -> None:
    front, back = opened("Front"), opened("Back")
    with engine.begin() as connection:
        connection.execute(text("UPDATE stations SET state = 'trusted'"))
    assert front.entry(back.uid).standing is Standing.UNPROVEN
    front.service.change_keys()
    assert not back.service.tend()
    with engine.connect() as connection:
        recipients = set(connection.execute(select(KeyWrapRow.recipient)).scalars())
    assert recipients == {f"station:{front.uid}"}


def test_a_third_station_is_known_by_the_word_of_the_second(
    opened: Callable[[str], SharingStation],
) -> None:
    front, back = opened("Front"), opened("Back")
    join(back, front)
    third = opened("Third")
    join(third, back)
    assert third.entry(front.uid).standing is Standing.MEMBER
    assert front.entry(third.uid).standing is Standing.UNPROVEN  # not looked yet
    front.service.tend()
    assert front.entry(third.uid).standing is Standing.MEMBER
    token = front.seal(b"ridges", ANN, ROW)
    assert third.open(token, ANN, ROW) == b"ridges"


def test_digits_are_of_a_moment_and_can_be_asked_for_anew(opened: Callable[[str], SharingStation]) -> None:
    front, back, third = opened("Front"), opened("Back"), opened("Third")
    join(back, front)
    assert third.overview().is_outdated
    with pytest.raises(OperatorError, match="fingerprint_differs"):
        front.service.let_in(third.uid, third.overview().digits)
    third.service.ask()
    assert not third.overview().is_outdated
    join(third, front)


def test_a_refused_station_stays_out_until_it_asks_again(opened: Callable[[str], SharingStation]) -> None:
    front, back = opened("Front"), opened("Back")
    front.service.refuse(back.uid)
    assert opened("Back").overview().state is SharingState.REMOVED
    back.service.tend()
    with pytest.raises(SetupError, match="station_removed"):
        back.seal(b"ridges", ANN, ROW)
    with pytest.raises(OperatorError, match="station_not_found"):
        front.service.let_in(back.uid, back.overview().digits)
    back.service.ask()
    assert back.seal(b"ridges", ANN, ROW)
    join(back, front)


def test_only_a_member_decides(opened: Callable[[str], SharingStation]) -> None:
    front, back, third = opened("Front"), opened("Back"), opened("Third")
    code = back.kits.new_code()
    for act in (
        lambda: back.service.let_in(third.uid, third.overview().digits),
        lambda: back.service.refuse(third.uid),
        lambda: back.service.remove(front.uid),
        back.service.change_keys,
        lambda: back.kits.add(code, code, "safe"),
    ):
        with pytest.raises(OperatorError, match="station_not_member"):
            act()


# -- databases of a station's own ---------------------------------------------------------------------------


def test_a_stations_own_database_follows_it_into_the_school(
    opened: Callable[[str], SharingStation], migrated_files: dict[str, Path], tmp_path: Path
) -> None:
    """First its own file, then the school's server, then its own file again."""
    file = tmp_path / "own.db"
    file.write_bytes(migrated_files["sqlcipher"].read_bytes())
    own_engine = open_local(file, KEY)
    clock = Clock()
    alone = open_station(tmp_path / "Back", Store(own_engine), clock)
    token = alone.seal(b"alone", ANN, ROW)
    front, back = opened("Front"), opened("Back")
    assert back.uid == alone.uid
    join(back, front)
    again = open_station(tmp_path / "Back", Store(own_engine), clock)
    assert again.overview().state is SharingState.MEMBER
    assert again.open(token, ANN, ROW) == b"alone"
    assert again.overview().behind == 1
    again.rewrap()
    own_engine.dispose()
    with Store(own_engine).reading() as session:
        (row,) = session.scalars(select(SubjectKeyRow)).all()
        assert row.site_uid == front.service.keys.site_uid
    own_engine.dispose()


def test_a_school_that_a_station_left_is_not_taken_along(
    opened: Callable[[str], SharingStation], migrated_files: dict[str, Path], tmp_path: Path
) -> None:
    """Two schools' servers, one station that was let in at both: each server stays its school's."""
    file = tmp_path / "other.db"
    file.write_bytes(migrated_files["sqlcipher"].read_bytes())
    other_engine = open_local(file, KEY)
    clock = Clock()
    elsewhere = open_station(tmp_path / "Elsewhere", Store(other_engine), clock)
    front, guest = opened("Front"), opened("Guest")
    join(guest, front)
    token = front.seal(b"ridges", ANN, ROW)
    visiting = open_station(tmp_path / "Guest", Store(other_engine), clock)
    join(visiting, elsewhere)
    back_again = opened("Guest")
    assert back_again.overview().state is SharingState.WAITING
    assert back_again.open(token, ANN, ROW) == b"ridges"  # it still has the keys, as one that left has
    assert opened("Front").overview().state is SharingState.MEMBER
    other_engine.dispose()


def test_names_of_stations_may_be_the_same(
    opened: Callable[[str], SharingStation], engine: Engine, tmp_path: Path
) -> None:
    front = opened("Front")
    (tmp_path / "elsewhere").mkdir()
    twin = open_station(tmp_path / "elsewhere" / "Front", Store(engine), Clock())
    assert front.entry(twin.uid).name == f"Front ({twin.uid.hex[-4:]})"
    assert replace(front.entry(front.uid), since=None).name == "Front"
