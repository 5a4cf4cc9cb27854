# SPDX-License-Identifier: Apache-2.0
"""Names are compared and found alike on every database, whichever way they are typed."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.names import folded, searchable, student_search_text


@pytest.mark.parametrize(
    ("text", "compared", "found"),
    [
        ("  Math   101 ", "math 101", "math 101"),
        ("Straße", "strasse", "strasse"),
        ("Zoë", "zoë", "zoe"),
        ("Zoe\u0308", "zoë", "zoe"),
        ("ﬁn\u00a0Ⅳ", "fin iv", "fin iv"),
        ("Łukasz", "łukasz", "łukasz"),
    ],
)
def test_forms_of_names(text: str, compared: str, found: str) -> None:
    assert folded(text) == compared
    assert searchable(text) == found


@given(st.text(alphabet=string.printable))
def test_plain_text_takes_a_short_way_to_the_same(text: str) -> None:
    word = text.strip()
    assert folded("é" + word) == "é" + folded(word)
    assert searchable("ø" + word) == "ø" + searchable(word)


@given(st.text())
def test_a_form_is_its_own_form(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_students_are_found_by_name_local_part_number_and_class() -> None:
    assert student_search_text("Zoë Ash", "zoe.a@x.org", "0042", "7A") == "zoe ash zoe.a 0042 7a"
    assert student_search_text("Zoë Ash", None, None, None) == "zoe ash"
