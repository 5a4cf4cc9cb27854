# SPDX-License-Identifier: Apache-2.0
"""Writes the locks: every package of a system pinned with the hashes of its files, for all supported Pythons.

pip evaluates markers for the machine it runs on, so it cannot lock Windows from Linux; uv can. uv lives in an
environment of its own under ``build/``.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from shell import LOCKS, ROOT, ScriptError, call, capture, say, venv_python

UV = "uv>=0.9,<1"
PYTHONS = ("3.11", "3.12", "3.13")
# System -> its marker, and the platform whose wheels must exist. Debian 12 has glibc 2.36.
SYSTEMS = {
    "linux": ("sys_platform == 'linux'", "x86_64-manylinux_2_36"),
    "windows": ("sys_platform == 'win32'", "x86_64-pc-windows-msvc"),
}
# Lock -> the dependency groups of pyproject.toml in it. The frozen program's lock holds no test tools.
PURPOSES = {"": "dev", "-freeze": "freeze"}


def write_locks(*, upgrade: bool) -> None:
    """Write all locks and check that every package in them has a wheel.

    Raises:
        ScriptError: no solution, or a package without a wheel for one of the systems and Pythons.
    """
    uv = _uv()
    settings = _index_settings(venv_python(ROOT / "build" / "uv-venv"))
    LOCKS.mkdir(exist_ok=True)
    for system, (marker, platform) in SYSTEMS.items():
        for suffix, group in PURPOSES.items():
            target = LOCKS / f"{system}{suffix}.txt"
            say(f"Resolving {target.relative_to(ROOT)}")
            # The first lock of a system decides the versions of the second.
            constraint = ["--constraints", LOCKS / f"{system}.txt"] if suffix else []
            _compile(uv, settings, target, marker, group, constraint, upgrade=upgrade)
            _check_wheels(uv, settings, target, platform)


def _uv() -> Path:
    venv = ROOT / "build" / "uv-venv"
    uv = venv_python(venv).parent / ("uv.exe" if sys.platform == "win32" else "uv")
    if uv.exists():
        return uv
    say("Installing uv into build/uv-venv")
    if call([sys.executable, "-m", "venv", "--clear", venv]) != 0:
        raise ScriptError("Python could not make a virtual environment for uv.")
    if call([venv_python(venv), "-m", "pip", "install", "--quiet", UV], env={"PIP_USER": "0"}) != 0:
        raise ScriptError("pip could not install uv.")
    return uv


def _index_settings(python: Path) -> dict[str, str]:
    """uv does not read pip's settings; the machine's index and certificates count all the same."""
    settings = {"UV_NO_CONFIG": "1"}
    for key, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        value = os.environ.get("PIP_" + key.upper().replace("-", "_"))
        if not value:
            code, output = capture([python, "-m", "pip", "config", "get", f"global.{key}"])
            value = output.strip() if code == 0 else ""
        if value and not os.environ.get(variable):
            settings[variable] = value
    return settings


def _compile(
    uv: Path,
    settings: dict[str, str],
    target: Path,
    marker: str,
    group: str,
    extra: list[str | Path],
    *,
    upgrade: bool,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        # uv takes the systems to resolve for from the project file only.
        project = Path(folder) / "pyproject.toml"
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        project.write_text(f'{text}\n[tool.uv]\nenvironments = ["{marker}"]\n', encoding="utf-8")
        draft = Path(folder) / "lock.txt"
        if target.exists() and not upgrade:
            draft.write_bytes(target.read_bytes())
        command: list[str | Path] = [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
        command += [
            "--python-version",
            PYTHONS[0],
            "--no-emit-index-url",
            "--no-emit-find-links",
            "--no-header",
        ]
        command += ["--no-annotate", "--group", f"{project}:{group}", *extra, project, "--output-file", draft]
        if (
            call(command, env={name: value for name, value in settings.items() if name != "UV_NO_CONFIG"})
            != 0
        ):
            raise ScriptError(f"No set of versions satisfies pyproject.toml for {target.name}.")
        head = "# SPDX-License-Identifier: Apache-2.0\n# Written by `dev.py lock`; not by hand.\n"
        body = [line for line in draft.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        target.write_text(head + "\n".join(body) + "\n", encoding="utf-8", newline="\n")


def _check_wheels(uv: Path, settings: dict[str, str], lock: Path, platform: str) -> None:
    for version in PYTHONS:
        with tempfile.TemporaryDirectory() as folder:
            command: list[str | Path] = [
                uv,
                "pip",
                "install",
                "--quiet",
                "--dry-run",
                "--target",
                folder,
                "--no-deps",
            ]
            command += ["--python-version", version, "--python-platform", platform, "--only-binary", ":all:"]
            command += ["--require-hashes", "--requirement", lock]
            if call(command, env=settings) != 0:
                raise ScriptError(f"{lock.name} has a package without a wheel for Python {version}.")
