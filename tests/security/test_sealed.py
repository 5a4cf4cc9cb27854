# SPDX-License-Identifier: Apache-2.0
"""Sealed values: what opens, and everything that must not."""

from __future__ import annotations

import itertools
import os
import sqlite3
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import SetupError
from app.security.sealed import SealContext, Sealer, WrappedKey

SITE = UUID(int=1)
STUDENT = UUID(int=2)
OTHER_STUDENT = UUID(int=3)
ROW = UUID(int=4)
PLACE = SealContext("fingerprint_templates", "template_data", ROW, STUDENT)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:= +/"


def make_sealer(versions: int = 1, site: UUID = SITE) -> Sealer:
    return Sealer(
        site, {each: bytes([each]) * 32 for each in range(1, versions + 1)}, random_bytes=os.urandom
    )


def code_of(caught: pytest.ExceptionInfo[SetupError]) -> str:
    return caught.value.code


@given(data=st.binary(max_size=5000))
def test_what_was_sealed_opens_again(data: bytes) -> None:
    sealer = make_sealer()
    wrapped = sealer.new_subject_key(STUDENT)
    token = sealer.open_subject(STUDENT, wrapped).seal(data, PLACE)
    assert sealer.open_subject(STUDENT, wrapped).open(str(token), PLACE) == data


@given(data=st.binary(min_size=24, max_size=200))
def test_the_token_does_not_show_the_value(data: bytes) -> None:
    sealer = make_sealer()
    key = sealer.open_subject(STUDENT, sealer.new_subject_key(STUDENT))
    first, second = key.seal(data, PLACE), key.seal(data, PLACE)
    assert first != second
    assert first.startswith("be1:a256gcm:1:")
    assert repr(first) == f"{first!r}" == "<sealed>"


@pytest.mark.parametrize("data", [b"", b"1", b"12"], ids=["no rest", "a rest of 8 bits", "a rest of 16 bits"])
def test_a_token_with_one_changed_character_does_not_open(data: bytes) -> None:
    """Every character at every place: the readable version and the unused bits of the last one too."""
    sealer = make_sealer(versions=9)
    key = sealer.open_subject(STUDENT, sealer.new_subject_key(STUDENT))
    token = str(key.seal(data, PLACE))
    for where, character in itertools.product(range(len(token)), ALPHABET):
        changed = token[:where] + character + token[where + 1 :]
        if changed != token:
            with pytest.raises(SetupError) as caught:
                key.open(changed, PLACE)
            assert code_of(caught) in {"seal_broken", "seal_unsupported"}


@given(text=st.text(max_size=80))
def test_arbitrary_text_is_refused_as_broken(text: str) -> None:
    sealer = make_sealer()
    key = sealer.open_subject(STUDENT, sealer.new_subject_key(STUDENT))
    with pytest.raises(SetupError) as caught:
        key.open(text, PLACE)
    assert code_of(caught) == "seal_broken"


@pytest.mark.parametrize("cut", [0, 1, 15, 27])
def test_a_body_too_short_for_nonce_and_tag_is_broken(cut: int) -> None:
    sealer = make_sealer()
    key = sealer.open_subject(STUDENT, sealer.new_subject_key(STUDENT))
    with pytest.raises(SetupError) as caught:
        key.open("be1:a256gcm:1:" + "A" * cut, PLACE)
    assert code_of(caught) == "seal_broken"


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, row_uid=UUID(int=99)),
        replace(PLACE, column="raw_data"),
        replace(PLACE, table="student_responses"),
        replace(PLACE, subject_uid=OTHER_STUDENT),
    ],
    ids=["row", "column", "table", "subject"],
)
def test_a_value_moved_elsewhere_does_not_open(elsewhere: SealContext) -> None:
    sealer = make_sealer()
    key = sealer.open_subject(STUDENT, sealer.new_subject_key(STUDENT))
    token = key.seal(b"ridges", PLACE)
    with pytest.raises(SetupError) as caught:
        key.open(token, elsewhere)
    assert code_of(caught) == "seal_broken"
    assert key.open(token, PLACE) == b"ridges"


def test_another_students_key_does_not_open_it() -> None:
    sealer = make_sealer()
    token = sealer.open_subject(STUDENT, sealer.new_subject_key(STUDENT)).seal(b"ridges", PLACE)
    other = sealer.open_subject(OTHER_STUDENT, sealer.new_subject_key(OTHER_STUDENT))
    for context in (PLACE, replace(PLACE, subject_uid=OTHER_STUDENT)):
        with pytest.raises(SetupError, match="seal_broken"):
            other.open(token, context)


def test_another_site_with_the_same_keys_does_not_open_it() -> None:
    wrapped = make_sealer().new_subject_key(STUDENT)
    with pytest.raises(SetupError, match="site_key_absent"):
        make_sealer(site=UUID(int=77)).open_subject(STUDENT, wrapped)
    for claimed in (None, UUID(int=77)):  # a row that does not say whose key it is, and one that lies
        with pytest.raises(SetupError, match="seal_broken"):
            make_sealer(site=UUID(int=77)).open_subject(STUDENT, replace(wrapped, site_uid=claimed))


@pytest.mark.parametrize("noted", [True, False])
def test_keys_of_a_former_site_open_and_are_rewrapped_for_the_present_one(noted: bool) -> None:
    former = make_sealer(versions=2)
    wrapped = former.new_subject_key(STUDENT)
    token = former.open_subject(STUDENT, wrapped).seal(b"ridges", PLACE)
    if not noted:
        wrapped = replace(wrapped, site_uid=None, sealed_site_uid=None)
    school = UUID(int=78)
    keys = {1: bytes([9]) * 32, 2: bytes([8]) * 32}
    moved = Sealer(
        school, keys, random_bytes=os.urandom, former_sites={SITE: {n: bytes([n]) * 32 for n in (1, 2)}}
    )
    assert moved.open_subject(STUDENT, wrapped).open(token, PLACE) == b"ridges"
    assert not moved.is_current(wrapped)
    again = moved.rewrap(STUDENT, wrapped)
    assert (again.site_uid, again.key_version, again.sealed_site_uid) == (school, 2, SITE)
    assert moved.is_current(again)
    other = Sealer(school, keys, random_bytes=os.urandom)  # a station that never was of the former site
    assert other.open_subject(STUDENT, again).open(token, PLACE) == b"ridges"
    with pytest.raises(SetupError, match="site_key_absent" if noted else "seal_broken"):
        other.open_subject(STUDENT, wrapped)


def test_a_key_seals_for_its_own_subject_only() -> None:
    sealer = make_sealer()
    key = sealer.open_subject(STUDENT, sealer.new_subject_key(STUDENT))
    with pytest.raises(ValueError, match="another subject"):
        key.seal(b"ridges", replace(PLACE, subject_uid=OTHER_STUDENT))


def test_a_wrapped_key_given_to_another_subject_does_not_open() -> None:
    sealer = make_sealer()
    wrapped = sealer.new_subject_key(STUDENT)
    with pytest.raises(SetupError, match="seal_broken"):
        sealer.open_subject(OTHER_STUDENT, wrapped)


@given(where=st.integers(0, 59), flip=st.integers(1, 255))
def test_a_changed_wrapped_key_does_not_open(where: int, flip: int) -> None:
    sealer = make_sealer()
    wrapped = bytearray(sealer.new_subject_key(STUDENT).wrapped)
    wrapped[where] ^= flip
    with pytest.raises(SetupError, match="seal_broken"):
        sealer.open_subject(STUDENT, WrappedKey(1, bytes(wrapped)))


def test_a_wrapped_key_of_the_wrong_length_is_broken() -> None:
    with pytest.raises(SetupError, match="seal_broken"):
        make_sealer().open_subject(STUDENT, WrappedKey(1, b"short"))


def test_without_its_wrapped_key_a_value_stays_shut() -> None:
    """Destroying a subject: the row of ``subject_keys`` goes; a new key for the same subject opens nothing
    old."""
    sealer = make_sealer()
    token = sealer.open_subject(STUDENT, sealer.new_subject_key(STUDENT)).seal(b"ridges", PLACE)
    anew = sealer.open_subject(STUDENT, sealer.new_subject_key(STUDENT))
    with pytest.raises(SetupError, match="seal_broken"):
        anew.open(token, PLACE)


def test_rewrapping_moves_to_the_newest_site_key_and_old_values_go_on_opening() -> None:
    old = make_sealer(versions=1)
    wrapped = old.new_subject_key(STUDENT)
    token = old.open_subject(STUDENT, wrapped).seal(b"ridges", PLACE)
    new = make_sealer(versions=2)
    rewrapped = new.rewrap(STUDENT, wrapped)
    assert (wrapped.key_version, rewrapped.key_version) == (1, 2)
    key = new.open_subject(STUDENT, rewrapped)
    assert key.open(token, PLACE) == b"ridges"
    assert key.seal(b"", PLACE).startswith("be1:a256gcm:2:")


def test_a_site_key_that_is_not_here_is_named() -> None:
    wrapped = make_sealer(versions=3).new_subject_key(STUDENT)
    with pytest.raises(SetupError) as caught:
        make_sealer(versions=2).open_subject(STUDENT, wrapped)
    assert (code_of(caught), caught.value.facts["version"]) == ("site_key_absent", 3)


def test_a_value_sealed_to_the_site_is_recognised_and_refused() -> None:
    sealer = make_sealer()
    key = sealer.open_subject(STUDENT, sealer.new_subject_key(STUDENT))
    with pytest.raises(SetupError) as caught:
        key.open("be1:hpke:1:" + "A" * 80, PLACE)
    assert (code_of(caught), caught.value.facts["reserved"]) == ("seal_unsupported", True)


@pytest.mark.parametrize("name", ["", "a|b", "Table", "x y", "1a", "ä"])
def test_a_place_is_named_by_schema_names_only(name: str) -> None:
    with pytest.raises(ValueError, match="names of the schema"):
        replace(PLACE, table=name)
    with pytest.raises(ValueError, match="names of the schema"):
        replace(PLACE, column=name)


@pytest.mark.parametrize("keys", [{}, {0: b"k" * 32}, {1: b"short"}])
def test_a_sealer_needs_whole_site_keys(keys: dict[int, bytes]) -> None:
    with pytest.raises(ValueError, match="site key"):
        Sealer(SITE, keys, random_bytes=os.urandom)


def test_a_token_is_plain_text_to_a_database_driver() -> None:
    sealer = make_sealer()
    key = sealer.open_subject(STUDENT, sealer.new_subject_key(STUDENT))
    token = key.seal(b"ridges", PLACE)
    database = sqlite3.connect(":memory:")
    (stored,) = database.execute("select ?", (token,)).fetchone()
    database.close()
    assert type(stored) is str
    assert key.open(stored, PLACE) == b"ridges"


def test_nothing_secret_is_in_any_repr() -> None:
    sealer = make_sealer()
    wrapped = sealer.new_subject_key(STUDENT)
    key = sealer.open_subject(STUDENT, wrapped)
    assert "wrapped" not in repr(wrapped)
    assert "bytes" not in repr(key) + repr(sealer)
    assert not hasattr(key, "__dict__")


def test_randomness_is_what_was_given() -> None:
    asked: list[int] = []

    def counted(count: int) -> bytes:
        asked.append(count)
        return bytes(count)

    sealer = Sealer(SITE, {1: b"k" * 32}, random_bytes=counted)
    sealer.open_subject(STUDENT, sealer.new_subject_key(STUDENT)).seal(b"ridges", PLACE)
    assert asked == [32, 12, 12]  # the key, the nonce of its wrapping, the nonce of the value
