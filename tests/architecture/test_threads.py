# SPDX-License-Identifier: Apache-2.0
"""Threads start in two files, an event loop in none.

ruff's banned-api says the same while one types; this test also knows what each of the two files may use.
"""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, shown, sources

# Pools of processes are no threads: a benchmark that is started by hand may use every core.
PLAIN_THREADS = frozenset(
    {
        "threading.Thread",
        "threading.Timer",
        "_thread",
        "concurrent.futures.ThreadPoolExecutor",
        "concurrent.futures.thread",
        "multiprocessing.dummy",
        "multiprocessing.pool",
    }
)
QT_THREADS = frozenset(
    {
        "PySide6.QtCore.QThread",
        "PySide6.QtCore.QThreadPool",
        "PySide6.QtCore.QRunnable",
        "PySide6.QtConcurrent",
    }
)
LOOPS = frozenset({"asyncio", "PySide6.QtAsyncio"})

# What is forbidden everywhere, less what these two files live from.
ALLOWED = {
    "app/ui/common/threads.py": PLAIN_THREADS | QT_THREADS,
    "app/devices/emulator/server.py": frozenset({"threading.Thread"}),
}


def names_used(tree: ast.AST) -> set[str]:
    """Dotted names of everything imported, and of every attribute reached through an imported module."""
    modules: dict[str, str] = {}
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                used.add(alias.name)
                local = alias.asname or alias.name.partition(".")[0]
                modules[local] = alias.name if alias.asname else local
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                used.add(f"{node.module}.{alias.name}")
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            head, _, rest = ast.unparse(node).partition(".")
            if head in modules:
                used.add(f"{modules[head]}.{rest}")
    return used


def forbidden_in(tree: ast.AST, allowed: frozenset[str] = frozenset()) -> set[str]:
    """The forbidden names that a module uses, as they are listed above."""
    used = names_used(tree)
    return {
        name
        for name in (PLAIN_THREADS | QT_THREADS | LOOPS) - allowed
        if any(use == name or use.startswith(name + ".") for use in used)
    }


@pytest.mark.parametrize(
    "text",
    [
        "import threading\nthreading.Thread(target=print)",
        "import threading as t\nt.Timer(1, print)",
        "import concurrent.futures\nconcurrent.futures.ThreadPoolExecutor(2)",
        "from concurrent import futures\nfutures.ThreadPoolExecutor(2)",
        "from threading import Thread as Worker",
        "from concurrent.futures import ThreadPoolExecutor",
        "from PySide6 import QtCore\nQtCore.QThreadPool.globalInstance()",
        "from PySide6.QtCore import QThread",
        "def f():\n    import asyncio.subprocess",
    ],
)
def test_the_check_sees_every_way_in(text: str) -> None:
    assert forbidden_in(ast.parse(text))


def test_the_check_lets_events_and_locks_pass() -> None:
    assert not forbidden_in(
        ast.parse("import threading\nfrom threading import Event, Lock\nthreading.RLock()")
    )


def test_threads_start_in_two_files_only() -> None:
    found: dict[str, set[str]] = {}
    for path in sources("app", "migrations"):
        name = shown(path)
        wrong = forbidden_in(ast.parse(path.read_text(encoding="utf-8")), ALLOWED.get(name, frozenset()))
        if wrong:
            found[name] = wrong
    assert not found


def test_the_two_files_exist_and_ruff_exempts_no_other() -> None:
    missing = [name for name in ALLOWED if not (ROOT / name).is_file()]
    assert not missing
    settings = tomllib.loads(Path(ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    ignores = settings["tool"]["ruff"]["lint"]["per-file-ignores"]
    exempt = {name for name, codes in ignores.items() if "TID251" in codes and not name.startswith("tests/")}
    assert exempt == set(ALLOWED)
