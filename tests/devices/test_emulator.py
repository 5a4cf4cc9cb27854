# SPDX-License-Identifier: Apache-2.0
"""The emulated module by itself: its bytes, its time, its glass, its orders."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import serial

from app.devices.emulator.control import Script, obey
from app.devices.emulator.emulator import Emulator
from app.devices.emulator.faults import FAULT_NAMES, Fault, FaultScript
from app.devices.emulator.glass import GlassImage, every_few_seconds, on_sensor
from app.devices.emulator.matching import compare_templates, is_match, make_template
from app.devices.emulator.models import MODEL_NAMES, module_model
from app.devices.emulator.module import Module
from app.devices.emulator.output import Output
from app.devices.emulator.pattern import ridge_pattern
from app.devices.emulator.timing import INSTANT, REAL_TIME
from app.devices.packets import Packet, PacketId, PacketReader, encode_packet
from app.devices.protocol import Command
from app.domain.errors import DeviceError, SetupError
from tests.devices.wire import packet

UNLOCK = b"\x13\0\0\0\0"


def module(model: str = "r307", fault: str | None = None, baud: int = 57_600) -> Module:
    return Module(module_model(model), baud, FaultScript.parse(fault) if fault else None, 1, REAL_TIME)


def command(content: bytes) -> bytes:
    return encode_packet(PacketId.COMMAND, content)


def ask(module: Module, content: bytes) -> bytes:
    return b"".join(output.data for output in module.receive(command(content)))


def packets(data: bytes) -> list[Packet]:
    return PacketReader().feed(data)


def seconds(outputs: list[Output], baud: int) -> float:
    return sum(output.delay_s + REAL_TIME.wire_s(len(output.data), baud) for output in outputs)


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        # GROW R503 manual V1.2.2: VfyPwd, GenImg without a finger, ReadSysPara, TempleteNum, handshake
        ("EF01 01 0007 13 00000000 001B", "EF01 07 0003 00 000A"),
        ("EF01 01 0003 01 0005", "EF01 07 0003 02 000C"),
        ("EF01 01 0003 0F 0013", "EF01 07 0013 00 0000 0009 03E8 0003 FFFFFFFF 0002 0006 0515"),
        ("EF01 01 0003 1D 0021", "EF01 07 0005 00 0000 000C"),
        ("EF01 01 0003 40 0044", "EF01 07 0003 00 000A"),
        # Adafruit's echo
        ("EF01 01 0003 53 0057", "EF01 07 0003 55 005F"),
        # R307 manual, Search: 16 bytes although nothing is found
        ("EF01 01 0008 04 01 0000 03E8 00F9", "EF01 07 0007 09 0000 0000 0017"),
        # UpImage without an image, a code that does not exist
        ("EF01 01 0003 0A 000E", "EF01 07 0003 0F 0019"),
        ("EF01 01 0003 7E 0082", "EF01 07 0003 FC 0106"),
    ],
)
def test_answers_byte_for_byte(sent: str, received: str) -> None:
    answer = b"".join(output.data for output in module().receive(packet(sent)))
    assert answer.hex() == packet(received).hex()


def test_the_index_table_has_44_bytes_and_its_bits_are_pages() -> None:
    one = module()
    one.library.store(8, b"x")
    one.library.store(17, b"x")
    answer = ask(one, b"\x1f\0")
    assert len(answer) == 44
    assert packets(answer)[0].content == b"\0\0\x01\x02" + bytes(29)


def test_commands_may_arrive_a_byte_at_a_time() -> None:
    one, answer = module(), []
    for byte in command(UNLOCK):
        answer += one.receive(bytes([byte]))
    assert [output.data for output in answer] == [packet("EF01 07 0003 00 000A")]


@pytest.mark.parametrize(
    ("model", "packet_code", "wire_bytes", "seconds_57600", "seconds_115200"),
    [
        ("r307", 0, 49_560, 8.60, 4.30),
        ("r307", 2, 40_056, 6.95, 3.48),
        ("r307", 3, 38_472, 6.68, 3.34),
        ("r503", 2, 20_040, 3.48, 1.74),
    ],
)
def test_an_image_takes_its_time_on_the_line(
    model: str, packet_code: int, wire_bytes: int, seconds_57600: float, seconds_115200: float
) -> None:
    """Eight data bits, start and stop bit; 11 bytes of frame a packet; the acknowledgement has 12."""
    one = module(model)
    one.packet_code = packet_code
    one.place(ridge_pattern(1))
    ask(one, b"\x01")
    acknowledged, *data = one.receive(command(b"\x0a"))
    total = sum(len(output.data) for output in data)
    frames = -(-one.model.width_px * one.model.height_px // 2 // (32 << packet_code))
    assert total == one.model.width_px * one.model.height_px // 2 + 11 * frames
    assert total + len(acknowledged.data) == pytest.approx(wire_bytes, abs=12)
    assert seconds(data, 57_600) == pytest.approx(seconds_57600, abs=0.01)
    assert seconds(data, 115_200) == pytest.approx(seconds_115200, abs=0.01)


def test_one_packet_of_128_bytes_is_one_row() -> None:
    one = module()
    one.place(ridge_pattern(1))
    ask(one, b"\x01")
    data = packets(ask(one, b"\x0a"))[1:]
    assert [part.packet_id for part in data] == [PacketId.DATA] * 287 + [PacketId.LAST_DATA]
    assert {len(part.content) for part in data} == {128}


def test_a_command_with_a_wrong_checksum_is_told_so() -> None:
    assert (
        packets(b"".join(out.data for out in module().receive(packet("EF01 01 0003 01 0006"))))[0].content
        == b"\1"
    )


def test_a_locked_module_answers_that_it_is_locked() -> None:
    one = module(fault="wrong-password")
    assert packets(ask(one, b"\x01"))[0].content == b"\x21"
    assert packets(ask(one, UNLOCK))[0].content == b"\x13"
    assert packets(ask(one, b"\x13\x12\x34\x56\x78"))[0].content == b"\0"
    assert packets(ask(one, b"\x01"))[0].content == b"\x02"


def test_a_password_and_an_address_can_be_set() -> None:
    one = module()
    ask(one, b"\x12\0\0\0\x07")
    one.forget()
    assert packets(ask(one, b"\x0f"))[0].content == b"\x21"
    assert packets(ask(one, b"\x13\0\0\0\x07"))[0].content == b"\0"
    ask(one, b"\x15\0\0\0\x09")
    assert ask(one, b"\x0f") == b""
    assert one.receive(encode_packet(PacketId.COMMAND, b"\x40", 9))


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"\x0e\x04\x0d", 0x1B),
        (b"\x0e\x05\x06", 0x1B),
        (b"\x0e\x06\x04", 0x1B),
        (b"\x0e\x07\x01", 0x1A),
        (b"\x0e\x05\x01", 0x00),
        (b"\x06\x01\x03\xe8", 0x0B),
        (b"\x06\x01\0\0", 0x18),
        (b"\x07\x01\0\0", 0x0C),
        (b"\x08\x01", 0x0D),
        (b"\x09\x03", 0x0E),
        (b"\x0c\x03\xe7\0\x02", 0x10),
        (b"\x02\x01", 0x15),
        (b"\x19\x10", 0x1C),
        (b"\x03", 0x08),
        (b"\x05", 0x0A),
    ],
)
def test_what_cannot_be_done_is_answered_so(content: bytes, answer: int) -> None:
    assert packets(ask(module(), content))[0].content[0] == answer


def test_the_notepad_keeps_32_bytes_a_page() -> None:
    one = module()
    assert packets(ask(one, b"\x18\x0f" + b"n" * 32))[0].content == b"\0"
    assert packets(ask(one, b"\x19\x0f"))[0].content == b"\0" + b"n" * 32


def test_an_image_can_be_put_into_the_module() -> None:
    """DownImage: data packets go into the image buffer."""
    one = module("r503")
    image = bytes(number % 256 for number in range(18_432))
    assert packets(ask(one, b"\x0b"))[0].content == b"\0"
    pieces = [image[at : at + 128] for at in range(0, len(image), 128)]
    for number, piece in enumerate(pieces, start=1):
        last = number == len(pieces)
        one.receive(encode_packet(PacketId.LAST_DATA if last else PacketId.DATA, piece))
    assert b"".join(part.content for part in packets(ask(one, b"\x0a"))[1:]) == image


def test_a_soft_reset_ends_with_a_bare_55() -> None:
    assert ask(module(), b"\x3d") == packet("EF01 07 0003 00 000A") + b"\x55"


def test_r551_counts_pages_from_one_and_sends_no_final_packet() -> None:
    one = module("r551")
    one.place(ridge_pattern(1))
    ask(one, b"\x01")
    ask(one, b"\x02\x01")
    assert packets(ask(one, b"\x06\x01\0\0"))[0].content == b"\x0b"
    assert packets(ask(one, b"\x06\x01\0\x01"))[0].content == b"\0"
    assert packets(ask(one, b"\x1b\x01\0\0\0\xc8"))[0].content == b"\xfc"
    assert packets(ask(one, b"\x0a"))[-1].packet_id is PacketId.DATA


def test_r308_says_nothing_about_its_parameters() -> None:
    for one in (module("r308"), module(fault="r308")):
        assert ask(one, b"\x0f") == b""
        assert ask(one, b"\x0e\x04\x0c") == b""
        assert ask(one, UNLOCK)


def test_a_new_rate_holds_from_the_next_packet_on_or_from_the_next_start() -> None:
    assert [output.baud_after for output in module().receive(command(b"\x0e\x04\x0c"))] == [115_200]
    late = module(fault="late-baud-switch")
    assert [output.baud_after for output in late.receive(command(b"\x0e\x04\x0c"))] == [None]
    late.power_on()
    assert late.baud == 115_200


@pytest.mark.parametrize("name", FAULT_NAMES)
def test_every_fault_has_a_name_and_a_number_of_strikes(name: str) -> None:
    assert FaultScript.parse(f"{name}:2").left == 2
    assert FaultScript.parse(f"{name}:always").left < 0
    script = FaultScript.parse(f"{name}:1")
    assert [script.strikes(Fault(name)), script.strikes(Fault(name))] == [True, False]


@pytest.mark.parametrize("name", ["", "nonsense", "mute:0", "mute:x", "mute:-1", "mute:"])
def test_a_fault_that_is_none(name: str) -> None:
    if name == "mute:":
        assert FaultScript.parse(name).left == 1
        return
    with pytest.raises(SetupError):
        FaultScript.parse(name)


def test_unknown_models_and_rates_are_refused() -> None:
    for change in ({"model": "r999"}, {"baud": 57_601}, {"baud": 0}, {"fault": "nonsense"}):
        with pytest.raises(SetupError):
            Emulator(**change)
    assert {"r307", "r503", "r308", "r551"} <= set(MODEL_NAMES)


def test_the_sensor_sees_the_middle_of_the_print() -> None:
    """A print of 64 x 64 in the lower right of a large image lies in the middle of the window."""
    pattern = bytes(0 if (x // 4 + y // 4) % 2 else 255 for y in range(64) for x in range(64))
    rows = [b"\xff" * 400] * 320
    for y in range(64):
        rows[160 + y] = b"\xff" * 256 + pattern[y * 64 : y * 64 + 64] + b"\xff" * 80
    seen = on_sensor(GlassImage(400, 320, b"".join(rows)), 256, 288)
    dark = [at for at, pixel in enumerate(seen.pixels) if pixel == 0]
    columns = [at % 256 for at in dark]
    assert (min(columns), max(columns)) == (400 - 256 + 256 - 288, 400 - 256 + 256 - 288 + 63)


def test_a_small_image_lies_in_the_middle_of_white() -> None:
    seen = on_sensor(GlassImage(2, 2, b"\0\0\0\0"), 6, 4)
    assert seen.pixels == b"\xff" * 6 + b"\xff\xff\0\0\xff\xff" * 2 + b"\xff" * 6


def test_an_image_whose_size_is_a_lie() -> None:
    with pytest.raises(ValueError, match="pixels"):
        GlassImage(3, 3, bytes(8))


def test_a_shifted_touch_matches_and_another_finger_does_not() -> None:
    whole = ridge_pattern(3, 300, 330)

    def window(left: int, top: int) -> GlassImage:
        rows = [whole.pixels[y * 300 + left : y * 300 + left + 256] for y in range(top, top + 288)]
        return GlassImage(256, 288, b"".join(rows))

    first, shifted = (make_template(window(*corner), 512) for corner in ((20, 20), (28, 12)))
    assert is_match(compare_templates(first, shifted))
    for seed in (4, 5, 6):
        assert not is_match(compare_templates(first, make_template(ridge_pattern(seed), 512)))
    assert compare_templates(first, b"") == 0


def test_a_finger_comes_and_goes() -> None:
    is_down = every_few_seconds(3, 2)
    assert [is_down(now_s) for now_s in (0, 1.9, 2, 4.9, 5, 6.9, 7)] == [
        False, False, True, True, False, False, True,
    ]  # fmt: skip


class Recorder:
    """Notes the orders it gets."""

    def __init__(self) -> None:
        self.orders: list[str] = []

    def place_number(self, number: int | None) -> None:
        self.orders.append(f"place {number}")

    def lift_finger(self) -> None:
        self.orders.append("lift")

    def set_fault(self, name: str | None) -> None:
        FaultScript.parse(name or "mute")
        self.orders.append(f"fault {name}")

    def unplug(self) -> None:
        self.orders.append("unplug")

    def replug(self) -> None:
        self.orders.append("replug")

    def state(self) -> str:
        return "state"


def test_orders_in_words() -> None:
    reader = Recorder()
    answers = [
        obey(reader, line)
        for line in ("place", "place 2", "lift", "fault mute", "fault none", "unplug", "replug", "state")
    ]
    assert answers == ["ok"] * 7 + ["state"]
    assert reader.orders == [
        "place None", "place 2", "lift", "fault mute", "fault None", "unplug", "replug",
    ]  # fmt: skip
    assert [obey(reader, line)[:5] for line in ("dance", "place x", "fault nonsense")] == ["error"] * 3


def test_a_script_runs_by_the_clock_and_repeats() -> None:
    script = Script.parse("wait 1  # nobody yet\nplace 0\nwait 2\nlift\nwait 1\nrepeat\n")
    reader = Recorder()
    for now_s in (0.5, 1.0, 2.9, 3.0, 3.9, 5.0, 9.5):
        script.advance(now_s, reader)
    assert reader.orders == ["place 0", "lift"] * 2 + ["place 0"]


@pytest.mark.parametrize("text", ["dance", "wait long", "state"])
def test_a_script_with_a_line_that_is_no_order(text: str) -> None:
    with pytest.raises(SetupError):
        Script.parse(text)


@pytest.fixture
def served() -> Iterator[Emulator]:
    with Emulator("r307", timing=INSTANT) as emulator:
        emulator.serve_tcp()
        yield emulator


def test_the_control_socket_takes_orders(served: Emulator) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    emulator = Emulator("r307", timing=INSTANT)
    loop = emulator.tcp_loop(control=listener)
    stop = threading.Event()
    thread = threading.Thread(target=loop.serve_forever, args=(stop.is_set,))
    thread.start()
    try:
        with socket.create_connection(listener.getsockname(), timeout=5) as desk, desk.makefile("rw") as talk:
            for order, answer in (
                ("place 1", "ok"),
                ("state", "finger=down baud=57600 images=0 light="),
                ("lift", "ok"),
                ("place -1", "error -1"),
                ("dance", "error unknown order"),
            ):
                talk.write(order + "\n")
                talk.flush()
                assert talk.readline().rstrip("\n") == answer
    finally:
        stop.set()
        loop.wake()
        thread.join(5)


def test_a_host_that_goes_in_the_middle_of_an_image_leaves_the_line_free(served: Emulator) -> None:
    served.place_number(0)
    for _ in range(3):
        port = serial.serial_for_url(served.address, timeout=2)
        port.write(command(b"\x01") + command(b"\x0a"))
        assert len(port.read(40)) == 40
        port.close()


def test_orders_before_it_is_served_and_after_it_was_closed() -> None:
    emulator = Emulator("r307", timing=INSTANT)
    with pytest.raises(DeviceError):
        _ = emulator.address
    with pytest.raises(DeviceError):
        emulator.unplug()
    emulator.place_number(0)
    emulator.serve_tcp()
    emulator.close()
    emulator.close()
    emulator.lift_finger()
    assert emulator.module.glass is None
    assert emulator.module.commands.count(Command.TAKE_IMAGE) == 0
