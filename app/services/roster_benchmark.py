# SPDX-License-Identifier: Apache-2.0
"""Measures the roster on an encrypted file of its own: import, loading, and a search at every letter typed.

Times are processor time of this process, so a busy machine changes them little. Beside each stands what it
is to be compared with: the bare writing of the same rows, and the search in the database.
"""

from __future__ import annotations

import csv
import io
import random
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

from app.services.roster import RosterService
from app.services.student_finder import StudentFinder
from app.services.students import StudentService
from app.services.writer import Writer
from app.storage.engine import connect_file, open_local
from app.storage.migrate import upgrade_local
from app.storage.store import Store

SEED = 20_260_302
SCHOOL = "Benchmark"
TYPED_STUDENTS = 25
_SYLLABLES = ("an", "be", "ca", "do", "él", "fi", "ga", "ho", "ín", "jo", "ka", "li", "ma", "no", "ö", "sé")


def made_up_roster(rows: int, seed: int = SEED) -> bytes:
    """A CSV of students who do not exist: some names often, most rarely, as in a large school."""
    source = random.Random(seed)  # noqa: S311 - no secrets here

    def words(number: int) -> list[str]:
        lengths = (source.randint(2, 4) for _ in range(number))
        return ["".join(source.choices(_SYLLABLES, k=length)).capitalize() for length in lengths]

    first_names, last_names = words(800), words(6_000)
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(("name", "email", "class_name", "course", "status", "number"))
    for number in range(rows):
        name = f"{source.choice(first_names)} {source.choice(last_names)}"
        class_name = f"{source.randint(5, 12)}{source.choice('ABCDEF')}"
        course = f"Course {source.randint(1, 120)}"
        out.writerow((name, f"s{number}@school.example", class_name, course, "active", 100_000 + number))
    return text.getvalue().encode()


def measured(folder: Path, rows: int, key: bytes, new_id: Callable[[], UUID]) -> dict[str, Any]:
    """Import ``rows`` students into a new file in ``folder``, search for some of them, and tell the times.

    Args:
        key: 32 bytes that the file is encrypted with.
    """
    data = made_up_roster(rows)
    bare_s = _timed(lambda: _bare(folder / "bare.db", key, data))
    file = folder / "station.db"
    upgrade_local(file, key, folder / "backups", datetime.now(UTC))
    engine = open_local(file, key)
    try:
        writer = Writer(Store(engine), lambda: datetime.now(UTC), new_id)
        students = StudentService(writer, SCHOOL)
        roster = RosterService(writer, students)
        import_s = _timed(lambda: roster.import_csv(data, commit=True))
        again_s = _timed(lambda: roster.import_csv(data, commit=False))
        finder = StudentFinder(writer, SCHOOL)
        typed = _typed(data)
        in_database = _times_ms(finder, typed[:: max(1, len(typed) // 20)])
        load_s = _timed(lambda: list(finder.load(Event())))
        in_memory = _times_ms(finder, typed)
        return {
            "rows": rows,
            "import_s": round(import_s, 2),
            "import_to_bare_writing": round(import_s / bare_s, 1),
            "compare_again_s": round(again_s, 2),
            "load_s": round(load_s, 2),
            "index_mb": round(finder.size_bytes / 1e6, 1),
            "search_in_database_ms": _spread(in_database),
            "search_ms": _spread(in_memory),
            "searches": len(typed),
        }
    finally:
        engine.dispose()


def _bare(file: Path, key: bytes, data: bytes) -> None:
    """The same cells in a table without index, check or history: the least that can be done."""
    with closing(connect_file(file, key)) as connection:
        connection.execute("CREATE TABLE cells (a, b, c, d, e, f)")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?)", csv.reader(io.StringIO(data.decode()))
        )
        connection.execute("COMMIT")


def _typed(data: bytes) -> list[str]:
    """What stands in the search field while the names and numbers of some students are typed."""
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    chosen = rows[:: max(1, len(rows) // TYPED_STUDENTS)]
    texts = [row["name"] for row in chosen] + [row["number"] for row in chosen[::5]]
    texts += [name[:3] + name[4:] for name in texts[::5]]  # a letter is missing
    return [text[:end] for text in texts for end in range(1, len(text) + 1)]


def _times_ms(finder: StudentFinder, texts: Sequence[str]) -> list[float]:
    return [_timed(lambda text=text: finder.search(text, 50)) * 1000 for text in texts]  # type: ignore[misc]


def _timed(work: Callable[[], object]) -> float:
    begun_s = time.process_time()
    work()
    return time.process_time() - begun_s


def _spread(times_ms: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times_ms)
    return {
        "median": round(statistics.median(ordered), 2),
        "p95": round(ordered[int(len(ordered) * 0.95)], 2),
        "longest": round(ordered[-1], 2),
    }
