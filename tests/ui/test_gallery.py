# SPDX-License-Identifier: Apache-2.0
"""Every page in light, dark and right-to-left, at the smallest window: painted, and nothing cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.domain.capture_events import ReaderCondition, ReaderState
from app.domain.fingerprints import Reason
from app.domain.signature_sign_in import SignInVerdict
from app.domain.station_sharing import RewrapProgress, SharingState
from app.domain.visits import Step
from app.ui.attendance.page import CheckInPage
from app.ui.common.controls import Button
from app.ui.common.page import Page
from app.ui.common.style import Appearance
from app.ui.common.theme import Scheme, Tone
from app.ui.fingerprints.page import FingersPage
from app.ui.receipt.page import ReceiptPage
from app.ui.review.page import ReviewPage
from app.ui.settings.stations_page import StationsPage
from app.ui.shell.student_banner import StudentView
from app.ui.shell.window import StationWindow
from app.ui.signatures.page import SignaturesPage
from app.ui.signatures.sign_in_page import SignInPage
from app.ui.students.page import StudentPage
from tests.ui import samples
from tests.ui.office_pages import OFFICE_PAGES


def student() -> Page:
    page = StudentPage()
    page.search.setText("oka")
    page.show_results("oka", samples.listings())
    return page


def student_in_progress() -> Page:
    page = StudentPage()
    page.results.chosen.emit(samples.listings()[1])
    return page


def adding() -> Page:
    page = StudentPage()
    page.act("add_student")
    page.show_add_problem("Type the student's name.")
    return page


def fingers() -> Page:
    page = FingersPage()
    page.show_visit(samples.fingers_visit((57, 24)), samples.POLICY)
    page.on_capture_event(ReaderState(ReaderCondition.LOST))
    return page


def skipping() -> Page:
    page = FingersPage()
    page.show_visit(samples.fingers_visit(), samples.POLICY)
    page.act("skip")
    return page


def offering() -> Page:
    page = FingersPage()
    visit = samples.fingers_visit((57, 24, 22, 28))
    page.show_visit(visit, samples.POLICY)
    finger = visit.finger
    assert finger is not None
    page.show_stored(visit, samples.POLICY, finger, samples.taken(28, (Reason.SMEARED,)))
    return page


def signatures() -> Page:
    page = SignaturesPage(samples.flow(), samples.POLICY.skip_reasons)
    page.show_visit(samples.signing_visit(4), samples.NOW)
    return page


def signatures_with_example() -> Page:
    page = SignaturesPage(samples.flow(), samples.POLICY.skip_reasons)
    page.panel.set_example_shown(True)
    page.show_visit(samples.signing_visit(9), samples.NOW)
    return page


def signing_in() -> SignInPage:
    page = SignInPage(samples.flow(), 6)
    page.show_sessions(samples.sessions())
    page.who.field.setText("oka")
    page.who.show_signers("oka", samples.signers())
    return page


def signed_in(verdict: SignInVerdict = SignInVerdict.CONSISTENT) -> SignInPage:
    page = signing_in()
    page.choose(samples.signers()[0])
    page.show_answer(samples.sign_in_answer(verdict))
    return page


def sign_in_doubtful() -> Page:
    return signed_in(SignInVerdict.DOUBTFUL)


def deciding_by_hand() -> Page:
    page = signed_in(SignInVerdict.DIFFERENT)
    page.act("by_hand")
    return page


def signatures_done() -> Page:
    page = SignaturesPage(samples.flow(), samples.POLICY.skip_reasons, left_handed=True)
    page.show_visit(samples.signing_visit(11), samples.NOW)
    return page


def check_in() -> Page:
    page = CheckInPage()
    page.show_visit(samples.signing_visit(11))
    page.show_sessions(samples.sessions())
    return page


def checked_in() -> Page:
    page = CheckInPage()
    page.show_visit(samples.full_visit())
    return page


def review() -> Page:
    page = ReviewPage()
    page.show_visit(samples.full_visit(), samples.POLICY)
    return page


def receipt() -> Page:
    page = ReceiptPage()
    page.show_receipt(samples.receipt())
    return page


def stations() -> Page:
    page = StationsPage()
    page.show_sharing(samples.sharing())
    page.show_progress(RewrapProgress(1200, 24_000))
    return page


def stations_with_a_code() -> Page:
    page = StationsPage()
    page.show_sharing(replace(samples.sharing(), holders=(), behind=0))
    page.show_code("0K3D-9ZQX-71VM-C4TE-N8HS-25PA-WJRB-6FGY-0A1B")
    return page


def stations_waiting() -> Page:
    page = StationsPage()
    page.show_sharing(samples.sharing(SharingState.WAITING))
    return page


PAGES = (
    student,
    student_in_progress,
    adding,
    fingers,
    skipping,
    offering,
    signatures,
    signatures_done,
    signatures_with_example,
    signing_in,
    signed_in,
    sign_in_doubtful,
    deciding_by_hand,
    check_in,
    checked_in,
    review,
    receipt,
    stations,
    stations_waiting,
    stations_with_a_code,
    *OFFICE_PAGES,
)


@pytest.fixture(params=["light", "dark", "right-to-left"], scope="module")
def look(request: pytest.FixtureRequest, appearance: Appearance, qapp: QApplication) -> Iterator[str]:
    chosen = str(request.param)
    appearance.choose(Scheme.DARK if chosen == "dark" else Scheme.LIGHT)
    if chosen == "right-to-left":
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield chosen
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    appearance.choose(Scheme.LIGHT)


@pytest.mark.parametrize("make", PAGES, ids=lambda make: make.__name__)
def test_a_page_fits_the_smallest_window(
    qtbot: QtBot, appearance: Appearance, look: str, make: object
) -> None:
    window = StationWindow(appearance)
    qtbot.addWidget(window)
    page = make()  # type: ignore[operator]
    window.add_page("page", page)
    window.show_training(True)
    window.show_student(StudentView(samples.STUDENT.name, "Class 7B", "Enrolled", Tone.GOOD, "circle-check"))
    window.show_steps({}, [step.value for step in Step])
    window.resize(1024, 640)
    window.show()
    window.show_page("page")
    QApplication.processEvents()
    picture = window.grab()
    assert (window.width(), window.height()) == (1024, 640)  # nothing made the window grow
    assert picture.width() >= 1024
    for label in page.findChildren(QLabel):
        if label.isVisible() and not label.wordWrap() and label.text():
            assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width() + 1, label.text()
    for button in window.findChildren(Button):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width(), button.text()
            assert button.height() >= button.sizeHint().height(), button.text()
