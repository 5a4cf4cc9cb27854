# SPDX-License-Identifier: Apache-2.0
"""The conversation with a module, byte by byte as the manuals print it, and with everything that goes
wrong."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.devices.base import Patience, ReaderOptions
from app.devices.module_client import ModuleClient
from app.devices.module_search import find_module
from app.devices.packets import BROADCAST_ADDRESS, PacketId, encode_packet
from app.devices.protocol import Answer, Command
from app.domain.errors import CancelledError, DeviceError
from tests.devices.wire import ScriptedLine, conversation, packet

# GROW R503 manual V1.2.2, "GenImg"
TAKE_IMAGE = packet("EF01 01 0003 01 0005")
TAKEN = packet("EF01 07 0003 00 000A")
NO_FINGER = packet("EF01 07 0003 02 000C")
# GROW R503 manual V1.2.2, "VfyPwd"
VERIFY_PASSWORD = packet("EF01 01 0007 13 00000000 001B")
WRONG_PASSWORD = packet("EF01 07 0003 13 001D")
# GROW R503 manual V1.2.2, "ReadSysPara"
READ_PARAMETERS = packet("EF01 01 0003 0F 0013")
PARAMETERS = packet("EF01 07 0013 00 0004 0009 00C8 0003 FFFFFFFF 0002 0006 04F6")
# GROW R503 manual V1.2.2, "ReadProdInfo"; an R307 answers that it does not know it
PRODUCT_INFO = packet("EF01 01 0004 3C 00 0041")
UNKNOWN = packet("EF01 07 0003 FC 0106")
# GROW R503 manual V1.2.2, "UpImage"
UPLOAD_IMAGE = packet("EF01 01 0003 0A 000E")


def data(content: bytes, last: bool = False) -> bytes:
    return encode_packet(PacketId.LAST_DATA if last else PacketId.DATA, content)


def test_no_finger() -> None:
    with conversation((TAKE_IMAGE, NO_FINGER)) as (client, _):
        assert client.ask(Command.TAKE_IMAGE).answer == Answer.NO_FINGER


def test_the_power_on_byte_before_an_answer() -> None:
    with conversation((TAKE_IMAGE, b"\x55" + TAKEN)) as (client, _):
        assert client.ask(Command.TAKE_IMAGE).ok


def test_an_answer_that_came_damaged_is_asked_for_again() -> None:
    damaged = NO_FINGER[:9] + b"\x03" + NO_FINGER[10:]
    with conversation((TAKE_IMAGE, damaged), (TAKE_IMAGE, TAKEN)) as (client, _):
        assert client.ask(Command.TAKE_IMAGE).ok


def test_a_command_that_arrived_damaged_is_sent_again() -> None:
    """Answer 01: error in the packet the module received."""
    with conversation((TAKE_IMAGE, packet("EF01 07 0003 01 000B")), (TAKE_IMAGE, TAKEN)) as (client, _):
        assert client.ask(Command.TAKE_IMAGE).ok


def test_silence_ends_at_the_deadline() -> None:
    with conversation((TAKE_IMAGE, b""), (TAKE_IMAGE, b"")) as (client, line):
        with pytest.raises(DeviceError) as caught:
            client.ask(Command.TAKE_IMAGE, timeout_s=0.5)
        assert (caught.value.code, caught.value.retryable) == ("reader_silent", True)
        assert 101.0 <= line.now_s <= 102.0


def test_noise_is_told_from_silence() -> None:
    with conversation((TAKE_IMAGE, bytes(40)), (TAKE_IMAGE, b"\xaa" * 40)) as (client, _):
        with pytest.raises(DeviceError) as caught:
            client.ask(Command.TAKE_IMAGE)
        assert caught.value.code == "reader_garbled"


def test_a_cancelled_wait_ends_at_once() -> None:
    line = ScriptedLine([(TAKE_IMAGE, b"")])
    client = ModuleClient(line, line.clock, Patience(), BROADCAST_ADDRESS, lambda: True)
    with pytest.raises(CancelledError):
        client.ask(Command.TAKE_IMAGE)
    assert line.now_s == 100.0


def test_parameters_and_product() -> None:
    with conversation((READ_PARAMETERS, PARAMETERS), (PRODUCT_INFO, UNKNOWN)) as (client, _):
        parameters = client.read_parameters()
        assert parameters is not None
        assert (parameters.library_size, parameters.packet_code, parameters.baud_steps) == (200, 2, 6)
        assert client.read_product() is None


def test_an_image_with_a_final_packet() -> None:
    sent = TAKEN + data(b"ab") + data(b"cd", last=True)
    with conversation((UPLOAD_IMAGE, sent)) as (client, _):
        assert client.ask(Command.UPLOAD_IMAGE).ok
        assert list(client.receive(None)) == [b"ab", b"cd"]


def test_an_image_without_a_final_packet_ends_at_its_size() -> None:
    with conversation((UPLOAD_IMAGE, TAKEN + data(b"ab") + data(b"cd"))) as (client, line):
        client.ask(Command.UPLOAD_IMAGE)
        assert list(client.receive(4)) == [b"ab", b"cd"]
        assert line.now_s == 100.0


def test_an_image_without_a_final_packet_and_of_unknown_size_ends_with_silence() -> None:
    with conversation((UPLOAD_IMAGE, TAKEN + data(b"ab") + data(b"cd"))) as (client, line):
        client.ask(Command.UPLOAD_IMAGE)
        assert list(client.receive(None)) == [b"ab", b"cd"]
        assert 100.3 <= line.now_s <= 100.5


def test_a_slow_listener_is_no_silence() -> None:
    with conversation((UPLOAD_IMAGE, TAKEN + data(b"ab") + data(b"cd", last=True))) as (client, line):
        client.ask(Command.UPLOAD_IMAGE)
        received = []
        for piece in client.receive(None):
            received.append(piece)
            line.now_s += 5
        assert received == [b"ab", b"cd"]


def test_a_stray_byte_between_packets_does_no_harm() -> None:
    sent = TAKEN + data(b"ab") + b"\x55" + data(b"cd", last=True)
    with conversation((UPLOAD_IMAGE, sent)) as (client, _):
        client.ask(Command.UPLOAD_IMAGE)
        assert b"".join(client.receive(4)) == b"abcd"


@pytest.mark.parametrize("lost", [0, 1, 6, 8, 20, -1])
def test_a_lost_byte_spoils_the_image_and_the_rest_is_drained(lost: int) -> None:
    packets = [data(bytes([number]) * 32) for number in range(4)]
    at = lost % len(packets[1])
    packets[1] = packets[1][:at] + packets[1][at + 1 :]
    sent = TAKEN + b"".join(packets) + data(b"z" * 32, last=True)
    with conversation((UPLOAD_IMAGE, sent), (TAKE_IMAGE, NO_FINGER)) as (client, _):
        client.ask(Command.UPLOAD_IMAGE)
        with pytest.raises(DeviceError) as caught:
            list(client.receive(160))
        assert caught.value.code == "reader_garbled"
        client.drain()
        assert client.ask(Command.TAKE_IMAGE).answer == Answer.NO_FINGER


def test_a_listener_that_left_is_drained_before_the_next_command() -> None:
    sent = TAKEN + data(b"ab") + data(b"cd") + data(b"ef", last=True)
    with conversation((UPLOAD_IMAGE, sent), (TAKE_IMAGE, NO_FINGER)) as (client, _):
        client.ask(Command.UPLOAD_IMAGE)
        assert next(iter(client.receive(6))) == b"ab"
        assert client.ask(Command.TAKE_IMAGE).answer == Answer.NO_FINGER


def test_a_template_in_whatever_length_it_comes() -> None:
    """GROW R503 manual V1.2.2, "UpChar"; lengths differ from module to module."""
    upload = packet("EF01 01 0004 08 01 000E")
    for length in (256, 512, 768, 810, 1536):
        template = bytes(number % 251 for number in range(length))
        pieces = [template[at : at + 128] for at in range(0, length, 128)]
        sent = TAKEN + b"".join(data(piece) for piece in pieces[:-1]) + data(pieces[-1], last=True)
        with conversation((upload, sent)) as (client, _):
            assert client.read_template() == template


def test_finding_a_module_at_its_second_rate() -> None:
    pairs = [
        (VERIFY_PASSWORD, b""),
        (VERIFY_PASSWORD, TAKEN),
        (READ_PARAMETERS, PARAMETERS),
        (PRODUCT_INFO, UNKNOWN),
    ]
    with conversation(*pairs) as (client, line):
        found = find_module(client, line, ReaderOptions(), None)
        assert (found.baud, line.baud, found.data_bytes, found.product) == (115_200, 115_200, 128, None)


@pytest.mark.parametrize(
    ("answer", "code"),
    [("13 001D", "reader_locked"), ("21 002B", "reader_locked"), ("20 002A", "reader_refused")],
)
def test_a_module_that_does_not_let_us_in(answer: str, code: str) -> None:
    with conversation((VERIFY_PASSWORD, packet(f"EF01 07 0003 {answer}"))) as (client, line):
        with pytest.raises(DeviceError) as caught:
            find_module(client, line, ReaderOptions(), None)
        assert (caught.value.code, caught.value.retryable) == (code, False)


def test_a_module_without_parameters() -> None:
    """R308: neither ReadSysPara nor SetSysPara; 128 bytes a packet is what it uses."""
    pairs = [(VERIFY_PASSWORD, TAKEN), *[(READ_PARAMETERS, b"")] * 2, (PRODUCT_INFO, UNKNOWN)]
    with conversation(*pairs) as (client, line):
        found = find_module(client, line, ReaderOptions(), None)
        assert (found.baud, found.parameters, found.data_bytes) == (57_600, None, 128)


class BabblingLine(ScriptedLine):
    """Answers whatever is sent with the next of some arbitrary pieces."""

    def __init__(self, pieces: list[bytes]) -> None:
        super().__init__([])
        self._pieces = list(pieces)

    def write(self, content: bytes) -> None:
        if self._pieces:
            self._waiting += self._pieces.pop(0)


answers = st.one_of(
    st.binary(max_size=400),
    st.builds(encode_packet, st.sampled_from(PacketId), st.binary(max_size=64)),
    st.lists(st.builds(encode_packet, st.sampled_from(PacketId), st.binary(max_size=40)), max_size=6).map(
        b"".join
    ),
)


@given(st.lists(answers, max_size=12), st.one_of(st.none(), st.integers(1, 100)))
def test_arbitrary_answers_end_in_time_and_raise_nothing_but_device_errors(
    pieces: list[bytes], expected_bytes: int | None
) -> None:
    line = BabblingLine(pieces)
    client = ModuleClient(line, line.clock, Patience(), BROADCAST_ADDRESS, lambda: False)
    for step in (
        lambda: find_module(client, line, ReaderOptions(), None),
        lambda: client.ask(Command.TAKE_IMAGE),
        lambda: list(client.receive(expected_bytes)),
        client.read_template,
        client.drain,
    ):
        began_s = line.now_s
        with contextlib.suppress(DeviceError):
            step()
        assert line.now_s - began_s < 30
