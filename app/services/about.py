# SPDX-License-Identifier: Apache-2.0
"""Version and licenses, read from what is installed: nothing that is shipped is forgotten in a list.

The packages are those that the program requires, and what they require in turn; the frozen program carries
the same metadata. Their form: https://packaging.python.org/en/latest/specifications/core-metadata/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.resources import files

from app.domain.about import About, Component

PROJECT = "enrollment-station"
LICENSE = "Apache-2.0"
_REQUIREMENT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")
_TEXT_FILES = re.compile(r"(LICEN[SC]E|COPYING|NOTICE)", re.IGNORECASE)
#: Files under resources/ that speak of things that are no Python packages, and of Qt.
_RESOURCES = (
    (
        "Qt, PySide6, psycopg",
        "LGPL-3.0",
        ("licenses/NOTICE.md", "licenses/LGPL-3.0.txt", "licenses/GPL-3.0.txt"),
    ),
    ("Inter", "OFL-1.1", ("fonts/OFL.txt",)),
    ("Lucide", "ISC", ("icons/LICENSE",)),
)


def about() -> About:
    """Everything; reads a few hundred small files, so it is called in the worker."""
    own = _found(PROJECT)
    version = own.version if own is not None else ""
    shipped = [
        Component(name, "", license_name, _resource_texts(paths)) for name, license_name, paths in _RESOURCES
    ]
    packages = [_component(package) for package in _packages()]
    parts = sorted([*shipped, *packages], key=lambda part: part.name.casefold())
    return About(version, (Component("Enrollment station", version, LICENSE), *parts))


def _packages() -> Iterator[Distribution]:
    """The distributions that the program needs, each once, the program left out."""
    waiting: list[tuple[str, frozenset[str]]] = [(PROJECT, frozenset())]
    done: set[tuple[str, frozenset[str]]] = set()
    given: set[str] = set()
    while waiting:
        name, extras = waiting.pop()
        key = _key(name)
        if (key, extras) in done:
            continue
        done.add((key, extras))
        found = _found(name)
        if found is None:
            continue  # for another system or version of Python
        if key not in given and key != PROJECT:
            given.add(key)
            yield found
        for requirement in found.requires or ():
            extra = _EXTRA.search(requirement)
            match = _REQUIREMENT.match(requirement)
            if match is not None and (extra is None or extra[1] in extras):
                asked = frozenset(part.strip() for part in (match[2] or "").split(",") if part.strip())
                waiting.append((match[1], asked))


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _found(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _component(package: Distribution) -> Component:
    facts = package.metadata.json
    named = str(facts.get("license_expression", ""))
    if not named:
        kinds = [
            line.rpartition("::")[2].strip() for line in facts.get("classifier", ()) if "License ::" in line
        ]
        named = ", ".join(kind for kind in kinds if kind != "OSI Approved")
    named = named or str(facts.get("license", "")).partition("\n")[0][:60]
    texts = []
    for file in package.files or ():
        if _TEXT_FILES.match(file.name) and file.suffix not in (".py", ".pyc"):
            try:
                texts.append(file.read_text("utf-8").strip())
            except (OSError, UnicodeDecodeError):
                continue
    return Component(package.metadata["Name"], package.version, named, "\n\n".join(texts))


def _resource_texts(paths: tuple[str, ...]) -> str:
    root = files("resources")
    found = (root.joinpath(*path.split("/")) for path in paths)
    return "\n\n".join(file.read_text("utf-8").strip() for file in found if file.is_file())
