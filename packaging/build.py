#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds what is shipped.

    python3 packaging/build.py freeze [--no-check]   the program as one folder in dist/

``freeze`` works for the system it runs on, in ``build/freeze-venv``, which holds the locked runtime
and PyInstaller and nothing else: a freezer takes along whatever lies in its environment.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import payload
from environment import ensure_venv
from shell import ROOT, ScriptError, call, say, signal_name
from system import ensure_packages

DIST = ROOT / "dist"
PROGRAM = DIST / payload.APPLICATION

# The measured size and 5 % on top; growth is to be noticed, not to creep in.
LARGEST_MB = {"linux": 430, "win32": 260}


def main(arguments: list[str]) -> int:
    """Carry out one command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="build.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    freeze_parser = commands.add_parser("freeze", help="the program as one folder, for this system")
    freeze_parser.add_argument("--no-check", action="store_true", help="leave out self-test and walk-through")
    options = parser.parse_args(arguments)
    try:
        freeze()
        if not options.no_check:
            check()
    except ScriptError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    return 0


def executable() -> Path:
    """The program that is started."""
    return PROGRAM / (f"{payload.APPLICATION}.exe" if sys.platform == "win32" else payload.APPLICATION)


def freeze() -> None:
    """Make ``dist/enrollment-station``.

    Raises:
        ScriptError: the freezer failed, or the result holds what must not be shipped.
    """
    ensure_packages(for_tests=False)
    python = ensure_venv(ROOT / "build" / "freeze-venv", "freeze", editable=False)
    started = time.monotonic()
    say("Freezing")
    shutil.rmtree(PROGRAM, ignore_errors=True)
    # Two builds of one source are to differ as little as possible.
    steady = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "1767225600", "PYTHONPATH": ""}
    command = [python, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    command += [
        "--distpath",
        DIST,
        "--workpath",
        ROOT / "build" / "pyinstaller",
        ROOT / "packaging" / "app.spec",
    ]
    code = call(command, env=steady)
    if code != 0:
        raise ScriptError(f"PyInstaller ended with {signal_name(code)}.")
    strip_symbols()
    inspect_payload()
    say(f"{PROGRAM} is ready after {time.monotonic() - started:.0f} s, {size_mb(PROGRAM):.0f} MB")


def strip_symbols() -> None:
    """Take the debugging symbols out of the libraries that can do without, where there is a tool for it."""
    tool = shutil.which("strip")
    if sys.platform != "linux" or tool is None:
        return
    for pattern in payload.STRIPPED:
        for library in (PROGRAM / "_internal").glob(pattern):
            if call([tool, library]) != 0:
                raise ScriptError(f"{library.name} could not be stripped.")


def size_mb(folder: Path) -> float:
    """Size of everything in a folder, each file once."""
    return (
        sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        / 1e6
    )


def forbidden_files(folder: Path) -> list[str]:
    """Files whose licence does not let us ship them."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in names if "PySide6" in name and payload.GPL_ONLY.search(Path(name).name))


def inspect_payload() -> None:
    """Look at the finished folder.

    Raises:
        ScriptError: a library that may not be shipped is in it, or it has grown.
    """
    forbidden = forbidden_files(PROGRAM)
    if forbidden:
        raise ScriptError(f"These files may not be shipped (GPL only): {', '.join(forbidden)}")
    limit = LARGEST_MB.get(sys.platform)
    if limit and size_mb(PROGRAM) > limit:
        raise ScriptError(f"The program has grown to {size_mb(PROGRAM):.0f} MB; {limit} MB are allowed.")


def check() -> None:
    """Let the frozen program test itself and enroll a student, with no Python environment active.

    Raises:
        ScriptError: one of the two failed.
    """
    with tempfile.TemporaryDirectory(prefix="frozen-") as folder:
        report = Path(folder) / "selftest.json"
        say("Self-test of the frozen program")
        code = _run_frozen(Path(folder), "--selftest", report)
        if code != 0:
            raise ScriptError(
                f"The frozen program's self-test failed ({signal_name(code)}):\n{failures(report)}"
            )
        for result in json.loads(report.read_text(encoding="utf-8"))["checks"]:
            print(f"   ok  {result['name']:14} {result['seconds']:6.2f} s", flush=True)
        say("Walk-through of the frozen program")
        out = Path(folder) / "walkthrough"
        code = _run_frozen(Path(folder), "walkthrough", "--out", out, "--gui-limit-ms", "0")
        if code != 0:
            raise ScriptError(f"The frozen program's walk-through failed ({signal_name(code)}).")


def failures(report: Path) -> str:
    """The failed checks of a self-test's report, as text."""
    if not report.exists():
        return "it wrote no report"
    checks = json.loads(report.read_text(encoding="utf-8"))["checks"]
    return "\n".join(f"{result['name']}: {result['trace']}" for result in checks if not result["ok"])


def _run_frozen(home: Path, *arguments: str | Path) -> int:
    """Start the program in a bare environment: what it needs must be in its folder."""
    kept = ("SYSTEMROOT", "TEMP", "TMP", "LANG", "LOCALAPPDATA", "APPDATA", "USERPROFILE")
    bare = {name: os.environ[name] for name in kept if name in os.environ}
    bare |= {"ENROLLMENT_STATION_HOME": str(home / "home"), "HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    return call([executable(), *arguments], env=bare, bare=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
