# SPDX-License-Identifier: Apache-2.0
"""The answers of a sign-in: every value has its words, and none is a percentage of identity."""

from __future__ import annotations

import pytest

from app.biometrics.signature.verify import Verdict, VerificationFlag
from app.domain.signature_sign_in import ByHandReason, SignInVerdict
from app.ui.signatures.sign_in_words import (
    by_hand_words,
    flag_words,
    notes_of,
    references_words,
    verdict_look,
    verdict_words,
)
from tests.ui import samples


def test_the_verifier_s_answers_are_the_window_s() -> None:
    assert {verdict.value for verdict in Verdict} == {verdict.value for verdict in SignInVerdict}


@pytest.mark.parametrize("verdict", SignInVerdict)
def test_an_answer_says_what_it_means_and_what_to_do(verdict: SignInVerdict) -> None:
    word, meaning, to_do = verdict_words(verdict)
    assert word == verdict.value.capitalize()
    for sentence in (meaning, to_do):
        assert sentence.endswith(".")
        assert "%" not in sentence
        assert "!" not in sentence
    assert verdict_look(verdict)[0]


def test_icon_tone_and_word_differ_from_answer_to_answer() -> None:
    assert len({verdict_look(verdict) for verdict in SignInVerdict}) == len(SignInVerdict)
    assert len({verdict_words(verdict) for verdict in SignInVerdict}) == len(SignInVerdict)


def test_every_flag_has_a_sentence() -> None:
    sentences = {flag_words(flag.value) for flag in VerificationFlag}
    assert len(sentences) == len(VerificationFlag)
    assert all(sentence.endswith(".") for sentence in sentences)
    assert flag_words("a flag of a later version") == ""
    assert len(notes_of(samples.sign_in_answer(SignInVerdict.DIFFERENT))) == 5


def test_every_reason_to_decide_by_hand_has_words() -> None:
    assert len({by_hand_words(reason) for reason in ByHandReason}) == len(ByHandReason)


def test_references_are_counted_in_words() -> None:
    assert references_words(1) == "1 known signature"
    assert references_words(6) == "6 known signatures"
