# SPDX-License-Identifier: Apache-2.0
"""A finger on the emulated reader, through the wire, the engine and the window, into the attendance table.

Window, services, sealing, encrypted file, engine and driver are the product's; the module at the other end
of the line speaks the real protocol. What is asserted is read back from the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from app.devices.emulator.timing import INSTANT
from app.domain.capture_events import ReaderCondition, ReaderState, TouchBegan, TouchEnded
from app.domain.fingerprints import Finger, SkipReason
from app.domain.policy import Policy
from app.domain.visits import Skip, Step, StudentCard, Visit
from app.services.calibration import CalibrationService
from app.services.reader_watch import capture_service
from app.services.training import TrainingDesk
from app.storage.engine import open_local
from app.storage.store import Store
from app.ui.attendance.desk_page import CheckInDeskPage
from app.ui.attendance.finger_way import Moment
from app.ui.common.style import Appearance
from app.ui.common.theme import Scheme
from app.ui.fingerprints.phases import Phase
from app.ui.shell.main_window import MainWindow
from app.ui.signatures.pen_input import configure_application_attributes
from tests.databases import KEY
from tests.services.finger_desk import FingerDesk, open_finger_desk
from tests.ui.fakes import window_services

FINGER = Finger.RIGHT_INDEX
POLICY = Policy(required_fingers=(FINGER,), impressions_per_finger=2)
PATIENCE_MS = 20_000


@pytest.fixture(scope="session")
def qapp_cls() -> Any:
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        configure_application_attributes()
    return QApplication


@dataclass
class Front:
    """The window, the reader below it, and the file behind it."""

    qtbot: QtBot
    window: MainWindow
    glass: TrainingDesk
    fingers: FingerDesk
    session_uid: Any
    touching: bool = False

    def on_event(self, event: object) -> None:
        """What the reader reports."""
        if isinstance(event, TouchBegan | TouchEnded | ReaderState):
            self.touching = isinstance(event, TouchBegan)

    def lift(self) -> None:
        """Take the finger away, until the reader has seen it."""
        self.glass.lift()
        self.wait(lambda: not self.touching)
        self.settle()

    @property
    def page(self) -> CheckInDeskPage:
        assert self.window.walk is not None
        return self.window.walk.check_in.page

    def wait(self, true: Any) -> None:
        self.qtbot.waitUntil(true, timeout=PATIENCE_MS)

    def settle(self) -> None:
        self.wait(lambda: not self.window.runner.busy)

    def press(self, name: str) -> None:
        button = self.window.findChild(QAbstractButton, name)
        assert button is not None, name
        self.wait(button.isEnabled)
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()

    def touch(self, student: StudentCard, finger: Finger = FINGER, number: int = 7) -> None:
        """Lay a finger down until it was judged, and lift it."""
        self.glass.place(student.uid, finger, number)
        over = (Moment.FOUND, Moment.UNKNOWN, Moment.POOR)
        self.wait(lambda: self.page.finger.moment in over)
        self.lift()

    def rows(self) -> list[tuple[Any, str]]:
        """Who is checked in, and how that was told, as another program finds it in the file."""
        rows = self.fingers.desk.attendance.of_session(self.session_uid)
        return [(row.student_uid, row.method) for row in rows]

    def capture(self, name: str) -> Visit:
        """A new student whose finger was captured on the fingers page, as the window shows the visit then."""
        enrollment, walk = self.fingers.enrollment, self.window.walk
        assert walk is not None
        visit = enrollment.start(self.fingers.desk.students.add(name).uid)
        page: Any = self.window.page("fingers")
        walk.keeper.open(lambda: visit, walk._on_opened, pytest.fail)
        self.wait(page.isVisible)
        self.settle()
        number = 0
        while page.finger is not None:
            number += 1
            assert number < 6
            self.glass.place(visit.student.uid, FINGER, number)
            self.wait(lambda: page.phase in (Phase.LIFT_GOOD, Phase.LIFT_POOR))
            self.lift()
        walk.keeper.change(
            lambda now: enrollment.skip_signatures(now, Skip(SkipReason.REFUSED)), None, pytest.fail
        )
        self.settle()
        assert walk.keeper.visit is not None
        return walk.keeper.visit

    def enroll(self, name: str) -> StudentCard:
        """A student with one finger enrolled."""
        enrollment, visit = self.fingers.enrollment, self.capture(name)
        enrollment.finish(enrollment.skip_check_in(visit, Skip(SkipReason.MISSING)))
        assert self.window.walk is not None
        self.window.walk.next_student()
        self.settle()
        return visit.student


@pytest.fixture
def front(qtbot: QtBot, qapp: Any, station_file: Path, tmp_path: Path) -> Iterator[Front]:
    engine = open_local(station_file, KEY)
    fingers = open_finger_desk(Store(engine), POLICY)
    desk = fingers.desk
    desk.students.add("Somebody Else")
    session = desk.attendance.open_session("Registration", desk.clock.now - timedelta(minutes=1))
    glass = TrainingDesk(tmp_path, timing=INSTANT)
    services = replace(
        window_services(),
        enrollment=fingers.enrollment,
        students=desk.students,
        attendance=desk.attendance,
        capture=capture_service(glass.reader_id, POLICY, CalibrationService(tmp_path / "calibration")),
        finger_sign_in=fingers.sign_in,
        policy=POLICY,
    )
    window = MainWindow(Appearance(qapp, Scheme.LIGHT), lambda: services, now=lambda: desk.clock.now)
    with qtbot.waitSignal(window.ready, timeout=PATIENCE_MS):
        window.show()
    made = Front(qtbot, window, glass, fingers, session.uid)
    assert window.walk is not None
    window.walk.fingers.stream.item.connect(made.on_event)
    made.wait(lambda: window.walk is not None and window.walk.check_in._reader.state is ReaderCondition.READY)
    made.settle()
    yield made
    window.close()
    glass.close()
    engine.dispose()


def test_a_touch_checks_in_and_an_unknown_finger_writes_nothing(front: Front) -> None:
    anna = front.enroll("Anna Example")
    assert front.window.walk is not None
    front.window.walk.check_in.open_page()
    front.settle()
    front.touch(anna)
    assert front.page.candidate is not None
    assert front.page.candidate.student == anna
    assert front.page.candidate.sure
    assert front.rows() == []
    front.press("action_primary")
    assert front.rows() == [(anna.uid, "fingerprint")]
    name: Any = front.page.findChild(QWidget, "desk_name")
    assert name.text() == "Anna Example"
    front.touch(anna, Finger.LEFT_THUMB)
    assert (front.page.finger.moment, front.page.candidate) == (Moment.UNKNOWN, None)
    assert front.page.title.text() == "This finger is not known here"
    assert front.rows() == [(anna.uid, "fingerprint")]
    # The cable is pulled in the middle of the next image.
    front.glass.emulator.set_fault("unplug-mid-image")
    front.glass.place(anna.uid, FINGER, 8)
    front.wait(lambda: "unplugged" in front.page.notice.words or "No fingerprint" in front.page.notice.words)
    assert (front.page.finger.moment, front.page.candidate) == (Moment.PLACE, None)
    assert front.page.title.text() == "Waiting for the reader"
    front.glass.lift()
    front.glass.emulator.set_fault(None)
    front.glass.emulator.replug()
    front.wait(lambda: not front.page.notice.words)
    front.touch(anna, number=9)
    assert front.page.candidate is not None
    front.press("action_primary")
    assert front.rows() == [(anna.uid, "fingerprint")]  # once, and the first one stays


def test_in_a_visit_the_finger_just_captured_shows_who_it_is(front: Front) -> None:
    visit, walk = front.capture("Ben Example"), front.window.walk
    assert walk is not None
    walk.go_to(Step.CHECK_IN)
    front.settle()
    page: Any = front.window.page("check_in")
    front.wait(lambda: page.takes_touch)
    front.glass.place(visit.student.uid, Finger.LEFT_LITTLE, 1)
    front.wait(lambda: page.finger.moment in (Moment.UNKNOWN, Moment.POOR))
    title: Any = page.findChild(QWidget, "check_in_touch_title")
    assert (title.text(), page.candidate) == ("This is not a finger of Ben Example", None)
    front.lift()
    front.glass.place(visit.student.uid, FINGER, 9)
    front.wait(lambda: page.candidate is not None)
    front.lift()
    assert title.text() == "It is Ben Example"
    front.press("action_primary")
    assert front.rows() == [(visit.student.uid, "fingerprint")]
