# SPDX-License-Identifier: Apache-2.0
"""The search with the roster in memory: as in the database, kept true to it, forgiving, and forgettable."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine

from app.domain.names import searchable, student_search_text
from app.services import student_finder
from app.services.roster import RosterService
from app.services.roster_index import RosterIndex
from app.services.students import StudentService
from app.storage.store import Store
from tests.services.desk import Desk, open_desk

SYLLABLES = (
    "an",
    "be",
    "ca",
    "do",
    "él",
    "fi",
    "gà",
    "ho",
    "ín",
    "jo",
    "ka",
    "ma",
    "no",
    "ö",
    "pe",
    "ra",
    "sé",
    "ßa",
)


def names(number: int, seed: int) -> list[str]:
    source = random.Random(seed)

    def word() -> str:
        return "".join(source.choice(SYLLABLES) for _ in range(source.randint(1, 3))).capitalize()

    return [f"{word()} {word()}" for _ in range(number)]


def texts(number: int, seed: int) -> dict[int, str]:
    return {
        key: student_search_text(name, f"{name.split()[0]}.{key}@x.org", str(20_000 + key), "7B")
        for key, name in enumerate(names(number, seed), start=1)
    }


def by_hand(rows: dict[int, str], term_list: list[str]) -> set[int]:
    """Keys of the rows that hold every term; a single letter has to begin a word."""

    def holds(text: str, term: str) -> bool:
        return term in text if len(term) > 1 else f" {term}" in f" {text}"

    return {key for key, text in rows.items() if all(holds(text, term) for term in term_list)}


@pytest.mark.parametrize(
    "query", ["an", "a", "2", "20", "0017", "7b", "ß", "ÖPE", "no an", "ma 7b", "éra", "x"]
)
def test_the_index_finds_what_a_look_at_every_row_finds(query: str) -> None:
    rows = texts(400, seed=1)
    wanted = searchable(query).split()
    hits = RosterIndex(rows.items()).find(wanted, most=1000)
    assert {key for _, key in hits} == by_hand(rows, wanted)
    assert [penalty for penalty, _ in hits] == sorted(penalty for penalty, _ in hits)


@pytest.mark.parametrize("query", ["an", "ma 7b", "2001"])
def test_changes_since_it_was_built_count_like_the_rest(query: str) -> None:
    rows = texts(200, seed=2)
    index = RosterIndex(rows.items())
    rows |= {key: text for key, text in texts(300, seed=3).items() if key > 150}
    for gone in range(1, 40):
        del rows[gone]
        index.put(gone, None)
    for key in range(151, 301):
        index.put(key, rows[key])
    assert len(index) == len(rows)
    wanted = searchable(query).split()
    assert {key for _, key in index.find(wanted, most=1000)} == by_hand(rows, wanted)


def test_a_text_that_is_the_same_is_no_change() -> None:
    rows = texts(20, seed=4)
    index = RosterIndex(rows.items())
    for key, text in rows.items():
        index.put(key, text)
    assert index.changes == 0


@pytest.mark.parametrize("slip", ["marai", "mria", "maeia", "marria", "narin", "marian"])
def test_one_slip_is_forgiven_where_nobody_is_found(slip: str) -> None:
    rows = {1: "marin lopez", 2: "mario gomez"} if slip in ("narin", "marian") else {1: "maria lopez"}
    index = RosterIndex(rows.items())
    assert 1 in {key for _, key in index.find([slip], most=10)}
    assert 1 in {key for _, key in index.find([slip, "lop"], most=10)}
    assert index.find([slip, "smith"], most=10) == []
    later = RosterIndex(())
    later.put(1, rows[1])
    assert [key for _, key in later.find([slip], most=10)] == [1]


def test_two_slips_and_short_words_are_not_forgiven() -> None:
    index = RosterIndex([(1, "maria lopez 12345")])
    for term in ("mxrxa", "lop3z", "mra", "12346"):
        assert index.find([term], most=10) == []


def test_an_index_of_nobody_finds_nobody() -> None:
    index = RosterIndex(())
    assert (len(index), index.first(5), index.find(["a"], most=5)) == (0, [], [])


# -- on a database ----------------------------------------------------------------------------------------


@pytest.fixture
def loaded(desk: Desk) -> Desk:
    for number, name in enumerate(("Ana Lopez", "Bea Moreno", "Carl Marx")):
        desk.students.add(name, number=str(100 + number), email=f"mail{number}@x.org")
    assert list(desk.students.load_roster(Event())) == [3]
    return desk


def found(students: StudentService, text: str) -> list[str]:
    return [hit.card.name for hit in students.search(text)]


def test_who_is_added_is_found_at_once(loaded: Desk) -> None:
    loaded.students.add("Dora Lopez")
    assert found(loaded.students, "lopez") == ["Ana Lopez", "Dora Lopez"]
    assert found(loaded.students, "") == ["Ana Lopez", "Bea Moreno", "Carl Marx", "Dora Lopez"]


def test_who_is_renamed_or_leaves_here_is_found_so_at_once(loaded: Desk) -> None:
    bea, carl = loaded.students.find("101"), loaded.students.find("102")
    loaded.students.update(bea.uid, name="Bea Lopez")
    loaded.students.update(carl.uid, status="inactive")
    assert found(loaded.students, "lopez") == ["Ana Lopez", "Bea Lopez"]
    assert found(loaded.students, "moreno") == []
    assert found(loaded.students, "carl") == []
    assert found(loaded.students, "") == ["Ana Lopez", "Bea Lopez"]


def test_an_import_is_found_at_once(loaded: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    roster = RosterService(loaded.writer, loaded.students)
    rows = [f"{name},m{at}@y.org" for at, name in enumerate(names(30, seed=5))]
    for most in (1000, 10):  # put in one by one, and built anew
        monkeypatch.setattr(student_finder, "MOST_CHANGES", most)
        roster.import_csv(("name,email\n" + "\n".join([*rows, f"Zack {most},z@y.org"])).encode(), commit=True)
        assert found(loaded.students, "zack") == [f"Zack {most}"]
        assert len(loaded.students.search("", limit=100)) == 34


def test_what_another_station_does_is_seen(loaded: Desk, database: Engine) -> None:
    other = open_desk(Store(database))
    other.clock.now = loaded.clock.now - timedelta(minutes=2)  # its clock is behind
    other.students.add("Emil Lopez")
    assert found(loaded.students, "lopez") == ["Ana Lopez", "Emil Lopez"]
    bea = other.students.find("101")
    other.students.update(bea.uid, name="Bea Lopez")
    loaded.clock.turn(minutes=1)
    assert found(loaded.students, "lopez") == ["Ana Lopez", "Bea Lopez", "Emil Lopez"]
    other.students.update(bea.uid, status="inactive")
    assert found(loaded.students, "lopez") == ["Ana Lopez", "Emil Lopez"], "what is shown is read"


def test_a_slip_is_forgiven_once_the_roster_is_loaded(loaded: Desk) -> None:
    assert found(loaded.students, "lopze") == ["Ana Lopez"]
    loaded.students.forget_roster()
    assert found(loaded.students, "lopze") == []
    assert found(loaded.students, "lopez") == ["Ana Lopez"]


def test_an_e_mail_of_a_family_finds_the_ones_who_have_it(loaded: Desk) -> None:
    loaded.students.add("Mail Zero", email="mail0@other.org")
    assert found(loaded.students, "mail0@x") == ["Ana Lopez"]
    assert found(loaded.students, "mail0@x.org") == ["Ana Lopez"]
    assert found(loaded.students, "mail0@") == ["Ana Lopez", "Mail Zero"]


def test_too_many_students_are_left_to_the_database(loaded: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(student_finder, "MOST_STUDENTS", 2)
    loaded.students.forget_roster()
    assert list(loaded.students.load_roster(Event())) == []
    assert found(loaded.students, "lopez") == ["Ana Lopez"]


def test_loading_stops_when_the_window_closes(desk: Desk) -> None:
    desk.students.add("Ana Lopez")
    stop = Event()
    stop.set()
    assert list(desk.students.load_roster(stop)) == []


def test_what_is_locked_while_it_loads_is_not_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.students.add("Ana Lopez")
    read = student_finder.stored.indexed_students

    def locked_meanwhile(*given: Any, **named: Any) -> Iterator[Any]:
        yield from read(*given, **named)
        desk.students.forget_roster()

    monkeypatch.setattr(student_finder.stored, "indexed_students", locked_meanwhile)
    assert list(desk.students.load_roster(Event())) == []
    assert found(desk.students, "lopze") == []
