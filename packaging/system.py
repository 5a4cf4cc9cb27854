# SPDX-License-Identifier: Apache-2.0
"""Debian packages that no wheel brings: Qt's system libraries, the venv module, PostgreSQL for the tests.

The list of libraries was found by adding packages one at a time to an empty Debian 12.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from shell import ScriptError, call, capture, say

# Library that Qt loads -> Debian package that holds it.
QT_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    # From here on: a window on X11.
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def missing_qt_packages() -> list[str]:
    """Debian packages for the Qt libraries that cannot be loaded here."""
    missing = []
    for library, package in QT_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def missing_venv_package() -> list[str]:
    """Debian splits ``ensurepip`` off Python; without it no virtual environment gets pip."""
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return []
    return [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"]


def postgresql_programs() -> Path | None:
    """The folder with ``initdb``: Debian keeps it off the PATH, one folder per version."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: float(path.parts[-3]),
    )
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def missing_postgresql_package() -> list[str]:
    """PostgreSQL is there when a server is named in the environment or can be started from its programs."""
    if os.environ.get("ENROLLMENT_STATION_TEST_DSN") or postgresql_programs():
        return []
    return ["postgresql"]


def ensure_packages(*, for_tests: bool) -> None:
    """Install what is missing through apt where that is allowed; otherwise print the one line to run.

    Raises:
        ScriptError: something without which the station cannot start is missing and could not be installed.
    """
    if sys.platform != "linux":
        return
    venv = missing_venv_package()
    needed = [*venv, *missing_qt_packages()]
    wished = missing_postgresql_package() if for_tests else []
    if not needed and not wished:
        return
    packages = [*needed, *wished]
    if not _install(packages):
        say("Missing on this machine. Have this line run by someone who may:")
        print(f"\n    {_by_hand(packages)}\n", flush=True)
        if needed and (venv or not for_tests):
            raise ScriptError("The station cannot start without these packages.")
        say("Going on without them: tests that need them will say so.")


def _install(packages: list[str]) -> bool:
    """Whether apt installed the packages."""
    apt = shutil.which("apt-get")
    if apt is None:
        return False
    prefix: list[str] = []
    if os.geteuid() != 0:
        if shutil.which("sudo") is None or capture(["sudo", "-n", "true"], timeout_s=10)[0] != 0:
            return False
        prefix = ["sudo", "-n"]
    say(f"Installing system packages through apt: {' '.join(packages)}")
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-q", "-o", "DPkg::Lock::Timeout=120"]
    install = [*quiet, "install", "--yes", "--no-install-recommends", *packages]
    # A fresh machine has no package lists, an old one has stale ones; both show as a failed install.
    if _has_lists() and call(install, quiet=True) == 0:
        return True
    say("Fetching apt's package lists")
    return call([*quiet, "update"], quiet=True) == 0 and call(install, quiet=True) == 0


def _has_lists() -> bool:
    return any(Path("/var/lib/apt/lists").glob("*_Packages*"))


def _by_hand(packages: list[str]) -> str:
    if shutil.which("apt-get") is None:
        return "(with your system's package manager; Debian's names are:) " + " ".join(packages)
    return "sudo apt-get install --no-install-recommends " + " ".join(packages)
