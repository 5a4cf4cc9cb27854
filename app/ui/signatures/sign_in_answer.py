# SPDX-License-Identifier: Apache-2.0
"""The answer to a sign-in: one word, what it means, what to do; below it what it rests on."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBitmap, QColor, QImage, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.sessions import AttendanceStatus
from app.domain.signature_sign_in import SignInAnswer, SignInVerdict
from app.domain.visits import CheckIn
from app.ui.common import theme
from app.ui.common.controls import Button, Card, Text
from app.ui.common.prompt_icon import PromptIcon
from app.ui.common.theme import Tone, tokens
from app.ui.common.times import date_text, time_text
from app.ui.common.words import attendance_word
from app.ui.signatures.sign_in_words import (
    device_words,
    notes_of,
    references_words,
    verdict_look,
    verdict_words,
)


class GivenSignature(QWidget):
    """The signature that was compared, as it was drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ink = QImage()
        self.setObjectName("given_signature")
        self.setAccessibleName(self.tr("The signature that was given"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(160, 72)
        self.setMaximumSize(300, 132)

    def sizeHint(self) -> QSize:
        return QSize(240, 104)

    def show_ink(self, ink: QImage) -> None:
        """Show a drawing, without the empty paper around it."""
        inked = QRegion(QBitmap.fromImage(ink.createAlphaMask())).boundingRect()
        self._ink = ink.copy(inked) if not inked.isEmpty() else QImage()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(look.line), 1))
        painter.setBrush(QColor(look.paper))
        painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        if self._ink.isNull():
            return
        inside = box.adjusted(10, 8, -10, -8)
        scale = min(inside.width() / self._ink.width(), inside.height() / self._ink.height())
        place = QRectF(0, 0, self._ink.width() * scale, self._ink.height() * scale)
        place.moveCenter(inside.center())
        painter.drawImage(place, self._ink, QRectF(self._ink.rect()))


class AnswerPanel(QWidget):
    """The answer, then the attendance that was written on it.

    Signals:
        keep_wanted(): the student agrees that the signature is kept as one to be known by.
    """

    keep_wanted = Signal()

    def __init__(self, limit: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._limit = limit
        self._mark = PromptIcon(72)
        self._word = Text("", theme.DISPLAY, strong=True)
        self._word.setObjectName("sign_in_verdict")
        self._meaning = Text("", theme.BODY, wrap=True)
        self._to_do = Text("", theme.BODY, strong=True, wrap=True)
        self._to_do.setObjectName("sign_in_to_do")
        self._given = GivenSignature()
        self._facts = QGridLayout()
        self._values = [Text("", theme.BODY, wrap=True) for _ in range(4)]
        self._names = [Text("", theme.BODY, muted=True) for _ in range(4)]
        self._keep_card = Card()
        self._keep_words = Text("", theme.BODY, wrap=True)
        self._keep_button = Button(self.tr("&Keep it"), icon="save")
        self._keep_button.setObjectName("keep_reference")
        self._keep_button.clicked.connect(self.keep_wanted)
        self._lay_out()

    def _lay_out(self) -> None:
        card = Card()
        words = QVBoxLayout()
        words.setSpacing(theme.SPACE_1)
        for text in (self._word, self._meaning, self._to_do):
            words.addWidget(text)
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE_4)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 3)
        head.addWidget(self._given, 2)
        self._facts.setHorizontalSpacing(theme.SPACE_6)
        self._facts.setVerticalSpacing(theme.SPACE_1)
        self._facts.setColumnStretch(1, 1)
        names = (self.tr("Compared with"), self.tr("Pen device"), self.tr("To know"), self.tr("Method"))
        objects = ("references", "device", "notes", "method")
        parts = zip(self._names, self._values, names, objects, strict=True)
        for row, (name, value, words_of_name, object_name) in enumerate(parts):
            name.setText(words_of_name)
            value.setObjectName(f"sign_in_{object_name}")
            self._facts.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(value, row, 1)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(theme.SPACE_6, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        inside.setSpacing(theme.SPACE_4)
        inside.addLayout(head)
        inside.addLayout(self._facts)
        keep = QHBoxLayout(self._keep_card)
        keep.setContentsMargins(theme.SPACE_6, theme.SPACE_3, theme.SPACE_3, theme.SPACE_3)
        keep.setSpacing(theme.SPACE_4)
        keep.addWidget(self._keep_words, 1)
        keep.addWidget(self._keep_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_3)
        column.addWidget(card)
        column.addWidget(self._keep_card)
        column.addStretch(1)

    @property
    def words(self) -> str:
        """What a screen reader says at once."""
        return f"{self._word.text()}. {self._meaning.text()} {self._to_do.text()}"

    def show_answer(self, answer: SignInAnswer, ink: QImage, newest_at: datetime | None) -> None:
        """Show the answer to the signature in the picture."""
        word, meaning, to_do = verdict_words(answer.verdict)
        self._say(verdict_look(answer.verdict), word, meaning, to_do)
        self._given.show_ink(ink)
        known = references_words(answer.references)
        if newest_at is not None:
            known = self.tr("{known}, the newest of {date}").format(known=known, date=date_text(newest_at))
        notes = notes_of(answer)
        for value, words in zip(
            self._values,
            (known, device_words(answer.device_match), "\n".join(notes), answer.algorithm),
            strict=True,
        ):
            value.setText(words)
        for part in (self._names[2], self._values[2]):
            part.setVisible(bool(notes))
        self._keep_card.setVisible(answer.verdict is SignInVerdict.CONSISTENT)
        self._keep_words.setText(
            self.tr(
                "Know the student by this signature, too? Ask the student first. At most {limit} are kept, "
                "the oldest leaves first."
            ).format(limit=self._limit)
        )
        self._keep_button.show()
        self._keep_button.setEnabled(True)

    def show_keeping(self) -> None:
        """The signature is being kept."""
        self._keep_button.setEnabled(False)

    def show_kept(self) -> None:
        """The signature is kept."""
        self._keep_button.hide()
        self._keep_words.setText(self.tr("Kept. The next sign-in is compared with this signature, too."))

    def show_not_kept(self) -> None:
        """It could not be kept; it may be tried again."""
        self._keep_button.setEnabled(True)

    def show_check_in(self, name: str, check_in: CheckIn, by_hand: str) -> None:
        """Attendance was written; ``by_hand``: why all the same, empty after a consistent answer."""
        on_time = check_in.status is AttendanceStatus.PRESENT
        look = ("circle-check", Tone.GOOD) if on_time else ("clock", Tone.WARN)
        when = self.tr("{session}, {time}").format(
            session=check_in.title, time=time_text(check_in.checked_in_at)
        )
        self._say(look, f"{name}: {attendance_word(check_in.status)}", when, "")
        self._show_by_hand(by_hand)

    def show_let_in(self, name: str, by_hand: str) -> None:
        """The decision was noted; there was no class session to write attendance for."""
        self._say(("circle-check", Tone.GOOD), self.tr("{name} is signed in").format(name=name), "", "")
        self._show_by_hand(by_hand)

    def _show_by_hand(self, by_hand: str) -> None:
        if by_hand:
            self._to_do.setText(self.tr("Decided by hand: {reason}").format(reason=by_hand))

    def _say(self, look: tuple[str, Tone], word: str, meaning: str, to_do: str) -> None:
        self._mark.show_icon(*look)
        self._word.setText(word)
        self._word.set_tone(look[1])
        self._meaning.setText(meaning)
        self._to_do.setText(to_do)
