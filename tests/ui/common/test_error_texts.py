# SPDX-License-Identifier: Apache-2.0
"""Every error has a text, and every text can be filled in."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from app.domain.errors import AppError, SetupError
from app.ui.common.error_text import QT_TRANSLATE_NOOP, ErrorText
from app.ui.common.error_texts import TEXTS, describe, fields_of

SOURCES = sorted(Path(app.__file__).parent.rglob("*.py"))


def tree(root: type[AppError] = AppError) -> Iterator[type[AppError]]:
    yield root
    for each in root.__subclasses__():
        yield from tree(each)


CODES = sorted({code for each in tree() for code in each.codes})
BRANCHES = {each.__name__ for each in tree()}


def raised() -> Iterator[tuple[str, str, frozenset[str], bool]]:
    """Place, code, names of the facts and whether more come by ``**``, for every error that the program
    makes."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in BRANCHES
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                names = frozenset(each.arg for each in node.keywords if each.arg)
                more = any(each.arg is None for each in node.keywords)
                yield f"{source.name}:{node.lineno}", str(node.args[0].value), names, more


def test_every_code_has_a_text_and_every_text_a_code() -> None:
    assert sorted(TEXTS) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_text_says_what_happened_and_what_to_do_in_plain_words(code: str) -> None:
    text = TEXTS[code]
    for sentence in (text.what, text.what_to_do):
        assert sentence[0].isupper()
        assert sentence[-1] in ".:" or "enrollment-station " in sentence  # a command is no sentence's end
        assert "!" not in sentence
        assert code not in sentence
        words = sentence.lower().split()
        assert not {"error", "occurred", "invalid", "template", "sync", "please", "sorry", "failed"} & set(
            words
        )
    assert text.what != text.what_to_do


def test_whoever_raises_a_code_gives_the_facts_that_its_text_shows() -> None:
    places = list(raised())
    assert len(places) > 20
    missing = [
        f"{place} {code}: {', '.join(sorted(shown - names))}"
        for place, code, names, more in places
        if not more and (shown := fields_of(TEXTS[code].what) | fields_of(TEXTS[code].what_to_do)) - names
    ]
    assert missing == []


def test_facts_are_filled_in_after_translation() -> None:
    error = SetupError("profile_in_use", profile="desk-1")
    assert describe(error).what == 'The station "desk-1" is already open on this computer.'
    assert describe(error, lambda text: f"<{text}>").what.startswith('<The station "desk-1"')


def test_the_file_is_named_where_it_is_known() -> None:
    assert describe(SetupError("setting_invalid", key="look.theme", file="a.toml")).what.endswith(
        " It is in a.toml."
    )
    assert "It is in" not in describe(SetupError("setting_invalid", key="look.theme")).what
    assert "It is in" not in describe(SetupError("setting_secret", key="database.url", file="a.toml")).what


@pytest.mark.parametrize("code", CODES)
def test_no_placeholder_is_left_even_when_a_fact_is_missing(code: str) -> None:
    branch = next(each for each in tree() if code in each.codes)
    error = branch() if code == "cancelled" else branch(code)  # type: ignore[call-arg]
    text = describe(error)
    assert "{" not in text.what + text.what_to_do
    assert "}" not in text.what + text.what_to_do


def test_braces_in_a_fact_are_only_text() -> None:
    assert "{x!r}" in describe(SetupError("profile_in_use", profile="{x!r}")).what


def test_the_mark_gives_the_text_back() -> None:
    assert QT_TRANSLATE_NOOP("errors", "A text.") == "A text."
    assert ErrorText("a", "b") == ErrorText("a", "b")


def test_the_texts_need_no_qt() -> None:
    question = (
        "import sys, app.ui.common.error_texts; print([n for n in sys.modules if n.startswith('PySide6')])"
    )
    answer = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"
