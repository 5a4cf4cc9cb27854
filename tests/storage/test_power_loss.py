# SPDX-License-Identifier: Apache-2.0
"""Power cuts, simulated below SQLite: what was acknowledged is there afterwards.

A file system of our own keeps, per file, what was synced and what was only written. A cut keeps each
unsynced write with probability one half and tears a fifth of those. It runs apsw's SQLite, so it proves our
settings, not SQLCipher's pager.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apsw
import pytest

from app.storage.engine import SETTINGS, journal_pragma

TRIALS = 25
COMMITS = 12


class File:
    """One file as the disk knows it."""

    def __init__(self) -> None:
        self.synced = bytearray()
        self.pending: list[tuple[int, bytes | None]] = []

    def sync(self) -> None:
        for at, data in self.pending:
            self.change(self.synced, at, data)
        self.pending.clear()

    @staticmethod
    def change(content: bytearray, at: int, data: bytes | None) -> None:
        """Write ``data`` at an offset, or cut the file there."""
        if data is None:
            del content[at:]
            return
        content.extend(bytes(max(0, at + len(data) - len(content))))
        content[at : at + len(data)] = data

    def after_a_cut(self, chance: random.Random) -> bytes:
        """What the disk holds when the power comes back."""
        content = bytearray(self.synced)
        for at, data in self.pending:
            if chance.random() < 0.5:
                continue
            if data and chance.random() < 0.2:
                data = data[: chance.randrange(len(data))]
            self.change(content, at, data)
        return bytes(content)


class Disk(apsw.VFS):
    """A file system that remembers what was synced."""

    def __init__(self, name: str) -> None:
        self.files: dict[str, File] = {}
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        return DiskFile(self, name, flags, self.files.setdefault(str(path), File()))

    def xDelete(self, name: str, syncdir: bool) -> None:
        super().xDelete(name, syncdir)
        self.files.pop(name, None)


class DiskFile(apsw.VFSFile):
    """One open file of a ``Disk``."""

    def __init__(self, disk: Disk, name: Any, flags: list[int], file: File) -> None:
        self.file = file
        super().__init__("", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:
        super().xWrite(data, offset)
        self.file.pending.append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self.file.pending.append((size, None))

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self.file.sync()


def lost_commits(folder: Path, seed: int, settings: Sequence[str]) -> int:
    """Write until the power goes; how many acknowledged commits are gone afterwards."""
    chance = random.Random(seed)
    folder.mkdir()
    name = f"disk-of-{folder}"
    disk = Disk(name)
    connection = apsw.Connection(str(folder / "station.db"), vfs=name)
    for setting in settings:
        list(connection.execute(setting))
    connection.execute("CREATE TABLE accepted (number INTEGER PRIMARY KEY, data BLOB)")
    connection.execute("PRAGMA wal_autocheckpoint = 5")
    acknowledged = 0
    for number in range(chance.randint(1, COMMITS)):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO accepted VALUES (?, ?)", (number, chance.randbytes(3000)))
        connection.execute("COMMIT")
        acknowledged = number + 1
    if chance.random() < 0.5:
        # The cut comes in the middle of a transaction.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO accepted VALUES (?, ?)", (1000, chance.randbytes(9000)))
    images = {Path(path).name: file.after_a_cut(chance) for path, file in disk.files.items()}
    connection.close(True)

    after = folder / "after"
    after.mkdir()
    for file_name, content in images.items():
        (after / file_name).write_bytes(content)
    reopened = apsw.Connection(str(after / "station.db"))
    assert reopened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    try:
        found = {row[0] for row in reopened.execute("SELECT number FROM accepted")}
    except apsw.SQLError:
        found = set()
    reopened.close()
    assert 1000 not in found
    return len(set(range(acknowledged)) - found)


@pytest.fixture
def journal() -> str:
    return journal_pragma(tuple(int(part) for part in apsw.sqlite_lib_version().split(".")))


def test_a_power_cut_takes_nothing_that_was_acknowledged(tmp_path: Path, journal: str) -> None:
    assert journal.endswith("WAL")
    lost = [lost_commits(tmp_path / str(seed), seed, [journal, *SETTINGS]) for seed in range(TRIALS)]
    assert sum(lost) == 0


def test_weaker_settings_do_lose_so_the_cut_is_a_real_one(tmp_path: Path, journal: str) -> None:
    weaker = [setting.replace("FULL", "NORMAL") for setting in SETTINGS]
    assert weaker != list(SETTINGS)
    lost = [lost_commits(tmp_path / str(seed), seed, [journal, *weaker]) for seed in range(TRIALS)]
    assert sum(lost) > 0
