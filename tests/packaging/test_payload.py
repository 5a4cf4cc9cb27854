# SPDX-License-Identifier: Apache-2.0
"""What is shipped and what is not: the lists that the freezer works with."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

from tests.packaging.scripts import SCRIPTS, load

ROOT = SCRIPTS.parent
payload = load("payload")


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Core.so.6",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        r"PySide6\plugins\platforms\qwindows.dll",
        r"PySide6\plugins\platforms\qoffscreen.dll",
        r"PySide6\plugins\imageformats\qsvg.dll",
        r"PySide6\plugins\styles\qmodernwindowsstyle.dll",
        r"PySide6\plugins\printsupport\windowsprintersupport.dll",
        "PySide6/Qt/translations/qtbase_en.qm",
        r"PySide6\Qt6Widgets.dll",
        "PySide6/QtPrintSupport.abi3.so",
        "numpy.libs/libscipy_openblas64_-32a4b2a6.so",
        "resources/icons/check.svg",
        "migrations/versions/0001_base_tables.py",
        "libicudata.so.73",
    ],
)
def test_what_the_program_lives_from_is_kept(name: str) -> None:
    assert payload.keeps(name)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6VirtualKeyboard.so.6",
        "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        r"PySide6\Qt6VirtualKeyboard.dll",
        r"PySide6\Qt6Lottie.dll",
        "libQt6WaylandCompositor.so.6",
        r"PySide6\Qt6Charts.dll",
        r"PySide6\Qt6Quick3D.dll",
        r"PySide6\Qt6Qml.dll",
        "PySide6/Qt/qml/QtQuick/qmldir",
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "PySide6/Qt/translations/qtbase_ko.qm",
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        r"PySide6\opengl32sw.dll",
        "libgtk-3.so.0",
        "libpangocairo-1.0.so.0",
    ],
)
def test_what_is_not_needed_or_not_ours_to_ship_is_left_out(name: str) -> None:
    assert not payload.keeps(name)


def test_a_gpl_only_file_in_the_finished_folder_is_found(tmp_path: Path) -> None:
    build = load("build")
    folder = tmp_path / "_internal" / "PySide6" / "Qt" / "lib"
    folder.mkdir(parents=True)
    (folder / "libQt6Core.so.6").touch()
    assert build.forbidden_files(tmp_path) == []
    (folder / "libQt6VirtualKeyboard.so.6").touch()
    assert build.forbidden_files(tmp_path) == ["_internal/PySide6/Qt/lib/libQt6VirtualKeyboard.so.6"]


def imported_modules() -> set[str]:
    """Every module that a file of the program names in an import, with its parents."""
    found: set[str] = set()
    for folder in ("app", "migrations"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found.update(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module)
                    found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {".".join(name.split(".")[:depth]) for name in found for depth in range(1, name.count(".") + 2)}


def test_nothing_that_the_program_imports_is_excluded() -> None:
    assert not imported_modules() & set(payload.EXCLUDED_MODULES)


def test_what_only_migrations_import_is_frozen_all_the_same() -> None:
    """Migrations are data to the freezer: what they need must come in by the program."""
    frozen = imported_by(ROOT / "app") | set(payload.HIDDEN_IMPORTS) | set(sys.stdlib_module_names)
    tops = {name.partition(".")[0] for name in frozen} | {"migrations"}
    assert not {name.partition(".")[0] for name in imported_by(ROOT / "migrations")} - tops


def imported_by(folder: Path) -> set[str]:
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
    return found


def test_every_hidden_import_exists() -> None:
    names = [*payload.HIDDEN_IMPORTS, *payload.HIDDEN_IMPORTS_OF.get(sys.platform, ())]
    assert [name for name in names if importlib.util.find_spec(name) is None] == []


def test_the_recipe_is_valid_python() -> None:
    compile((SCRIPTS / "app.spec").read_text(encoding="utf-8"), "app.spec", "exec")
