# SPDX-License-Identifier: Apache-2.0
"""Every visible text can be translated: ``tr`` and ``translate`` get literals, nothing else shows words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from app.domain.fingerprints import Finger, Reason, SkipReason
from app.domain.sessions import AttendanceStatus
from app.domain.visits import Step
from app.ui.common import words
from app.ui.common.coaching import coaching_for
from app.ui.signatures.words import instruction_for
from tests.ui import samples

UI = Path(__file__).parents[2] / "app" / "ui"
FILES = sorted(UI.rglob("*.py"))
#: Calls whose first words are shown to a person as they are.
_SHOWING = {"setText", "setToolTip", "setAccessibleName", "setPlaceholderText", "setWindowTitle", "addItem"}
#: Texts that are marked where they are written and translated where they are shown.
_MARKED = {"self.words", "text"}


def _calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(UI)))
def test_what_is_translated_is_a_literal(path: Path) -> None:
    for call in _calls(path):
        name = ast.unparse(call.func)
        if name == "self.tr":
            text = call.args[0]
        elif name in {"translate", "QCoreApplication.translate"} and len(call.args) >= 2:
            assert isinstance(call.args[0], ast.Constant) or ast.unparse(call.args[0]) == "CONTEXT"
            text = call.args[1]
            if ast.unparse(text) in _MARKED:
                continue
        else:
            continue
        assert isinstance(text, ast.Constant), f"{path.name}:{call.lineno}: {ast.unparse(text)}"
        assert isinstance(text.value, str)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(UI)))
def test_no_words_are_shown_untranslated(path: Path) -> None:
    for call in _calls(path):
        if _name(call) in _SHOWING and call.args and isinstance(call.args[0], ast.Constant):
            value = call.args[0].value
            assert not (isinstance(value, str) and any(mark.isalpha() for mark in value)), (
                f"{path}:{call.lineno}"
            )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(UI)))
def test_colors_are_tokens(path: Path) -> None:
    if path.name in {"theme.py", "style.py"}:
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            assert not (text.startswith("#") and len(text) in {4, 7, 9}), f"{path}:{node.lineno}"


def test_every_value_of_the_domain_has_its_words() -> None:
    for finger in Finger:
        assert words.finger_title(finger).casefold() == words.finger_name(finger)
    assert len({words.skip_word(reason) for reason in SkipReason}) == len(SkipReason)
    assert len({words.step_word(step) for step in Step}) == len(Step)
    assert all(words.attendance_word(status) for status in AttendanceStatus)


def test_every_reason_has_one_coaching_sentence() -> None:
    sentences = {coaching_for(reason).sentence for reason in Reason}
    assert len(sentences) == len(Reason)
    for reason in Reason:
        coaching = coaching_for(reason)
        assert coaching.sentence.endswith(".")
        assert "!" not in coaching.sentence + coaching.again
        assert not coaching.again.endswith(".")


def test_every_step_of_the_flow_has_its_own_instruction() -> None:
    steps = samples.flow().steps
    assert [instruction_for(step) for step in steps] == [step.instruction for step in steps]
