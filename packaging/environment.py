# SPDX-License-Identifier: Apache-2.0
"""The virtual environment: made once from a hashed lock, left alone while nothing changed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from shell import LOCKS, PLATFORM, ROOT, ScriptError, call, say, venv_python

VENV = ROOT / ".venv"
STAMP = "installed-from"


def lock_path(purpose: str = "") -> Path:
    """The lock of this system: everything, or with ``freeze`` only what the frozen program is made of."""
    return LOCKS / (f"{PLATFORM}-{purpose}.txt" if purpose else f"{PLATFORM}.txt")


def stamp_of(venv: Path, lock: Path, *, editable: bool) -> str:
    """What the environment depends on, as one hash: lock, interpreter, place, the project's metadata."""
    digest = hashlib.sha256()
    digest.update(lock.read_bytes())
    digest.update(f"{sys.version}|{sys.base_prefix}|{venv}|{editable}".encode())
    if editable:
        digest.update((ROOT / "pyproject.toml").read_bytes().partition(b"[tool.")[0])
    return digest.hexdigest()


def ensure_venv(venv: Path = VENV, purpose: str = "", *, editable: bool = True) -> Path:
    """Make the environment match its lock and return its interpreter.

    A changed lock means a new environment: pip does not remove what a lock no longer names.

    Raises:
        ScriptError: when it cannot be made; pip's own words were printed.
    """
    lock = lock_path(purpose)
    python = venv_python(venv)
    stamp = venv / STAMP
    wanted = stamp_of(venv, lock, editable=editable)
    if python.exists() and stamp.exists() and stamp.read_text(encoding="ascii").strip() == wanted:
        return python
    started = time.monotonic()
    name = venv.relative_to(ROOT) if venv.is_relative_to(ROOT) else venv
    say(f"Making {name} with Python {sys.version.split()[0]}")
    stamp.unlink(missing_ok=True)
    if venv.exists():
        shutil.rmtree(venv)
    if call([sys.executable, "-m", "venv", venv]) != 0:
        raise ScriptError(f"Python could not make a virtual environment in {venv}.")
    _install_lock(python, lock)
    if editable:
        say("Linking the project itself into it")
        link = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT]
        if call([python, "-m", "pip", *link], env=_pip_env()) != 0:
            raise ScriptError("pip could not link the project into its environment.")
    stamp.write_text(wanted, encoding="ascii")
    say(f"{name} is ready after {time.monotonic() - started:.0f} s")
    return python


def _pip_env() -> dict[str, str]:
    # The machine's own pip settings (index, certificates, cache) stay in force; these would break it.
    return {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONPATH": ""}


def _install_lock(python: Path, lock: Path) -> None:
    """Install every pinned package, wheels only, and show which one is under way."""
    total = len(re.findall(r"^[a-z0-9]", lock.read_text(encoding="utf-8"), flags=re.MULTILINE))
    say(f"Installing from {lock.relative_to(ROOT)} (up to {total} packages, hashes checked)")
    command = [python, "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:", "--no-deps"]
    command += ["--progress-bar", "off", "--requirement", lock]
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **_pip_env()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    log: list[str] = []
    collected = 0
    for line in process.stdout:
        text = line.strip()
        log.append(text)
        if text.startswith(("Collecting ", "Processing ")):
            collected += 1
            _status(f"{collected:3d}  {text.split()[1].rpartition('/')[2]}", transient=True)
        elif text.startswith("Downloading ") and "MB" in text:
            _status(f"downloading {text.rpartition('/')[2].removeprefix('Downloading ')}")
        elif text.startswith("Installing collected packages"):
            _status(f"unpacking {collected} packages")
    _status("", transient=True)
    if process.wait() != 0:
        print("\n".join(log[-40:]), file=sys.stderr)
        raise ScriptError("pip could not install the locked packages; its reason is above.")


def _status(text: str, *, transient: bool = False) -> None:
    """On a terminal one line that changes; in a log one line each, without the transient ones."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\x1b[K   {text}" if text else "\r\x1b[K")
        sys.stdout.flush()
    elif not transient:
        print(f"   {text}", flush=True)
