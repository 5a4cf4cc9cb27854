# SPDX-License-Identifier: Apache-2.0
"""The driver of the 0xEF01 family against emulated modules of several models, on a socket and on a serial
port."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from app.devices.base import LightSignal, Reader, ReaderOptions
from app.devices.emulator.emulator import Emulator
from app.devices.emulator.glass import GlassImage
from app.devices.emulator.models import MODEL_NAMES
from app.devices.emulator.pattern import ridge_pattern
from app.devices.emulator.timing import INSTANT
from app.devices.protocol import Command
from app.devices.registry import make_reader
from app.domain.capture import Ability, FingerUp, Frame, Hint, ReaderEvent, ReaderFault, ReaderReady, Rows
from app.domain.errors import DeviceError
from tests.devices.watching import QUICK, is_a, kinds, only_frame, quick, watch_until

LINES = ["socket"] if sys.platform == "win32" else ["socket", "pty"]
Start = Callable[..., tuple[Emulator, Reader]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts an emulated module with a finger on it, and makes a reader for it."""
    open_things: list[Emulator | Reader] = []

    def begin(
        model: str = "r307", line: str = "socket", options: ReaderOptions = QUICK, **more: object
    ) -> tuple[Emulator, Reader]:
        emulator = Emulator(model, timing=INSTANT, **more)
        open_things.append(emulator)
        address = emulator.serve_pty() if line == "pty" else emulator.serve_tcp()
        emulator.place_number(0)
        reader = make_reader(f"r30x:{address}", options)
        open_things.append(reader)
        return emulator, reader

    yield begin
    for thing in reversed(open_things):
        thing.close()


def as_sent(emulator: Emulator) -> bytes:
    glass = emulator.module.glass
    assert glass is not None
    return bytes(pixel // 16 * 17 for pixel in glass.pixels)


@pytest.mark.parametrize("model", MODEL_NAMES)
def test_every_model_gives_its_image(start: Start, model: str) -> None:
    emulator, reader = start(model, LINES[-1])
    frame = only_frame(watch_until(reader, is_a(Frame)))
    assert frame.pixels == as_sent(emulator)
    assert (frame.width_px, frame.height_px) == ((192, 192) if model == "r503" else (256, 288))
    assert frame.dpi == (508 if model == "r503" else 500)
    assert frame.bits == 4


# What each fault leads to with this driver: faults told before the frame, and how many images the module
# sent.
OUTCOMES: dict[str, tuple[list[str], int]] = {
    "stray-55": ([], 1),
    "stray-55:always": ([], 1),
    "dropped-byte": ([], 2),
    "corrupt-byte": ([], 2),
    "dropped-byte:2": (["reader_garbled"], 3),
    "corrupt-byte:2": (["reader_garbled"], 3),
    "no-final-packet": ([], 1),
    "no-final-packet:always": ([], 1),
    "short-last-packet": ([], 1),
    "late-baud-switch": ([], 1),
    "mute": ([], 1),
    "garbage": ([], 1),
    "r308": ([], 1),
    "r551": ([], 1),
}


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("fault", OUTCOMES)
def test_a_fault_and_what_becomes_of_it(start: Start, fault: str, line: str) -> None:
    emulator, reader = start("r307", line, fault=fault)
    events = watch_until(reader, is_a(Frame))
    told, images = OUTCOMES[fault]
    assert [event.code for event in events if isinstance(event, ReaderFault)] == told
    assert emulator.module.images_sent == images
    frame, expected = only_frame(events), as_sent(emulator)
    if fault == "short-last-packet":
        missing = 128
        assert frame.pixels == expected[:-missing] + b"\xff" * missing
    else:
        assert frame.pixels == expected


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(
    ("fault", "code", "retryable"),
    [
        ("wrong-password", "reader_locked", False),
        ("busy-port", "reader_busy", True),
        ("mute:always", "reader_silent", True),
        ("garbage:always", "reader_garbled", True),
    ],
)
def test_a_fault_that_keeps_the_reader_from_opening(
    start: Start, fault: str, code: str, retryable: bool, line: str
) -> None:
    emulator, reader = start("r307", line, fault=fault)
    with pytest.raises(DeviceError) as caught:
        reader.open()
    assert (caught.value.code, caught.value.retryable) == (code, retryable)
    emulator.set_fault(None)
    assert reader.open().width_px == 256


@pytest.mark.parametrize("line", LINES)
def test_unplugged_in_the_middle_of_an_image(start: Start, line: str) -> None:
    emulator, reader = start("r307", line, fault="unplug-mid-image")

    def react(event: ReaderEvent) -> None:
        if isinstance(event, ReaderFault):
            emulator.replug()

    events = watch_until(reader, is_a(Frame), react)
    seen = kinds(events)
    assert seen == [
        "ReaderReady", "FingerDown", "ReaderFault reader_disconnected", "ReaderReady", "FingerDown", "Frame",
    ]  # fmt: skip
    lost = seen.index("ReaderFault reader_disconnected")
    before = events[: [type(event) for event in events].index(ReaderFault)]
    rows_before = sum(len(event.pixels) for event in before if isinstance(event, Rows)) // 256
    assert lost == 2
    assert 0 < rows_before <= 144


def test_a_password_that_was_changed_while_unplugged_ends_the_watch(start: Start) -> None:
    emulator, reader = start(fault="unplug-mid-image")

    def react(event: ReaderEvent) -> None:
        if isinstance(event, ReaderFault) and event.retryable:
            emulator.set_fault("wrong-password")
            emulator.replug()

    ended = watch_until(reader, lambda event: isinstance(event, ReaderFault) and not event.retryable, react)
    assert kinds(ended)[-1] == "ReaderFault reader_locked"


def test_a_module_with_a_password_of_its_own(start: Start) -> None:
    _, reader = start(fault="wrong-password", options=quick(password=0x12345678))
    assert only_frame(watch_until(reader, is_a(Frame)))


def test_a_second_program_finds_the_reader_busy(start: Start) -> None:
    for line in LINES:
        emulator, reader = start(line=line)
        reader.open()
        other = make_reader(f"r30x:{emulator.address}", QUICK)
        with pytest.raises(DeviceError) as caught:
            other.open()
        assert caught.value.code == "reader_busy"
        other.close()


if "pty" in LINES:

    def test_the_rate_is_raised_once_and_found_again(start: Start) -> None:
        emulator, reader = start(line="pty")
        reader.open()
        assert emulator.module.baud == 115_200
        reader.close()
        emulator.module.commands.clear()
        reader.open()
        assert Command.SET_PARAMETER not in emulator.module.commands
        watch_until(reader, is_a(Frame))

    @pytest.mark.parametrize("baud", [9_600, 19_200, 38_400, 57_600, 115_200])
    def test_every_usual_rate_is_found(start: Start, baud: int) -> None:
        emulator, reader = start(line="pty", baud=baud, options=quick(fastest_baud=0))
        reader.open()
        assert emulator.module.baud == baud

    def test_a_late_switch_takes_effect_after_power_on(start: Start) -> None:
        emulator, reader = start(line="pty", fault="late-baud-switch")
        reader.open()
        assert emulator.module.baud == 57_600
        reader.close()
        emulator.unplug()
        emulator.replug()
        reader.open()
        assert emulator.module.baud == 115_200

    def test_a_line_that_spoils_images_is_slowed_down(start: Start) -> None:
        emulator, reader = start(line="pty", fault="corrupt-byte:2")
        events = watch_until(reader, is_a(Frame))
        assert "ReaderFault reader_garbled" in kinds(events)
        assert emulator.module.baud == 57_600


def test_small_packets_are_made_larger(start: Start) -> None:
    emulator, reader = start()
    emulator.module.packet_code = 0
    assert only_frame(watch_until(reader, is_a(Frame))).pixels == as_sent(emulator)
    assert emulator.module.packet_code == 2


def test_a_reader_that_may_not_be_changed_is_left_alone(start: Start) -> None:
    emulator, reader = start(options=quick(fastest_baud=0))
    emulator.module.packet_code = 0
    assert only_frame(watch_until(reader, is_a(Frame))).pixels == as_sent(emulator)
    assert Command.SET_PARAMETER not in emulator.module.commands


def test_the_module_checks_before_it_sends(start: Start) -> None:
    emulator, reader = start()
    watch_until(reader, is_a(Frame))
    after_taking = emulator.module.commands[emulator.module.commands.index(Command.TAKE_IMAGE) :]
    assert after_taking[:3] == [Command.TAKE_IMAGE, Command.CONVERT, Command.UPLOAD_IMAGE]


def test_a_touch_the_module_refuses_is_sent_after_three_tries(start: Start) -> None:
    blank = GlassImage(256, 288, b"\xff" * (256 * 288))
    emulator, reader = start()
    emulator.place_finger(blank)
    assert kinds(watch_until(reader, is_a(Frame))) == [
        "ReaderReady",
        "FingerDown",
        "Hint too_few_points",
        "Frame",
    ]
    assert emulator.module.commands.count(Command.CONVERT) == 3


def test_a_better_touch_after_a_hint_is_taken_without_lifting(start: Start) -> None:
    emulator, reader = start("r503")
    emulator.place_finger(GlassImage(192, 192, b"\xff" * (192 * 192)))

    def react(event: ReaderEvent) -> None:
        if isinstance(event, Hint):
            emulator.place_number(0)

    events = watch_until(reader, is_a(Frame), react)
    assert kinds(events) == ["ReaderReady", "FingerDown", "Hint poor_image", "Frame"]
    assert only_frame(events).pixels == as_sent(emulator)


def test_noise_on_the_glass_is_messy(start: Start) -> None:
    emulator, reader = start()
    noise = emulator.module.chance.randbytes(256 * 288)
    emulator.place_finger(GlassImage(256, 288, noise))
    assert "Hint messy" in kinds(watch_until(reader, is_a(Frame)))


def test_without_the_check_nothing_is_converted(start: Start) -> None:
    emulator, reader = start(options=quick(check_on_sensor=False))
    watch_until(reader, is_a(Frame))
    assert Command.CONVERT not in emulator.module.commands


@pytest.mark.parametrize(("model", "size"), [("r307", 512), ("r503", 1536)])
def test_the_modules_own_template_comes_with_the_frame(start: Start, model: str, size: int) -> None:
    emulator, reader = start(model, options=quick(keep_template=True))
    frame = only_frame(watch_until(reader, is_a(Frame)))
    assert frame.template == emulator.module.buffers[1]
    assert len(frame.template or b"") == size
    assert frame.template_format == "ef01-character-file"


def test_a_finger_that_stays_gives_one_frame(start: Start) -> None:
    emulator, reader = start()
    polls_at_frame = 0

    def react(event: ReaderEvent) -> None:
        nonlocal polls_at_frame
        if isinstance(event, Frame):
            polls_at_frame = len(emulator.module.commands)
            lift_after(emulator, polls_at_frame + 5)

    events = watch_until(reader, is_a(FingerUp), react)
    assert kinds(events) == ["ReaderReady", "FingerDown", "Frame", "FingerUp"]
    assert emulator.module.images_sent == 1
    assert len(emulator.module.commands) > polls_at_frame + 5


def lift_after(emulator: Emulator, commands: int) -> None:
    """Has the emulator lift the finger itself once it has seen that many commands."""

    def presence(now_s: float) -> bool:
        return len(emulator.module.commands) <= commands

    emulator._presence = presence


def test_the_light_follows_the_touch_and_the_verdict(start: Start) -> None:
    emulator, reader = start("r503")
    lights: list[int] = []

    def react(event: ReaderEvent) -> None:
        lights.append(emulator.module.light[2])
        if isinstance(event, Frame):
            reader.show(LightSignal.ACCEPTED)
            lift_after(emulator, len(emulator.module.commands) + 3)

    events = watch_until(reader, is_a(FingerUp), react)
    assert Ability.LED in reader.info.abilities
    purple, green = 3, 4
    assert lights[[type(event) for event in events].index(Frame)] == purple
    assert lights[-1] == green


def test_no_light_where_there_is_none(start: Start) -> None:
    emulator, reader = start()
    reader.show(LightSignal.REFUSED)
    watch_until(reader, is_a(Frame))
    assert Ability.LED not in reader.info.abilities
    assert Command.LIGHT not in emulator.module.commands


def test_a_module_that_does_not_tell_its_size_is_measured(start: Start) -> None:
    """An R503 whose firmware does not know ReadProdInfo (GROW R503 manual V1.1)."""
    emulator, reader = start("r503")
    emulator.module._model = replace(emulator.module._model, product=None)
    events = watch_until(reader, is_a(Frame))
    assert kinds(events) == ["ReaderReady", "FingerDown", "ReaderReady", "Frame"]
    assert only_frame(events).pixels == as_sent(emulator)
    assert (reader.info.width_px, reader.info.height_px) == (192, 192)


def test_rows_are_not_repeated_when_a_transfer_is(start: Start) -> None:
    _, reader = start(fault="dropped-byte")
    rows = [event for event in watch_until(reader, is_a(Frame)) if isinstance(event, Rows)]
    starts = [event.first_row for event in rows]
    assert starts == sorted(set(starts))
    assert sum(len(event.pixels) for event in rows) == 256 * 288


def test_a_module_that_lost_its_image_takes_another(start: Start) -> None:
    """Where the conversion uses up the image buffer, UpImage answers 0F."""
    emulator, reader = start()
    from app.devices.emulator import commands

    convert = commands.HANDLERS[Command.CONVERT]

    def convert_and_forget(module, content):
        outputs = convert(module, content)
        module.image = None
        return outputs

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(commands.HANDLERS, Command.CONVERT, convert_and_forget)
        assert only_frame(watch_until(reader, is_a(Frame))).pixels == as_sent(emulator)


def test_the_first_port_that_answers(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.devices.readers import r30x
    from app.devices.serial_link import SerialPort

    emulator, _ = start()
    ports = (
        SerialPort("socket://127.0.0.1:1", "nobody there", "CH340", ""),
        SerialPort(emulator.address, "the module", "CP210x", "0001"),
    )
    monkeypatch.setattr(r30x, "list_serial_ports", lambda: ports)
    reader = make_reader("r30x:auto", QUICK)
    info = reader.open()
    assert (info.reader_id, info.serial) == ("r30x:auto", "0001")
    reader.close()
    monkeypatch.setattr(r30x, "list_serial_ports", lambda: ())
    with pytest.raises(DeviceError) as caught:
        reader.open()
    assert caught.value.code == "reader_absent"


def test_ready_again_with_the_same_description(start: Start) -> None:
    emulator, reader = start(fault="unplug-mid-image")
    events = watch_until(
        reader, is_a(Frame), lambda event: emulator.replug() if isinstance(event, ReaderFault) else None
    )
    ready = [event.info for event in events if isinstance(event, ReaderReady)]
    assert len(ready) == 2
    assert ready[0] == ready[1]


def test_the_built_in_print_is_on_the_glass(start: Start) -> None:
    emulator, _ = start(seed=1)
    assert emulator.module.glass == ridge_pattern(1000)
