# SPDX-License-Identifier: Apache-2.0
"""One student's way through the window, as an operator and a student would go it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QPointingDevice
from PySide6.QtWidgets import QWidget

from app.biometrics.signature.synthetic import PenSettings, step_ink
from app.domain.enrollment import finger_is_settled
from app.domain.finger_checks import undecided
from app.domain.fingerprints import Finger
from app.domain.policy import Policy
from app.domain.sessions import SessionStatus
from app.domain.signature_flow import Flow
from app.domain.visits import Step, Visit
from app.ui.receipt.page import ReceiptPage
from app.ui.shell.window import StationWindow
from app.walkthrough.hands import Pen, click, press_key, type_text
from app.walkthrough.mistakes import Laid, Mistakes
from app.walkthrough.script import Script, Until, pause

POINTS_A_TURN = 10
MAX_TOUCHES = 90
TOUCHES_BEFORE_ANOTHER = 8


class Desk(Protocol):
    """What the journey looks at: the window and the state behind it."""

    window: StationWindow
    rows_seen: int
    engine_seconds: float
    finger_is_down: bool
    refused: list[dict[str, Any]]

    @property
    def visit(self) -> Visit | None:
        """The visit that the window shows."""

    @property
    def step(self) -> Step:
        """The page that the window shows."""

    @property
    def reader_is_ready(self) -> bool:
        """Whether the reader waits for a finger."""

    @property
    def is_idle(self) -> bool:
        """Whether everything asked for was stored and shown."""


class Hand(Protocol):
    """What lies on the reader's glass."""

    def place(self, student_uid: UUID, finger: Finger, touch: int) -> None:
        """Lay a finger on the glass."""

    def lift(self) -> None:
        """Take it away."""


@dataclass
class Record:
    """What the journey saw, for the summary."""

    name: str
    fingers: dict[Finger, list[dict[str, Any]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)
    session_id: str = ""
    receipt_number: str = ""
    status: str = ""
    signature_steps: int = 0
    checked_in: bool = False
    mistakes: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Journey:
    """Walks one student through.

    Args:
        desk: the window.
        hand: the finger on the glass.
        pen: the pen's device.
        policy: what is asked for.
        flow: the signature steps.
        shot: takes a picture of the window under a name.
        accepted: told of everything that the screen says is saved, the moment it says so.
        receipts: folder for the receipts.
        real_time: ink at the speed of a hand instead of the machine's.
        mistakes: made on purpose at the reader, where given.
    """

    desk: Desk
    hand: Hand
    pen: QPointingDevice
    policy: Policy
    flow: Flow
    shot: Callable[[str], None]
    accepted: Callable[[dict[str, Any]], None]
    receipts: Path
    real_time: bool = False
    mistakes: Mistakes | None = None

    def walk(self, name: str, seed: int, record: Record) -> Script:
        """The whole way from the search box to the receipt; resumes where a visit is in progress."""
        yield from self._find(name)
        record.session_id = self._visit().session_id
        for step, part in (
            (Step.FINGERS, self._fingers),
            (Step.SIGNATURES, self._signatures),
            (Step.CHECK_IN, self._check_in),
            (Step.REVIEW, self._review),
        ):
            if self.desk.step.position > step.position:
                continue
            started_s = time.monotonic()
            yield from part(seed, record)
            record.seconds[step.value] = round(time.monotonic() - started_s, 3)
        yield from self._receipt(record)

    def _find(self, name: str) -> Script:
        search = self._child("search_field")
        yield Until(lambda: self.desk.step is Step.STUDENT and search.isVisible(), "the search page")
        self.shot("1-student")
        search.clear()  # type: ignore[attr-defined]
        type_text(search, name)
        results = self._child("result_list")
        yield Until(lambda: len(results.rows) == 1 and self.desk.is_idle, f"one hit for {len(name)} letters")  # type: ignore[attr-defined]
        self.shot("1-student-found")
        press_key(search, Qt.Key.Key_Return)
        yield Until(
            lambda: self.desk.visit is not None or self._shown("resume_card"), "the visit to be opened"
        )
        if self.desk.visit is None:
            self.shot("1-student-resume")
            self._press("action_primary")
            yield Until(lambda: self.desk.visit is not None, "the visit to be resumed")
        yield Until(lambda: self.desk.step is not Step.STUDENT and self.desk.is_idle, "the visit's page")

    def _fingers(self, seed: int, record: Record) -> Script:
        yield Until(lambda: self.desk.reader_is_ready, "the reader", 20.0)
        self.shot("2-fingers")
        for touch in range(1, MAX_TOUCHES + 1):
            visit = self._visit()
            if all(finger_is_settled(task, self.policy) for task in visit.fingers):
                break
            yield from self._touch(visit, touch, record)
            if self._shown("offer_panel") and not self._shown("offer_same_person"):
                yield from self._take_offer(visit.finger or visit.fingers[0].finger)
        yield from self._decide_duplicates(record)
        yield Until(self._primary_is_ready, "the fingers to be complete")
        self.shot("2-fingers-done")
        self._press("action_primary")
        yield Until(lambda: self.desk.step is Step.SIGNATURES and self.desk.is_idle, "the signatures page")

    def _decide_duplicates(self, record: Record) -> Script:
        """Say of every record of another student that is shown that it is the same person."""
        yield Until(lambda: self.desk.is_idle, "the search in other records")
        while undecided(self._visit()):
            waiting = len(undecided(self._visit()))
            yield Until(lambda: self._shown("offer_same_person"), "the question about another record")
            self.shot("2-fingers-duplicate")
            self._press("offer_same_person")
            yield Until(
                lambda waiting=waiting: len(undecided(self._visit())) < waiting and self.desk.is_idle,  # type: ignore[misc]
                "the decision",
            )
        if self.mistakes is not None:
            record.mistakes.extend(self.mistakes.at_the_end(self._visit()))

    def _touch(self, visit: Visit, touch: int, record: Record) -> Script:
        finger = visit.finger or visit.fingers[0].finger
        before, recorded = self._touches(visit, finger), self._recorded(finger)
        refused = self._refusals()
        laid = Laid(visit.student.uid, finger)
        if self.mistakes is not None:
            laid = self.mistakes.laid_for(visit, finger)
        self.hand.place(laid.student_uid, laid.finger, touch)
        if touch == 1:
            yield Until(lambda: self.desk.rows_seen > 0 or self._stored(finger, before), "rows")
            self.shot("2-fingers-rows")
        yield Until(
            lambda: self._stored(finger, before) or self._refusals() > refused, "a verdict on the touch", 60.0
        )
        yield Until(lambda: self.desk.is_idle, "the touch to be stored")
        if self._recorded(finger) > recorded:
            self._note(finger, record)
        if self.mistakes is not None and laid.mistake:
            record.mistakes.append(self.mistakes.outcome(self._visit(), finger, laid))
        self.shot(f"2-fingers-touch-{touch}")
        self.hand.lift()
        yield Until(lambda: not self.desk.finger_is_down, "the finger to be lifted")

    def _touches(self, visit: Visit, finger: Finger) -> int:
        task = visit.task(finger)
        return len(task.impressions) + len(task.verifications) if task is not None else 0

    def _recorded(self, finger: Finger) -> int:
        task = self._visit().task(finger)
        return len(task.impressions) if task is not None else 0

    def _stored(self, finger: Finger, before: int) -> bool:
        visit = self.desk.visit
        return visit is not None and self._touches(visit, finger) > before

    def _refusals(self) -> int:
        return len(self.desk.refused)

    def _note(self, finger: Finger, record: Record) -> None:
        visit = self._visit()
        task = visit.task(finger)
        if task is None or not task.impressions:
            return
        taken = task.impressions[-1]
        facts = {
            "quality": taken.quality,
            "accepted": taken.accepted,
            "reasons": [reason.value for reason in taken.reasons],
            "seconds": taken.seconds,
            "wire_seconds": taken.wire_seconds,
            "engine_seconds": round(self.desk.engine_seconds, 4),
        }
        record.fingers.setdefault(finger, []).append(facts)
        self.accepted({"kind": "impression", "session_id": visit.session_id, "uid": str(taken.uid)})

    def _take_offer(self, finger: Finger) -> Script:
        """Poor touches only: try on for a while, then keep the best one, or take the finger offered."""
        self.shot("2-fingers-offer")
        fingers = len(self._visit().fingers)
        if self._touches(self._visit(), finger) < TOUCHES_BEFORE_ANOTHER:
            self._press("offer_stay")
            yield Until(lambda: not self._shown("offer_panel"), "the page for another try")
        elif self._shown("offer_best"):
            self._press("offer_best")
            yield Until(lambda: not self._shown("offer_panel") and self.desk.is_idle, "the best impression")
        else:
            self._press("offer_accept")
            yield Until(lambda: len(self._visit().fingers) > fingers and self.desk.is_idle, "another finger")

    def _signatures(self, seed: int, record: Record) -> Script:
        pad = self._child("pad")
        total = len(self.flow.steps)
        while not self._visit().signatures.is_complete:
            number = self._visit().signatures.next_step
            step = self.flow.step(number)
            if number == 1:
                self.shot("3-signatures")
            settings = PenSettings(aspect=pad.width() / max(1, pad.height()))
            yield from self._draw(pad, step_ink(step.key, seed, settings))
            yield Until(self._primary_is_ready, f"Done of step {number}")
            self.shot(f"3-signatures-{number:02d}")
            self._press("action_primary")
            yield from self._kept(number, total)
            self.accepted({"kind": "step", "session_id": self._visit().session_id, "number": number})
        record.signature_steps = len(self._visit().signatures.accepted)
        if self.desk.step is Step.SIGNATURES:
            yield Until(self._primary_is_ready, "all signatures")
            self.shot("3-signatures-done")
            self._press("action_primary")
        yield Until(lambda: self.desk.step is Step.CHECK_IN and self.desk.is_idle, "the check-in page")

    def _kept(self, number: int, total: int) -> Script:
        """Wait for the step to be saved; where the station advises another try, keep it all the same."""

        def saved() -> bool:
            return number in self._visit().signatures.accepted and self.desk.is_idle

        yield Until(lambda: saved() or self._shown("notice_draw_again"), f"step {number} of {total}")
        if not saved() and self._shown("notice_draw_again"):
            self.shot(f"3-signatures-{number:02d}-advice")
            yield Until(self._primary_is_ready, "the advice")
            self._press("action_primary")
        yield Until(saved, f"step {number} of {total}, kept")

    def _draw(self, pad: QWidget, ink: tuple[tuple[Any, ...], ...]) -> Script:
        pen = Pen(pad, self.pen)
        began_s = time.monotonic()
        first_us = ink[0][0].t_us
        for stroke in ink:
            for index, point in enumerate(stroke):
                if self.real_time:
                    due_s = began_s + (point.t_us - first_us) / 1e6
                    if due_s > time.monotonic():
                        yield Until(lambda due_s=due_s: time.monotonic() >= due_s, "the hand")  # type: ignore[misc]
                elif index % POINTS_A_TURN == POINTS_A_TURN - 1:
                    yield pause(0.0)
                if index == 0:
                    pen.down(point)
                else:
                    pen.move(point)
            pen.up(stroke[-1])
            yield pause(0.0)

    def _check_in(self, seed: int, record: Record) -> Script:
        yield Until(self._primary_is_ready, "a class session to check in to")
        self.shot("4-check-in")
        if self._visit().check_in is None:
            self._press("action_primary")
            yield Until(lambda: self._visit().check_in is not None and self.desk.is_idle, "the check-in")
            self.accepted({"kind": "check_in", "session_id": self._visit().session_id})
            self.shot("4-check-in-done")
        if self.desk.step is Step.CHECK_IN:
            yield Until(lambda: self.desk.step is Step.REVIEW or self._primary_is_ready(), "the way on", 10.0)
            if self.desk.step is Step.CHECK_IN:
                self._press("action_primary")
        yield Until(lambda: self.desk.step is Step.REVIEW and self.desk.is_idle, "the review page")
        record.checked_in = self._visit().check_in is not None

    def _review(self, seed: int, record: Record) -> Script:
        yield Until(self._primary_is_ready, "Finish")
        yield pause(0.3)
        self.shot("5-review")
        self._press("action_primary")
        yield Until(
            lambda: self._visit().status is SessionStatus.COMPLETED and self.desk.is_idle,
            "the end of the visit",
        )

    def _receipt(self, record: Record) -> Script:
        yield Until(lambda: self.desk.step is Step.RECEIPT and self.desk.is_idle, "the receipt")
        visit = self._visit()
        record.receipt_number = visit.receipt_number
        record.status = visit.status.value
        record.checked_in = visit.check_in is not None
        record.signature_steps = len(visit.signatures.accepted)
        self.accepted({"kind": "finished", "session_id": visit.session_id})
        yield pause(0.1)
        self.shot("6-receipt")
        yield from self._save_receipt(visit)
        self._press("action_primary")
        yield Until(lambda: self.desk.visit is None and self.desk.step is Step.STUDENT, "the next student")

    def _save_receipt(self, visit: Visit) -> Script:
        file = self.receipts / f"receipt-{visit.receipt_number}.pdf"
        page = self.desk.window.page(Step.RECEIPT.value)  # the file dialog belongs to the system
        assert isinstance(page, ReceiptPage)
        page.save_to(file)
        yield Until(lambda: file.exists() and self.desk.is_idle, "the receipt's file")

    # -- looking and pressing -------------------------------------------------------------------------------

    def _visit(self) -> Visit:
        visit = self.desk.visit
        assert visit is not None
        return visit

    def _found(self, name: str) -> Iterator[QWidget]:
        return (widget for widget in self.desk.window.findChildren(QWidget, name) if widget.isVisible())

    def _child(self, name: str) -> QWidget:
        widget = next(self._found(name), None) or self.desk.window.findChild(QWidget, name)
        if widget is None:
            raise LookupError(name)
        return widget

    def _shown(self, name: str) -> bool:
        return next(self._found(name), None) is not None

    def _press(self, name: str) -> None:
        click(self._child(name))

    def _primary_is_ready(self) -> bool:
        button = next(self._found("action_primary"), None)
        return button is not None and button.isEnabled() and self.desk.is_idle
