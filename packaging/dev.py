#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Starts, checks and locks the station from a source tree, with nothing but Python 3.11 to 3.13 there.

    python3 packaging/dev.py run  [...]   start the station (no display: do the walk-through)
    python3 packaging/dev.py test [...]   ruff, mypy, import-linter and pytest; the rest goes to pytest
    python3 packaging/dev.py lint [--fix] the same without pytest
    python3 packaging/dev.py lock [--upgrade]   write packaging/locks/ anew
    python3 packaging/dev.py setup        only make .venv ready

Standard library only. This file must also parse on old interpreters, so that it can say what is wrong.
"""

from __future__ import annotations

import os
import subprocess
import sys

SUPPORTED = ((3, 11), (3, 12), (3, 13))
COMMANDS = ("run", "test", "lint", "lock", "setup")


def other_interpreter() -> list[str] | None:
    """The command of a supported Python on this machine, newest first; None when there is none."""
    import shutil

    for major, minor in reversed(SUPPORTED):
        if sys.platform == "win32":
            candidate = ["py", "-%d.%d" % (major, minor)]  # noqa: UP031
        else:
            candidate = ["python%d.%d" % (major, minor)]  # noqa: UP031
        if shutil.which(candidate[0]) is None:
            continue
        probe = subprocess.run(
            [*candidate, "-c", ""], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if probe.returncode == 0:
            return candidate
    return None


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code to hand on."""
    command = arguments[0] if arguments else "help"
    if command not in COMMANDS:
        print(__doc__)
        return 0 if command in ("help", "-h", "--help") else 2
    if sys.version_info[:2] not in SUPPORTED:
        candidate = other_interpreter()
        if candidate is None:
            print("The station needs Python 3.11, 3.12 or 3.13; this is %s." % sys.version.split()[0])  # noqa: UP031
            return 2
        return subprocess.run([*candidate, os.path.realpath(__file__), *arguments], check=False).returncode

    if sys.prefix != sys.base_prefix:
        # The environment may have to be made anew: go on with the Python that it was made from.
        base = getattr(sys, "_base_executable", sys.executable)
        return subprocess.run([base, os.path.realpath(__file__), *arguments], check=False).returncode

    import tasks

    return tasks.run_command(command, arguments[1:])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
