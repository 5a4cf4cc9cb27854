# SPDX-License-Identifier: Apache-2.0
"""The commands of ``dev.py``: what each of them starts, and in which order."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from environment import ensure_venv
from locking import write_locks
from shell import ROOT, ScriptError, call, capture, say, signal_name
from system import ensure_packages

WALKTHROUGH = ROOT / "walkthrough-out"

# Each worker holds a Qt application and talks to the run's PostgreSQL server.
MOST_WORKERS = 4

# Opening a connection to the screen tells more than a variable: it may name a screen that is gone.
DISPLAY_PROBE = "from PySide6.QtGui import QGuiApplication as A; A([]); print('platform', A.platformName())"


def run_command(command: str, arguments: list[str]) -> int:
    """Carry out one command of ``dev.py`` and return its exit code."""
    tasks: dict[str, Callable[[list[str]], int]] = {
        "run": run_station,
        "test": run_tests,
        "lint": run_lint,
        "lock": run_lock,
        "setup": run_setup,
    }
    try:
        return tasks[command](arguments)
    except ScriptError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2


def run_setup(arguments: list[str]) -> int:
    """Only make the environment ready."""
    argparse.ArgumentParser(prog="dev.py setup").parse_args(arguments)
    ensure_packages(for_tests=False)
    ensure_venv()
    return 0


def run_station(arguments: list[str]) -> int:
    """Start the station; on a machine without a screen the walk-through instead."""
    ensure_packages(for_tests=False)
    python = ensure_venv()
    why_not = display_missing(python)
    if why_not is None:
        say("Starting the station")
        return call([python, "-m", "app", "run", *arguments])
    say(f"{why_not}: doing the walk-through instead, one student from search box to receipt")
    if arguments:
        say(f"Left aside, as they are for the window: {' '.join(arguments)}")
    code = call([python, "-m", "app", "walkthrough", "--out", WALKTHROUGH, "--gui-limit-ms", "0"])
    if code == 0:
        say(f"Pictures, receipt and summary.json are in {WALKTHROUGH}")
    return code


def display_missing(python: Path) -> str | None:
    """Why no window can be shown here, or None when one can."""
    if os.environ.get("QT_QPA_PLATFORM", "") in ("offscreen", "minimal"):
        return f"QT_QPA_PLATFORM={os.environ['QT_QPA_PLATFORM']} draws on no screen"
    if sys.platform == "win32":
        return None
    names = [name for name in ("WAYLAND_DISPLAY", "DISPLAY") if os.environ.get(name)]
    if not names:
        return "This machine has no display"
    code, output = capture([python, "-c", DISPLAY_PROBE])
    if code == 0 and "platform offscreen" not in output:
        return None
    reasons = [line.strip() for line in output.splitlines() if "could not" in line.lower()]
    named = " and ".join(f"{name}={os.environ[name]}" for name in names)
    return f"The display {named} cannot be used" + (f" ({reasons[0]})" if reasons else "")


def lint_steps(python: Path, *, fix: bool = False) -> list[tuple[str, list[str | Path]]]:
    """The checks that read the source, with what each of them runs."""
    tools = python.parent
    return [
        ("ruff check", [tools / "ruff", "check", *(["--fix"] if fix else []), "."]),
        ("ruff format", [tools / "ruff", "format", *([] if fix else ["--check"]), "."]),
        ("mypy", [python, "-m", "mypy"]),
        ("import-linter", [tools / "lint-imports"]),
    ]


def run_lint(arguments: list[str]) -> int:
    """Ruff, mypy and import-linter."""
    parser = argparse.ArgumentParser(prog="dev.py lint")
    parser.add_argument("--fix", action="store_true", help="let ruff correct and format what it can")
    options = parser.parse_args(arguments)
    ensure_packages(for_tests=False)
    return _run_all(lint_steps(ensure_venv(), fix=options.fix))


def run_tests(arguments: list[str]) -> int:
    """Every check: the source first, then pytest, which is given the arguments."""
    ensure_packages(for_tests=True)
    python = ensure_venv()
    # No screen is needed, and none is used: windows that pop up would take the keyboard.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return _run_all(
        [*lint_steps(python), ("pytest", [python, "-m", "pytest", *_workers(arguments), *arguments])]
    )


def _workers(arguments: list[str]) -> list[str]:
    """Spread the tests over the cores, unless the caller says how or wants to look into one."""
    cores = min(os.cpu_count() or 1, MOST_WORKERS)
    said = any(argument.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for argument in arguments)
    return [] if said or cores < 2 else ["-n", str(cores), "--dist", "worksteal"]


def _run_all(steps: list[tuple[str, list[str | Path]]]) -> int:
    """Run every step even when one fails: one run tells everything. The first failure's code is handed on."""
    results: list[tuple[str, int, float]] = []
    for name, command in steps:
        say(name)
        started = time.monotonic()
        code = call(command)
        results.append((name, code, time.monotonic() - started))
    print()
    for name, code, seconds in results:
        print(f"   {'ok' if code == 0 else signal_name(code):8} {name:14} {seconds:6.1f} s", flush=True)
    return next((code for _, code, _ in results if code != 0), 0)


def run_lock(arguments: list[str]) -> int:
    """Resolve the dependencies anew for both systems."""
    parser = argparse.ArgumentParser(prog="dev.py lock")
    parser.add_argument(
        "--upgrade", action="store_true", help="take the newest versions allowed, not the locked ones"
    )
    options = parser.parse_args(arguments)
    write_locks(upgrade=options.upgrade)
    return 0
