# SPDX-License-Identifier: Apache-2.0
"""Real pen, touch and mouse events on the signatures page, and what the encrypted file holds of them.

Page, its listener, services, sealing and database are the product's. What is asserted was read back by
services of their own, through the seal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.domain.signature_flow import FlowType
from app.domain.signatures import PointerType, SignatureRecord
from app.domain.visits import Visit
from app.storage.engine import open_local
from app.storage.rows.signatures import TempEnrollmentStepRow, TempStepDraftRow
from app.storage.store import Store
from app.ui.common.style import Appearance
from app.ui.common.theme import Scheme
from app.ui.common.threads import JobRunner
from app.ui.shell.visit_keeper import VisitKeeper
from app.ui.shell.walk_signatures import SignaturesDesk
from app.ui.signatures.pad import SignaturePad
from app.ui.signatures.page import SignaturesPage
from tests.databases import KEY
from tests.services.desk import START, Desk, open_desk
from tests.ui import pen
from tests.ui.fakes import window_services

LINE = [(100.25 + 6 * n, 120.5 + (n % 5) * 9) for n in range(40)]
PALM = [(300.0, 200.0), (340.0, 220.0), (380.0, 240.0)]
TIP, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


class Clock:
    """Seconds that pass a little with every look, or stand still as in a burst."""

    def __init__(self) -> None:
        self.now_s, self.step_s = 100.0, 0.004

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s


@dataclass
class Table:
    """The page with everything behind it."""

    page: SignaturesPage
    pad: SignaturePad
    desk: Desk
    clock: Clock
    keeper: VisitKeeper
    idle: Callable[[], None]
    file: Path

    @property
    def visit(self) -> Visit:
        assert self.keeper.visit is not None
        return self.keeper.visit

    def stored(self, step: int = 1) -> SignatureRecord:
        """The step as another program finds it in the file: the finished drawing, else the draft."""
        self.idle()
        engine = open_local(self.file, KEY)
        other = open_desk(Store(engine)).enrollment
        visit = other.resume(self.visit.session_id)
        record = other.drawing(visit, step) or other.draft(visit, step)
        engine.dispose()
        assert record is not None
        return record

    def done(self) -> None:
        """Press Done."""
        self.page.act("primary")
        self.idle()


@pytest.fixture
def at_table(qtbot: QtBot, qapp: QApplication, station_file: Path) -> Iterator[Callable[[], Table]]:
    Appearance(qapp, Scheme.LIGHT)
    engine = open_local(station_file, KEY)
    desk = open_desk(Store(engine))
    student = desk.students.add("Anna Example")
    runners = []

    def sit_down() -> Table:
        clock, runner = Clock(), JobRunner()
        runners.append(runner)
        keeper = VisitKeeper(runner)
        pad = SignaturePad(clock_s=clock, now=lambda: START)
        page = SignaturesPage(desk.enrollment.flow(FlowType.SIGNUP), (), pad=pad)
        services = replace(window_services(), enrollment=desk.enrollment)
        SignaturesDesk(page, services, keeper, runner, lambda: START, page)
        qtbot.addWidget(page)
        page.resize(1000, 700)
        page.show()
        qtbot.waitExposed(page)
        open_visits = desk.enrollment.unfinished()
        visit = desk.enrollment.resume(open_visits[0].session_id) if open_visits else None
        visit = visit or desk.enrollment.start(student.uid)

        def idle() -> None:
            qtbot.waitUntil(lambda: not runner.busy, timeout=10_000)

        keeper.open(lambda: visit, lambda found: page.show_visit(found, START), pytest.fail)
        qtbot.waitUntil(lambda: keeper.visit is not None and page.step_number > 0, timeout=10_000)
        idle()
        return Table(page, pad, desk, clock, keeper, idle, station_file)

    yield sit_down
    for runner in runners:
        runner.close()
    engine.dispose()


@pytest.fixture
def table(at_table: Callable[[], Table]) -> Table:
    return at_table()


def places(record: SignatureRecord) -> list[tuple[float, float]]:
    return [record.canvas.to_px(x, y) for x, y in zip(record.x, record.y, strict=True)]


def with_mouse(pad: SignaturePad) -> None:
    QTest.mousePress(pad, TIP, pos=QPoint(200, 150))
    QTest.mouseMove(pad, QPoint(260, 170))
    QTest.mouseRelease(pad, TIP, pos=QPoint(260, 170))


def test_pen_then_palm_then_mouse_store_the_pen_alone(table: Table) -> None:
    pen.stroke(table.pad, LINE)
    pen.touch(table.pad, PALM)
    with_mouse(table.pad)
    record = table.stored()
    assert record.stroke_pointers == (PointerType.PEN,)
    assert places(record) == [*LINE, LINE[-1]]  # the release is a sample; fractions of a pixel are kept
    assert record.pressure is not None
    assert record.tilt_x is not None
    assert set(record.tilt_x) == {1200}
    assert record.rotation is not None
    assert record.device.pointer_type is PointerType.PEN
    assert record.device.name == "test pen"
    assert record.event_us is not None
    assert record.canvas.width_px == table.pad.width()


def test_a_palm_just_before_the_pen_is_not_stored_with_it(table: Table) -> None:
    pen.touch(table.pad, PALM)
    pen.stroke(table.pad, LINE)
    table.done()
    record = table.stored()
    assert record.stroke_pointers == (PointerType.PEN,)
    with table.desk.writer.store.reading() as session:
        assert session.scalars(select(TempEnrollmentStepRow.pointer_type)).all() == ["pen"]


def test_a_mouse_where_no_pen_was_seen_is_stored_as_a_mouse(table: Table) -> None:
    with_mouse(table.pad)
    record = table.stored()
    assert record.stroke_pointers == (PointerType.MOUSE,)
    assert record.pressure is None


def in_burst(pad: SignaturePad, kind: QEvent.Type, at: tuple[float, float], pressure: float) -> None:
    """One event of a burst: all of them carry the same time."""
    spot = QPointF(*at)
    lifted = kind == QEvent.Type.TabletRelease
    button = NONE if kind == QEvent.Type.TabletMove else TIP
    event = QTabletEvent(
        kind,
        pen.PEN,
        spot,
        pad.mapToGlobal(spot),
        pressure,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        Qt.KeyboardModifier.NoModifier,
        button,
        NONE if lifted else TIP,
    )
    event.setTimestamp(777_000)
    QApplication.sendEvent(pad, event)


def test_a_burst_is_stored_spread_with_the_event_s_own_time_beside_it(table: Table) -> None:
    table.clock.step_s = 0.0
    for start in range(0, 40, 8):  # five bursts of eight, 40 ms apart: a tablet of 200 Hz
        for index in range(start, start + 8):
            kind = QEvent.Type.TabletMove if index else QEvent.Type.TabletPress
            in_burst(table.pad, kind, LINE[index], 0.3 + 0.01 * (index % 7))
        table.clock.now_s += 0.040
    in_burst(table.pad, QEvent.Type.TabletRelease, LINE[-1], 0.0)
    record = table.stored()
    steps_us = [later - sooner for sooner, later in zip(record.t_us, record.t_us[1:], strict=False)]
    assert min(steps_us) > 0
    assert max(steps_us[:-1]) < 10_000  # nothing of the silence between two bursts is left
    assert record.event_us is not None
    assert set(record.event_us) == {777_000_000}
    assert len(record.t_us) == 41


def test_constant_pressure_is_stored_as_absent(table: Table) -> None:
    pen.press(table.pad, LINE[0], 0.5)
    for at in LINE[1:]:
        pen.move(table.pad, at, 0.5)
    pen.release(table.pad, LINE[-1])
    record = table.stored()
    assert record.pressure is None
    assert len(record.t_us) == len(LINE) + 1
    table.done()
    assert table.stored() == record


def test_a_resize_in_mid_stroke_stores_every_point_on_the_first_canvas(table: Table, qtbot: QtBot) -> None:
    width, height = table.pad.width(), table.pad.height()
    pen.press(table.pad, LINE[0])
    for at in LINE[1:15]:
        pen.move(table.pad, at)
    table.page.resize(800, 600)
    qtbot.waitUntil(lambda: table.pad.width() != width)
    shown = min(table.pad.width() / width, table.pad.height() / height)
    left = (table.pad.width() - width * shown) / 2
    top = (table.pad.height() - height * shown) / 2
    for index, (x, y) in enumerate(LINE[15:], start=15):
        pen.move(table.pad, (left + x * shown, top + y * shown), 0.4 + 0.01 * (index % 5))
    pen.release(table.pad, (left + LINE[-1][0] * shown, top + LINE[-1][1] * shown))
    record = table.stored()
    assert (record.canvas.width_px, record.canvas.height_px) == (width, height)
    assert len(record.stroke_starts) == 1
    for (x, y), (wanted_x, wanted_y) in zip(places(record), [*LINE, LINE[-1]], strict=True):
        assert abs(x - wanted_x) < 0.1
        assert abs(y - wanted_y) < 0.1


def test_the_picture_after_a_resume_from_the_file_equals_the_one_before(
    at_table: Callable[[], Table],
) -> None:
    first = at_table()
    pen.stroke(first.pad, pen.wave(first.pad))
    pen.hover(first.pad, (310.0, 100.0))
    pen.stroke(first.pad, LINE)
    first.idle()
    before = first.pad.grab().toImage()
    again = at_table()  # another window, which knows what the file knows
    assert again.page.step_number == 1
    assert len(again.pad.strokes) == 2
    assert again.pad.grab().toImage() == before
    pen.stroke(again.pad, [(x, y + 60) for x, y in LINE])
    assert len(again.stored().stroke_starts) == 3
    assert again.stored().t_us[: len(first.stored().t_us)] == first.stored().t_us[: len(first.stored().t_us)]


def test_undo_and_clear_change_the_stored_draft_and_done_removes_it(table: Table) -> None:
    pen.stroke(table.pad, LINE)
    pen.stroke(table.pad, pen.wave(table.pad))
    assert len(table.stored().stroke_starts) == 2
    table.page.act("undo")
    assert len(table.stored().stroke_starts) == 1
    table.page.act("clear")
    table.idle()
    with table.desk.writer.store.reading() as session:
        assert session.scalars(select(TempStepDraftRow)).all() == []
    table.page.act("undo")
    kept = table.stored()
    table.done()
    assert table.stored() == kept
    with table.desk.writer.store.reading() as session:
        assert session.scalars(select(TempStepDraftRow)).all() == []
