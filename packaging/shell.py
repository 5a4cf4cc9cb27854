# SPDX-License-Identifier: Apache-2.0
"""What the scripts in this folder share: places, visible progress, starting programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "packaging" / "locks"
GRACE_S = 5.0
PLATFORM = "windows" if sys.platform == "win32" else "linux"


class ScriptError(Exception):
    """Raised when a script cannot go on; the message says what a person can do."""


def say(text: str) -> None:
    """Print one line of progress at once, also into a pipe."""
    print(f"-- {text}", flush=True)


def venv_python(venv: Path) -> Path:
    """The interpreter inside a virtual environment."""
    return venv / "Scripts" / "python.exe" if sys.platform == "win32" else venv / "bin" / "python"


def call(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    bare: bool = False,
    quiet: bool = False,
) -> int:
    """Run a program from the root of the tree and return its exit code; 128 + n when signal n ended it.

    Ctrl+C reaches the child as well: it is given the time to end by itself.

    Args:
        command: the program and its arguments.
        env: variables on top of the current ones.
        bare: only these variables, none of the current ones.
        quiet: swallow what it prints to standard output.
    """
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={**({} if bare else os.environ), **(env or {})},
        stdout=subprocess.DEVNULL if quiet else None,
    )
    try:
        code = process.wait()
    except KeyboardInterrupt:
        _end(process)
        raise
    return code if code >= 0 else 128 - code


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a child that was interrupted too; end it when it does not go, at once on another Ctrl+C."""
    for stop in (process.terminate, process.kill):
        try:
            process.wait(GRACE_S)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            stop()
    process.wait()


def capture(command: Sequence[str | Path], *, timeout_s: float = 60) -> tuple[int, str]:
    """Run a program and return its exit code and everything it printed."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 127, str(error)
    return done.returncode, done.stdout


def signal_name(code: int) -> str:
    """How an exit code reads: ``exit 2`` or ``SIGSEGV``."""
    if code > 128:
        try:
            return signal.Signals(code - 128).name
        except ValueError:
            pass
    return f"exit {code}"
