# SPDX-License-Identifier: Apache-2.0
"""Who is proposed for check-in, and how that was told: the card that the operator confirms or rejects."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.finger_sign_in import FingerSignIn
from app.domain.operations_fingerprints import SignInDecision, SignInMode
from app.domain.visits import StudentCard
from app.ui.attendance.certainty import Certainty, CertaintyBar, certainty_of
from app.ui.common import theme
from app.ui.common.controls import Card, Chip, Text
from app.ui.common.initials import Initials
from app.ui.common.numbers import number_text
from app.ui.common.result_list import details_of
from app.ui.common.theme import Tone
from app.ui.common.words import finger_title


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal.

    Attributes:
        method: how it was told who it is, as attendance rows name it: ``manual``, ``fingerprint``,
            ``signature``.
        sure: whether the operator need not look twice.
        how: "Right index finger", "Chosen by name".
        certainty: how much alike it looked; None where nothing was compared.
        facts: among how many, and how long it took.
    """

    student: StudentCard
    method: str
    sure: bool
    how: str
    certainty: Certainty | None = None
    facts: str = ""


def named(student: StudentCard) -> Candidate:
    """A student whom the operator chose from the list."""
    how = QCoreApplication.translate("Candidate", "Chosen by name")
    return Candidate(student, "manual", sure=True, how=how)


def recognized(outcome: FingerSignIn) -> Candidate | None:
    """Whom a finger proposes; None where it proposes nobody."""
    if outcome.student is None or outcome.finger is None or outcome.decision is SignInDecision.REJECTED:
        return None
    sure = outcome.decision is SignInDecision.ACCEPTED
    certainty = None
    if outcome.false_match_rate is not None:
        certainty = certainty_of(outcome.false_match_rate, outcome.threshold, enough=sure)
    how = finger_title(outcome.finger)
    return Candidate(outcome.student, "fingerprint", sure, how, certainty, facts_of(outcome))


def facts_of(outcome: FingerSignIn) -> str:
    """Among how many fingers, and how long that took."""
    seconds = QLocale().toString(max(0.01, outcome.seconds), "f", 2)
    count = number_text(outcome.searched_among)
    if outcome.mode is SignInMode.VERIFY:
        words = QCoreApplication.translate(
            "Candidate", "Compared with the student's own fingers ({count}) in {seconds} s"
        )
    elif outcome.decision is SignInDecision.REJECTED:
        words = QCoreApplication.translate("Candidate", "Compared with {count} fingers in {seconds} s")
    else:
        words = QCoreApplication.translate("Candidate", "Found among {count} fingers in {seconds} s")
    return words.format(count=count, seconds=seconds)


class CandidateCard(Card):
    """Badge, name, class and number large; below, how sure it is and why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("candidate_card")
        self.candidate: Candidate | None = None
        self._initials = Initials(88)
        self._name = Text("", theme.DISPLAY, strong=True, wrap=True)
        self._name.setObjectName("candidate_name")
        self._details = Text("", theme.BODY, muted=True, wrap=True)
        self._details.setObjectName("candidate_details")
        self._chip = Chip()
        self._chip.setObjectName("candidate_chip")
        self._how = Text("", theme.BODY, muted=True)
        self._how.setObjectName("candidate_how")
        self._bar = CertaintyBar()
        self._odds = Text("", theme.SMALL, muted=True, wrap=True)
        self._odds.setObjectName("candidate_odds")
        self._facts = Text("", theme.SMALL, muted=True, wrap=True)
        self._facts.setObjectName("candidate_facts")
        self._lay_out()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(theme.SPACE_1)
        words.addStretch(1)
        words.addWidget(self._name)
        words.addWidget(self._details)
        words.addStretch(1)
        person = QHBoxLayout()
        person.setSpacing(theme.SPACE_4)
        person.addWidget(self._initials, 0, Qt.AlignmentFlag.AlignVCenter)
        person.addLayout(words, 1)
        state = QHBoxLayout()
        state.setSpacing(theme.SPACE_3)
        state.addWidget(self._chip)
        state.addWidget(self._how, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_6, theme.SPACE_4)
        column.setSpacing(theme.SPACE_2)
        column.addStretch(1)
        column.addLayout(person)
        column.addSpacing(theme.SPACE_3)
        column.addLayout(state)
        for part in (self._bar, self._odds, self._facts):
            column.addWidget(part)
        column.addStretch(1)

    def show_candidate(self, candidate: Candidate) -> None:
        """Show another proposal."""
        self.candidate = candidate
        student, certainty = candidate.student, candidate.certainty
        self._initials.set_name(student.name)
        self._name.setText(student.name)
        self._details.setText(details_of(student))
        if certainty is None:
            self._chip.set_state(candidate.how, Tone.ACCENT, "user")
            self._how.setText("")
        elif candidate.sure:
            self._chip.set_state(self.tr("Recognized"), Tone.GOOD, "circle-check")
            self._how.setText(candidate.how)
        else:
            self._chip.set_state(self.tr("Not sure: please look"), Tone.WARN, "triangle-alert")
            self._how.setText(candidate.how)
        self._bar.show_certainty(certainty)
        self._odds.setText("" if certainty is None else certainty.words)
        self._odds.setVisible(certainty is not None)
        self._facts.setText(candidate.facts)
        self._facts.setVisible(bool(candidate.facts))

    @property
    def spoken(self) -> str:
        """For a screen reader."""
        return " ".join(part for part in (self._name.text(), self._chip.text, self._how.text()) if part)
