# SPDX-License-Identifier: Apache-2.0
"""The canvas under real tablet, touch and mouse events: what is recorded, what is refused, what is drawn."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.signature_flow import Guide
from app.domain.signatures import PointerType
from app.ui.common.style import Appearance
from app.ui.signatures.drawing import PALM_WINDOW_S
from app.ui.signatures.pad import SignaturePad
from app.ui.signatures.pen_input import configure_application_attributes
from tests.ui import pen, samples

LINE = [(100.0 + 4 * n, 120.0 + (n % 5)) for n in range(30)]


class Clock:
    """Seconds that pass only when the test says so, and a little with every look."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        self.now_s += 0.004
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pad(qtbot: QtBot, appearance: Appearance, clock: Clock) -> SignaturePad:
    made = SignaturePad(clock_s=clock, now=lambda: samples.NOW)
    qtbot.addWidget(made)
    made.resize(800, 300)
    made.start_step(Guide.BASELINE)
    made.show()
    qtbot.waitExposed(made)
    return made


def inked(pad: SignaturePad) -> bool:
    image = pad.ink
    return any(
        image.pixelColor(x, y).alpha() > 0
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    )


def test_a_pen_stroke_keeps_position_pressure_tilt_rotation_and_both_times(pad: SignaturePad) -> None:
    pen.stroke(pad, LINE)
    record = pad.record()
    assert record is not None
    assert record.stroke_pointers == (PointerType.PEN,)
    assert record.canvas.to_px(record.x[0], record.y[0]) == LINE[0]
    assert record.pressure is not None
    assert len(set(record.pressure)) > 3
    assert record.tilt_x is not None
    assert set(record.tilt_x) == {1200}
    assert record.rotation is not None
    assert set(record.rotation) == {3000}
    assert record.event_us is not None
    assert list(record.t_us) == sorted(set(record.t_us))


def test_the_position_is_the_fractional_global_one(pad: SignaturePad) -> None:
    pen.stroke(pad, [(100.25 + n, 50.75) for n in range(20)])
    record = pad.record()
    assert record is not None
    assert record.canvas.to_px(record.x[0], record.y[0]) == (100.25, 50.75)


def test_both_compressions_are_off_before_the_application_exists(qapp: QApplication) -> None:
    configure_application_attributes()
    attribute = Qt.ApplicationAttribute
    assert not QApplication.testAttribute(attribute.AA_CompressHighFrequencyEvents)
    assert not QApplication.testAttribute(attribute.AA_CompressTabletEvents)


def test_once_a_pen_was_seen_finger_and_mouse_do_not_draw_in_that_step(pad: SignaturePad) -> None:
    pen.stroke(pad, LINE)
    pen.touch(pad, [(300, 200), (340, 220), (380, 240)])
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.mouseMove(pad, QPoint(260, 220))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(260, 220))
    assert [stroke.pointer_type for stroke in pad.strokes] == [PointerType.PEN]
    pad.start_step(Guide.NONE)
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    assert [stroke.pointer_type for stroke in pad.strokes] == [PointerType.MOUSE]


def test_a_finger_draws_where_no_pen_was_seen(pad: SignaturePad) -> None:
    pen.touch(pad, LINE)
    assert [stroke.pointer_type for stroke in pad.strokes] == [PointerType.FINGER]
    record = pad.record()
    assert record is not None
    assert record.pressure is None


def test_the_pen_draws_after_a_touch(pad: SignaturePad, clock: Clock) -> None:
    pen.touch(pad, LINE)
    clock.now_s += 3
    pen.stroke(pad, LINE)
    assert pad.strokes[-1].pointer_type is PointerType.PEN


def test_a_palm_that_came_just_before_the_pen_is_taken_back(pad: SignaturePad, clock: Clock) -> None:
    pen.touch(pad, [(300, 200), (301, 201)])
    clock.now_s += PALM_WINDOW_S / 2
    pen.stroke(pad, LINE)
    assert [stroke.pointer_type for stroke in pad.strokes] == [PointerType.PEN]


def test_a_mouse_press_that_comes_before_the_pens_own_does_not_steal_the_stroke(pad: SignaturePad) -> None:
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(100, 120))
    pen.stroke(pad, LINE)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(220, 120))
    assert len(pad.strokes) == 1
    assert len(pad.strokes[0].points) == len(LINE) + 1  # the release is a sample too


def test_barrel_buttons_neither_draw_nor_end_a_stroke(pad: SignaturePad) -> None:
    right, left, none = Qt.MouseButton.RightButton, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    pen.send(pad, QEvent.Type.TabletPress, (50, 50), 0.0, right, right)
    pen.send(pad, QEvent.Type.TabletMove, (90, 50), 0.0, none, right)
    pen.send(pad, QEvent.Type.TabletRelease, (90, 50), 0.0, right, none)
    assert pad.strokes == ()
    pen.press(pad, LINE[0])
    pen.send(pad, QEvent.Type.TabletPress, LINE[1], 0.5, right, left | right)
    pen.move(pad, LINE[2])
    pen.send(pad, QEvent.Type.TabletRelease, LINE[3], 0.5, right, left)
    pen.move(pad, LINE[4])
    assert pad.drawing
    pen.release(pad, LINE[5])
    assert len(pad.strokes) == 1


def test_windows_ink_reports_a_held_barrel_button_instead_of_the_tip(pad: SignaturePad) -> None:
    right, none = Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
    pen.send(pad, QEvent.Type.TabletPress, LINE[0], 0.4, right, right)
    for at in LINE[1:]:
        pen.send(pad, QEvent.Type.TabletMove, at, 0.5, none, right)
    pen.send(pad, QEvent.Type.TabletRelease, LINE[-1], 0.0, right, none)
    assert len(pad.strokes) == 1
    assert not pad.drawing


def test_a_hover_sample_ends_a_stroke_whose_release_was_lost(pad: SignaturePad) -> None:
    pen.press(pad, LINE[0])
    pen.move(pad, LINE[1])
    pen.hover(pad, LINE[2])
    assert not pad.drawing
    assert len(pad.strokes) == 1


def test_a_stroke_begins_with_a_move_whose_press_was_lost(pad: SignaturePad) -> None:
    pen.move(pad, LINE[0])
    pen.move(pad, LINE[1])
    pen.release(pad, LINE[2])
    assert len(pad.strokes) == 1


def test_hover_between_strokes_is_kept_as_air(pad: SignaturePad) -> None:
    pen.stroke(pad, LINE)
    pen.hover(pad, (300, 100))
    pen.hover(pad, (310, 100))
    pen.stroke(pad, LINE)
    assert len(pad.strokes[0].air) == 2
    record = pad.record()
    assert record is not None
    assert 0 in record.tip


def test_the_eraser_end_does_not_draw(pad: SignaturePad) -> None:
    eraser = pen.pen_device(eraser=True)
    tip = Qt.MouseButton.LeftButton
    pen.send(pad, QEvent.Type.TabletPress, LINE[0], 0.5, tip, tip, eraser)
    pen.send(pad, QEvent.Type.TabletRelease, LINE[1], 0.0, tip, Qt.MouseButton.NoButton, eraser)
    assert pad.strokes == ()


def test_a_pen_without_pressure_is_recorded_as_absent_not_as_a_value(pad: SignaturePad) -> None:
    plain = pen.pen_device(pressure=False)
    tip, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    pen.send(pad, QEvent.Type.TabletPress, LINE[0], 0.0, tip, tip, plain)
    for at in LINE[1:]:
        pen.send(pad, QEvent.Type.TabletMove, at, 0.0, none, tip, plain)
    pen.send(pad, QEvent.Type.TabletRelease, LINE[-1], 0.0, tip, none, plain)
    record = pad.record()
    assert record is not None
    assert record.pressure is None
    assert len(record.t_us) == len(LINE) + 1


def test_constant_pressure_is_recorded_as_absent(pad: SignaturePad) -> None:
    pen.press(pad, LINE[0], 0.5)
    for at in LINE[1:]:
        pen.move(pad, at, 0.5)
    pen.release(pad, LINE[-1])
    record = pad.record()
    assert record is not None
    assert record.pressure is None


def test_a_burst_that_shares_a_time_is_spread(pad: SignaturePad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pad._drawing, "_clock_s", lambda: 5.0)
    pen.stroke(pad, LINE)
    record = pad.record()
    assert record is not None
    assert len(set(record.t_us)) == len(record.t_us)


def test_a_resize_in_mid_stroke_loses_nothing_and_keeps_the_canvas(pad: SignaturePad, qtbot: QtBot) -> None:
    pen.press(pad, LINE[0])
    for at in LINE[1:10]:
        pen.move(pad, at)
    pad.resize(400, 150)
    qtbot.wait(1)
    for x, y in LINE[10:]:
        pen.move(pad, (x / 2, y / 2))  # the same places on a canvas shown at half its size
    pen.release(pad, (LINE[-1][0] / 2, LINE[-1][1] / 2))
    record = pad.record()
    assert record is not None
    assert (record.canvas.width_px, record.canvas.height_px) == (800, 300)
    drawn = [record.canvas.to_px(x, y) for x, y in zip(record.x, record.y, strict=True)]
    for (x, y), (wanted_x, wanted_y) in zip(drawn, LINE, strict=False):
        assert abs(x - wanted_x) + abs(y - wanted_y) < 0.1
    assert inked(pad)


def test_the_picture_after_a_resume_equals_the_one_before_pixel_for_pixel(
    pad: SignaturePad, qtbot: QtBot, clock: Clock
) -> None:
    pen.stroke(pad, pen.wave(pad))
    pen.stroke(pad, LINE)
    record = pad.record()
    assert record is not None
    before = pad.picture.copy()
    fresh = SignaturePad(clock_s=clock, now=lambda: samples.NOW)
    qtbot.addWidget(fresh)
    fresh.resize(pad.size())
    fresh.load(record, Guide.BASELINE)
    assert fresh.picture == before
    assert fresh.record() == record


def test_drawing_goes_on_after_a_resume_with_later_times(
    pad: SignaturePad, qtbot: QtBot, clock: Clock
) -> None:
    pen.stroke(pad, LINE)
    record = pad.record()
    assert record is not None
    pad.load(record, Guide.BASELINE)
    pen.stroke(pad, LINE)
    longer = pad.record()
    assert longer is not None
    assert len(longer.stroke_starts) == 2
    assert longer.t_us[: len(record.t_us)] == record.t_us


def test_undo_redo_and_clear(pad: SignaturePad) -> None:
    pen.stroke(pad, LINE)
    one = pad.picture.copy()
    pen.stroke(pad, pen.wave(pad))
    two = pad.picture.copy()
    pad.undo()
    assert pad.picture == one
    pad.redo()
    assert pad.picture == two
    pad.clear()
    assert not inked(pad)
    assert pad.record() is None
    pad.undo()
    assert len(pad.strokes) == 2


def test_pen_only_refuses_finger_and_mouse(pad: SignaturePad) -> None:
    pad.set_pen_only(True)
    pen.touch(pad, LINE)
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert pad.strokes == ()
    pen.stroke(pad, LINE)
    assert len(pad.strokes) == 1


def test_every_pen_up_is_told_so_that_the_draft_can_be_saved(pad: SignaturePad, qtbot: QtBot) -> None:
    with qtbot.waitSignals([pad.stroke_finished, pad.stroke_finished]):
        pen.stroke(pad, LINE)
        pen.stroke(pad, LINE)


def test_losing_the_window_ends_the_stroke_and_keeps_it(pad: SignaturePad) -> None:
    pen.press(pad, LINE[0])
    pen.move(pad, LINE[1])
    QApplication.sendEvent(pad, QEvent(QEvent.Type.WindowDeactivate))
    assert len(pad.strokes) == 1


def test_only_the_changed_part_is_repainted(pad: SignaturePad, qtbot: QtBot) -> None:
    painted: list[int] = []
    original = pad.surface.paintEvent

    def watch(event: object) -> None:
        box = event.rect()  # type: ignore[attr-defined]
        painted.append(box.width() * box.height())
        original(event)  # type: ignore[arg-type]

    pad.surface.paintEvent = watch  # type: ignore[method-assign]
    pen.press(pad, LINE[0])
    QGuiApplication.processEvents()
    for at in LINE[1:]:
        pen.move(pad, at)
        QGuiApplication.processEvents()
    assert painted
    assert max(painted) < 800 * 300 / 50


def test_the_guides_are_not_part_of_the_ink(pad: SignaturePad) -> None:
    pad.start_step(Guide.DOTS)
    assert not inked(pad)


def test_the_ink_is_the_same_whether_drawn_live_or_again_at_any_ratio(
    pad: SignaturePad, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ratio in (1.0, 1.25, 1.5, 2.0):
        monkeypatch.setattr(pad, "devicePixelRatioF", lambda ratio=ratio: ratio)
        pad.start_step(Guide.NONE)
        pen.stroke(pad, pen.wave(pad))
        pen.stroke(pad, LINE)
        live = pad.picture.copy()
        pad.surface.redraw()
        assert pad.picture == live
        assert live.width() == round(800 * ratio)


def test_a_changed_part_covers_everything_that_changed(pad: SignaturePad) -> None:
    changed: list[QRect] = []
    pad.surface.mirror_to(changed.append)
    path = [(-4.0, -3.0), (2.0, 1.0), (7.5, 3.25), (60.0, 30.0), (40.0, 90.0), (799.0, 299.0)]
    for number, at in enumerate(path):
        before = pad.picture.copy()
        changed.clear()
        (pen.move if number else pen.press)(pad, at, 1.0)
        after = pad.picture
        (part,) = changed
        for y in range(300):
            for x in range(0, 800, 1 if part.top() - 8 <= y <= part.bottom() + 8 else 800):
                if not part.contains(x, y):
                    assert before.pixel(x, y) == after.pixel(x, y)


def test_where_a_signature_begins_is_marked_on_the_side_that_writing_begins(pad: SignaturePad) -> None:
    def marked(left: int, right: int) -> bool:
        above = range(180, 200)  # the line itself lies below
        return any(
            pad.picture.pixel(x, y) != pad.picture.pixel(400, 100) for x in range(left, right) for y in above
        )

    assert (marked(40, 120), marked(680, 760)) == (True, False)
    pad.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert (marked(40, 120), marked(680, 760)) == (False, True)


def test_the_line_to_sign_on_is_sharp(pad: SignaturePad) -> None:
    rows = {pad.picture.pixel(400, y) for y in range(200, 222)}
    assert len(rows) == 2  # paper and line, nothing smeared between
