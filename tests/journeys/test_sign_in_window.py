# SPDX-License-Identifier: Apache-2.0
"""Signing in by signature through the window: real pen events, the real verifier, the encrypted file.

What is asserted of the database was read back by services of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.biometrics.signature.synthetic import record_of, signature, step_ink
from app.biometrics.signature.verify import ALGORITHM_VERSION
from app.domain.signatures import Canvas, PenDevice, PointerType, SignatureRecord
from app.domain.visits import StudentCard
from app.services.signature_checks import verified
from app.services.signature_sign_in import SignatureSignInService
from app.services.signing_values import Subject
from app.storage.engine import open_local
from app.storage.rows.attendance import AttendanceRow
from app.storage.rows.signatures import SignatureReferenceRow, TempEnrollmentRow
from app.storage.store import Store
from app.ui.common.sounds import Sound
from app.ui.common.style import Appearance
from app.ui.common.theme import Scheme
from app.ui.shell import walk_sign_in
from app.ui.shell.main_window import MainWindow
from app.ui.signatures.pad import SignaturePad
from app.ui.signatures.sign_in_page import SignInPage
from tests.databases import KEY
from tests.services.desk import START, Desk, open_desk
from tests.ui import pen
from tests.ui.fakes import window_services

WRITER, STRANGER = 3, 11
DEVICE = PenDevice("test pen", "pen-1", PointerType.PEN, frozenset({"pressure"}))


class Clock:
    """The pad's monotonic seconds, set by the hand that draws."""

    now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


def written(key: str, sample: int) -> SignatureRecord:
    ink = signature(WRITER, sample) if key.startswith("signature") else step_ink(key, sample)
    return record_of(ink, started_at=START, device=DEVICE, canvas=Canvas(800, 300))


def sign(pad: SignaturePad, clock: Clock, writer: int, sample: int) -> None:
    """A made-up hand signs with the pen: positions, times and pressure as events."""
    start_s = clock.now_s
    for points in signature(writer, sample):
        places = [
            (pad.width() * (0.1 + 0.8 * at.x), 30 + pad.width() * 0.8 * at.y * 300 / 800) for at in points
        ]
        for number, (at, place) in enumerate(zip(points, places, strict=True)):
            clock.now_s = start_s + at.t_us / 1e6
            (pen.move if number else pen.press)(pad, place, at.pressure or 0.5)
        clock.now_s += 0.005
        pen.release(pad, places[-1])
    clock.now_s += 1.0


@dataclass
class Station:
    """The window with a student who signed up, and a class session that is open."""

    window: MainWindow
    desk: Desk
    clock: Clock
    anna: StudentCard
    file: Path
    qtbot: QtBot

    @property
    def page(self) -> SignInPage:
        walk = self.window.walk
        assert walk is not None
        assert walk.sign_in is not None
        return walk.sign_in.page

    def idle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.window.runner.busy, timeout=20_000)
        QApplication.processEvents()

    def text(self, name: str) -> str:
        label = self.window.findChild(QLabel, name)
        assert label is not None
        return label.text() if label.isVisibleTo(self.page) else ""

    def press(self, name: str) -> None:
        button = next(found for found in self.window.findChildren(QAbstractButton, name) if found.isVisible())
        assert button.isEnabled(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.idle()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)
        self.idle()

    def open_for_anna(self) -> None:
        """By keyboard: the field has the focus, Enter takes the first hit."""
        walk = self.window.walk
        assert walk is not None
        assert walk.sign_in is not None
        walk.sign_in.action.trigger()
        self.idle()
        self.page.pad._clock_s = self.clock
        QTest.keyClicks(self.page.who.field, "Anna")
        self.key(Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: self.page.is_drawing)
        self.idle()

    def signed(self, writer: int, sample: int) -> None:
        sign(self.page.pad, self.clock, writer, sample)
        self.idle()
        self.press("action_primary")

    def rows(self, query: Any) -> list[Any]:
        """What another program finds in the file."""
        engine = open_local(self.file, KEY)
        try:
            with Store(engine).reading() as session:
                return list(session.scalars(query).all())
        finally:
            engine.dispose()

    def verifications(self) -> list[dict[str, Any]]:
        rows = self.rows(
            select(TempEnrollmentRow)
            .where(TempEnrollmentRow.flow_type == "signin")
            .order_by(TempEnrollmentRow.id)
        )
        return [row.metadata_["verification"] for row in rows]


@pytest.fixture
def station(qtbot: QtBot, qapp: QApplication, station_file: Path) -> Iterator[Station]:
    engine = open_local(station_file, KEY)
    desk = open_desk(Store(engine))
    desk.signing._verify = verified
    anna = desk.students.add("Anna Example", number="4711", class_name="7B")
    session_id = None
    for step in desk.signing.flows[next(iter(desk.signing.flows))].steps:
        saved = desk.signing.save_drawing(
            "anna",
            step.number,
            written(step.key, step.number),
            session_id=session_id,
            subject=Subject(student_uid=anna.uid),
        )
        session_id = saved.session_id
    assert session_id is not None
    desk.signing.register("anna", session_id)
    desk.attendance.open_session("7B", desk.clock.now)
    services = replace(
        window_services(),
        enrollment=desk.enrollment,
        students=desk.students,
        attendance=desk.attendance,
        signature_sign_in=SignatureSignInService(desk.writer, desk.signing, desk.students),
    )
    made = MainWindow(Appearance(qapp, Scheme.LIGHT), lambda: services, now=lambda: desk.clock.now)
    with qtbot.waitSignal(made.ready, timeout=10_000):
        made.show()
    made.activateWindow()
    found = Station(made, desk, Clock(), anna, station_file, qtbot)
    found.idle()
    yield found
    made.close()
    engine.dispose()


def test_a_genuine_signature_is_consistent_checks_in_and_may_be_kept(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[Sound, bool]] = []
    monkeypatch.setattr(walk_sign_in, "play", lambda sound, wanted: heard.append((sound, wanted)))
    station.open_for_anna()
    station.signed(WRITER, 40)
    assert heard == [(Sound.ACCEPTED, True)]
    assert station.text("sign_in_verdict") == "Consistent"
    assert station.text("sign_in_references").startswith("3 known signatures, the newest of")
    assert station.text("sign_in_device") == "Another one than for the known signatures"
    assert "Signed on another device than before" in station.text("sign_in_notes")
    shown = " ".join(label.text() for label in station.window.findChildren(QLabel) if label.isVisible())
    assert "%" not in shown
    (verification,) = station.verifications()
    assert (verification["decision"], verification["algorithm"]) == ("consistent", ALGORITHM_VERSION)
    assert len(verification["references"]) == 3

    station.press("action_primary")  # Check in
    (attendance,) = station.rows(select(AttendanceRow))
    assert (attendance.method, attendance.status) == ("signature", "present")
    assert station.text("sign_in_verdict") == "Anna Example: On time"

    station.press("keep_reference")
    (reference,) = station.rows(select(SignatureReferenceRow))
    assert reference.algorithm == ALGORITHM_VERSION
    station.press("action_primary")  # Next student
    station.page.who.field.setText("Anna")
    station.key(Qt.Key.Key_Return)
    station.qtbot.waitUntil(lambda: station.page.is_drawing)
    signer = station.page.signer
    assert signer is not None
    assert signer.references == 4


def test_a_stranger_s_signature_is_different_nothing_is_lost_and_a_person_may_decide(
    station: Station,
) -> None:
    station.open_for_anna()
    station.signed(STRANGER, 1)
    assert station.text("sign_in_verdict") == "Different"
    assert station.rows(select(AttendanceRow)) == []
    assert station.window.findChild(QAbstractButton, "keep_reference").isVisible() is False

    station.press("action_primary")  # Sign again: the first one stays where it is
    station.signed(STRANGER, 2)
    assert [found["decision"] for found in station.verifications()] == ["different", "different"]

    station.press("action_by_hand")
    confirm = station.window.findChild(QAbstractButton, "by_hand_confirm")
    assert not confirm.isEnabled()
    assert station.rows(select(AttendanceRow)) == []
    station.press("by_hand_card_seen")
    station.press("by_hand_confirm")
    (attendance,) = station.rows(select(AttendanceRow))
    assert attendance.method == "manual"
    first, second = station.verifications()
    assert "by_hand" not in first
    assert (second["decision"], second["by_hand"]["reason"]) == ("different", "card_seen")
    assert "Card or paper seen" in station.text("sign_in_to_do")
    assert station.rows(select(SignatureReferenceRow)) == []


def test_everything_goes_by_keyboard_but_the_pen(station: Station) -> None:
    station.open_for_anna()
    sign(station.page.pad, station.clock, STRANGER, 1)
    station.idle()
    station.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(station.page.pad.strokes) == len(signature(STRANGER, 1)) - 1
    station.key(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    station.key(Qt.Key.Key_F10)
    assert station.text("sign_in_verdict") == "Different"
    station.key(Qt.Key.Key_H, Qt.KeyboardModifier.AltModifier)
    station.qtbot.waitUntil(station.page.by_hand.isVisible)  # a mnemonic's click takes its moment
    station.key(Qt.Key.Key_Space)  # the first reason has the focus
    station.key(Qt.Key.Key_Return)
    assert [row.method for row in station.rows(select(AttendanceRow))] == ["manual"]
    station.key(Qt.Key.Key_Escape)
    station.key(Qt.Key.Key_Escape)
    assert station.window.current == "student"


def test_strokes_are_saved_at_every_pen_up_and_come_back_after_an_interruption(station: Station) -> None:
    station.open_for_anna()
    sign(station.page.pad, station.clock, WRITER, 41)
    station.idle()
    drawn = station.page.pad.record()
    walk = station.window.walk
    assert walk is not None
    assert walk.sign_in is not None
    walk.sign_in.close_page()
    station.open_for_anna()
    assert station.page.pad.record() == drawn
    assert "interruption" in station.page.notice.words
    station.press("action_primary")
    assert station.text("sign_in_verdict") == "Consistent"


def test_the_student_signs_on_the_student_s_screen_and_sees_no_answer(station: Station) -> None:
    station.open_for_anna()
    walk = station.window.walk
    assert walk is not None
    walk.student_screen.action.setChecked(True)
    student = walk.student_screen.student_window
    assert student is not None
    station.qtbot.waitUntil(station.page.pad.isVisible)
    assert station.page.pad.window() is student
    station.signed(WRITER, 40)
    assert station.text("sign_in_verdict") == "Consistent"
    shown = " ".join(label.text() for label in student.findChildren(QLabel) if label.isVisible())
    assert shown == "Thank you"
    student.close()


def test_the_check_in_desk_leads_there_and_back(station: Station) -> None:
    walk = station.window.walk
    assert walk is not None
    walk.check_in.open_page()
    station.idle()
    station.press("way_signature")
    station.key(Qt.Key.Key_Space)  # its button has the focus
    assert station.window.current == "sign_in"
    station.key(Qt.Key.Key_Escape)
    assert station.window.current == "desk"


def test_somebody_without_signatures_cannot_be_chosen(station: Station, qtbot: QtBot) -> None:
    station.desk.students.add("Berta Beispiel")
    walk: Any = station.window.walk
    walk.sign_in.action.trigger()
    QTest.keyClicks(station.page.who.field, "Berta")
    station.key(Qt.Key.Key_Return)
    row = station.window.findChild(QAbstractButton, "signer_1")
    assert row is not None
    assert not row.isEnabled()
    assert "No signatures yet" in row.accessibleName()
    assert not station.page.is_drawing


def test_a_problem_leaves_the_signature_on_the_canvas(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.open_for_anna()
    sign(station.page.pad, station.clock, WRITER, 40)
    station.idle()
    drawn = station.page.pad.record()

    def fails(*_: object, **__: object) -> Callable[[], None]:
        from app.domain.errors import StorageError

        raise StorageError("database_unavailable")

    monkeypatch.setattr(station.desk.writer.store, "apply", fails)
    station.press("action_primary")
    assert station.page.pad.record() == drawn
    assert station.page.notice.words
    monkeypatch.undo()
    station.press("action_primary")
    assert station.text("sign_in_verdict") == "Consistent"
