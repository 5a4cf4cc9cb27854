# SPDX-License-Identifier: Apache-2.0
"""A program killed at any step of sharing keys loses nothing, and the next try comes to its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from app.domain.station_sharing import SharingState, Standing
from app.storage.engine import open_local
from app.storage.store import Store
from tests.databases import KEY
from tests.services.desk import Clock, fresh_id
from tests.services.sharing_desk import SharingStation, open_station

ANN, BO = fresh_id(), fresh_id()
ROW = fresh_id()


class Killed(BaseException):
    """The program ends here."""


def steps(station: SharingStation, at: int | None, patch: pytest.MonkeyPatch) -> list[str]:
    """Counts what is written to vault and database, and kills the program before or after one of them."""
    done: list[str] = []

    def watched(owner: object, name: str) -> None:
        real = getattr(owner, name)

        def step(*arguments: Any, **named: Any) -> Any:
            done.append(name)
            if at == 2 * (len(done) - 1):
                raise Killed
            result = real(*arguments, **named)
            if at == 2 * len(done) - 1:
                raise Killed
            return result

        patch.setattr(owner, name, step)

    watched(station.vault, "change")
    watched(station.writer, "write")
    return done


@pytest.mark.parametrize("act", ["ask", "let_in", "come_in", "remove", "rewrap"])
def test_killed_at_any_step_nothing_is_lost_and_the_next_try_succeeds(
    act: str, migrated_files: dict[str, Path], tmp_path: Path
) -> None:
    at = 0
    while True:
        folder = tmp_path / f"{act}{at}"
        folder.mkdir()
        file = folder / "station.db"
        file.write_bytes(migrated_files["sqlcipher"].read_bytes())
        engine = open_local(file, KEY)
        try:
            if _lived_through(act, at, folder, Store(engine)):
                break
        finally:
            engine.dispose()
        at += 1
    assert at >= 2  # there were steps to be killed at


def _lived_through(act: str, at: int, folder: Path, store: Store) -> bool:
    """Whether the act came to its end; fresh programs repeat a killed one and must succeed."""
    clock = Clock()

    def opened(name: str, *, begin: bool = True) -> SharingStation:
        clock.turn(seconds=1)
        return open_station(folder / name, store, clock, begin=begin)

    front = opened("Front")
    tokens = {ANN: front.seal(b"front", ANN, ROW)}
    back = opened("Back", begin=False)
    if act != "ask":
        back.service.begin()
        tokens[BO] = back.seal(b"back", BO, ROW)
    if act in ("come_in", "remove", "rewrap"):
        front.service.let_in(back.uid, back.overview().digits)
    if act in ("remove", "rewrap"):
        back.service.tend()
    if act == "remove":
        back.rewrap()
        clock.turn(seconds=1)
    acts: dict[str, tuple[SharingStation, Callable[[], object]]] = {
        "ask": (back, back.service.begin),
        "let_in": (front, lambda: front.service.let_in(back.uid, back.overview().digits)),
        "come_in": (back, back.service.tend),
        "remove": (front, lambda: front.service.remove(back.uid)),
        "rewrap": (back, back.rewrap),
    }
    whose, do = acts[act]
    killed = False
    with pytest.MonkeyPatch.context() as patch:
        steps(whose, at, patch)
        try:
            do()
        except Killed:
            killed = True
    front, back = opened("Front"), opened("Back")
    if act == "remove":
        if front.entry(back.uid).standing is not Standing.REMOVED:
            front.service.remove(back.uid)
        assert front.service.keys.sealer.current_version >= 2
        assert front.rewrap() == 0
        assert opened("Back").overview().state is SharingState.REMOVED
        for student, token in tokens.items():
            assert front.open(token, student, ROW) in (b"front", b"back")
        return not killed
    if back.overview().state is SharingState.WAITING:
        front.service.let_in(back.uid, back.overview().digits)
        assert back.service.tend()
    back.rewrap()
    front.subject_keys.forget()
    for station in (front, back):
        for student, token in tokens.items():
            assert station.open(token, student, ROW) in (b"front", b"back")
    return not killed


def test_rewrapping_goes_on_where_it_was_stopped(
    opened: Callable[[str], SharingStation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.rewrapping.BATCH", 3)
    front = opened("Front")
    students = [fresh_id() for _ in range(10)]
    tokens = [front.seal(b"ridges", student, ROW) for student in students]
    front.service.change_keys()
    stop = Event()
    seen = []
    for progress in front.rewrapping.run(stop):
        seen.append((progress.done, progress.total))
        if progress.done == 6:
            stop.set()
    assert seen == [(3, 10), (6, 10)]
    assert front.overview().behind == 4
    assert [each.done for each in opened("Front").rewrapping.run(Event())] == [3, 4]
    front.subject_keys.forget()
    assert [front.open(token, student, ROW) for token, student in zip(tokens, students, strict=True)] == [
        b"ridges"
    ] * 10


def test_keys_of_a_station_that_never_joined_are_left_and_counted(
    opened: Callable[[str], SharingStation],
) -> None:
    front, back = opened("Front"), opened("Back")
    back.seal(b"ridges", ANN, ROW)
    assert front.rewrap() == 1
    assert front.overview().behind == 1
