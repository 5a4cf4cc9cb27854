# SPDX-License-Identifier: Apache-2.0
"""The locks: every package pinned with hashes, no trace of the writer, in step with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "packaging" / "locks"
SYSTEMS = {
    "linux": {
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
    },
    "windows": {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
    },
}
PYTHONS = ("3.11", "3.12", "3.13")
PURPOSES = {"": "dev", "-freeze": "freeze"}
CASES = [(system, suffix) for system in SYSTEMS for suffix in PURPOSES]


def entries(lock: Path) -> Iterator[tuple[Requirement, list[str]]]:
    """Each pinned requirement with its hashes."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            requirement, *hashes = re.split(r"\s+--hash=", line.strip())
            yield Requirement(requirement.strip()), hashes


def environment(system: str, python: str) -> dict[str, str]:
    return {
        **{name: str(value) for name, value in default_environment().items()},
        **SYSTEMS[system],
        "python_version": python,
        "python_full_version": python + ".7",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }


def pinned(system: str, suffix: str, python: str) -> dict[str, Version]:
    """Name -> version as pip would install it there."""
    found: dict[str, Version] = {}
    for requirement, _ in entries(LOCKS / f"{system}{suffix}.txt"):
        if requirement.marker and not requirement.marker.evaluate(environment(system, python)):
            continue
        assert requirement.name not in found, f"{requirement.name} twice for {python}"
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        found[requirement.name] = Version(pin.version)
    return found


def wanted(group: str) -> list[Requirement]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [
        Requirement(text)
        for text in [*settings["project"]["dependencies"], *settings["dependency-groups"][group]]
    ]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(("system", "suffix"), CASES)
def test_every_package_has_hashes(system: str, suffix: str) -> None:
    listed = list(entries(LOCKS / f"{system}{suffix}.txt"))
    assert len(listed) > 40
    for requirement, hashes in listed:
        assert hashes, requirement.name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value) for value in hashes), requirement.name


@pytest.mark.parametrize(("system", "suffix"), CASES)
def test_nothing_of_the_machine_that_wrote_it_remains(system: str, suffix: str) -> None:
    text = (LOCKS / f"{system}{suffix}.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|--index-url|--extra-index-url|--find-links|--trusted-host| @ ", text)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(("system", "suffix"), CASES)
def test_the_lock_satisfies_the_project(system: str, suffix: str, python: str) -> None:
    versions = pinned(system, suffix, python)
    for requirement in wanted(PURPOSES[suffix]):
        if requirement.marker and not requirement.marker.evaluate(environment(system, python)):
            continue
        version = versions.get(canonical(requirement.name))
        assert version is not None, requirement.name
        assert requirement.specifier.contains(version), f"{requirement} is locked at {version}"


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_frozen_is_what_was_tested(system: str, python: str) -> None:
    tested = pinned(system, "", python)
    frozen = pinned(system, "-freeze", python)
    differing = {name for name in set(tested) & set(frozen) if tested[name] != frozen[name]}
    assert not differing
    assert not {"pytest", "mypy", "ruff", "hypothesis", "adafruit-blinka"} & set(frozen)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_qt_stays_below_6_12(system: str, python: str) -> None:
    """6.12 drops a reference to a bool with each signal: CPython 3.11 aborts after a few hundred."""
    versions = pinned(system, "-freeze", python)
    assert Version("6.11") <= versions["pyside6-essentials"] < Version("6.12")
    assert versions["pyside6-essentials"] == versions["shiboken6"]
    assert "pyside6" not in versions
    assert "pyside6-addons" not in versions
