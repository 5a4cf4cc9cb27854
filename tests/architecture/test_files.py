# SPDX-License-Identifier: Apache-2.0
"""Rules that every source file keeps: its licence line, its length, its parts."""

from __future__ import annotations

import ast

from tests.architecture.tree import SPDX, shown, sources

LONGEST_FILE = 400
LONGEST_FUNCTION = 70

# Longer ones, by name; this list may only get shorter.
LONG_FUNCTIONS: frozenset[str] = frozenset(
    {
        "app/ui/common/coaching.py:coaching_for",  # a table of texts, one entry a reason
    }
)


def test_there_is_something_to_look_at() -> None:
    assert len(sources("app")) > 20


def test_every_file_names_its_licence_first() -> None:
    wrong = []
    for path in sources():
        lines = path.read_text(encoding="utf-8").splitlines()
        if lines and lines[0].startswith("#!"):
            lines = lines[1:]
        if not lines or lines[0] != SPDX:
            wrong.append(shown(path))
    assert not wrong


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FILE}


def test_functions_fit_on_a_screen() -> None:
    """About 50 lines is the aim; the limit leaves room for a table or a long docstring."""
    too_long = set()
    for path in sources("app"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.FunctionDef)
                and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
            ):
                too_long.add(f"{shown(path)}:{node.name}")
    assert too_long == LONG_FUNCTIONS


def test_packages_are_empty_so_that_imports_name_the_owner() -> None:
    full = [
        shown(path)
        for path in sources("app", "migrations", "resources")
        if path.name == "__init__.py" and path.read_text(encoding="utf-8").strip() != SPDX
    ]
    assert not full


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        shown(path)
        for path in sources("app", "packaging")
        if path.name != "__init__.py" and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_the_scripts_folder_does_not_hide_the_library_of_its_name() -> None:
    """``packaging/`` holds scripts, ``packaging`` is a library too: without ``__init__.py`` it wins."""
    import packaging.version

    assert packaging.version.Version("1.10") > packaging.version.Version("1.9")
