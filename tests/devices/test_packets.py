# SPDX-License-Identifier: Apache-2.0
"""Packets as the manual prints them, and the reader of packets against everything a line can do to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.devices.packets import MAX_CONTENT_BYTES, PREFIX_BYTES, Packet, PacketId, PacketReader, encode_packet

# GROW R503 manual V1.2.2, "VfyPwd": EF01 FFFFFFFF 01 0007 13 00000000 001B
VERIFY_PASSWORD = bytes.fromhex("EF01FFFFFFFF01000713000000000" + "01B")
# GROW R503 manual V1.2.2, "GenImg": command EF01 FFFFFFFF 01 0003 01 0005, answer ... 07 0003 02 000C (no
# finger)
TAKE_IMAGE = bytes.fromhex("EF01FFFFFFFF010003010005")
NO_FINGER = bytes.fromhex("EF01FFFFFFFF07000302000C")

packets = st.builds(Packet, st.sampled_from(PacketId), st.binary(min_size=0, max_size=MAX_CONTENT_BYTES))


def encoded(packet: Packet) -> bytes:
    return encode_packet(packet.packet_id, packet.content)


def test_commands_as_the_manual_prints_them() -> None:
    assert encode_packet(PacketId.COMMAND, b"\x13\0\0\0\0") == VERIFY_PASSWORD
    assert encode_packet(PacketId.COMMAND, b"\x01") == TAKE_IMAGE


def test_an_answer_as_the_manual_prints_it() -> None:
    assert PacketReader().feed(NO_FINGER) == [Packet(PacketId.ACKNOWLEDGE, b"\x02")]


def test_the_checksum_is_a_sum_modulo_65536() -> None:
    packet = encode_packet(PacketId.DATA, b"\xff" * 256)
    assert int.from_bytes(packet[-2:], "big") == (2 + 1 + 2 + 256 * 255) % 65536


def test_a_stray_55_before_a_packet_is_passed_over() -> None:
    reader = PacketReader()
    assert reader.feed(b"\x55" + NO_FINGER) == [Packet(PacketId.ACKNOWLEDGE, b"\x02")]
    assert reader.skipped_bytes == 1
    assert reader.damaged_packets == 0


def test_a_packet_that_lost_a_byte_does_not_take_the_next_one_with_it() -> None:
    whole = encode_packet(PacketId.DATA, bytes(range(128)))
    reader = PacketReader()
    found = reader.feed(whole[:50] + whole[51:] + NO_FINGER)
    assert found == [Packet(PacketId.ACKNOWLEDGE, b"\x02")]
    assert reader.damaged_packets == 1


def test_a_changed_byte_makes_a_packet_worthless() -> None:
    spoilt = bytearray(NO_FINGER)
    spoilt[9] ^= 0x02
    reader = PacketReader()
    assert reader.feed(bytes(spoilt)) == []
    assert reader.damaged_packets == 1


def test_packets_of_another_address_are_noise() -> None:
    assert PacketReader(address=1).feed(NO_FINGER) == []
    assert PacketReader(address=1).feed(encode_packet(PacketId.ACKNOWLEDGE, b"\0", 1))


def test_a_length_that_no_packet_has_is_not_waited_for() -> None:
    reader = PacketReader()
    assert reader.feed(bytes.fromhex("EF01FFFFFFFF07FFFF") + NO_FINGER) == [
        Packet(PacketId.ACKNOWLEDGE, b"\x02")
    ]


def test_content_longer_than_a_packet_is_refused() -> None:
    with pytest.raises(ValueError, match="257"):
        encode_packet(PacketId.DATA, bytes(257))


@given(st.lists(packets, max_size=6), st.data())
def test_packets_arrive_whole_however_they_are_cut(sent: list[Packet], data: st.DataObject) -> None:
    line = b"".join(map(encoded, sent))
    reader, received = PacketReader(), []
    while line:
        size = data.draw(st.integers(1, len(line)))
        received += reader.feed(line[:size])
        line = line[size:]
    assert received == sent
    assert (reader.skipped_bytes, reader.damaged_packets) == (0, 0)


@given(st.lists(packets, max_size=4))
def test_asking_for_what_is_missing_never_reads_too_far(sent: list[Packet]) -> None:
    line, reader, received = b"".join(map(encoded, sent)), PacketReader(), []
    while line:
        size = reader.missing_bytes
        assert 0 < size <= len(line)
        received += reader.feed(line[:size])
        line = line[size:]
    assert received == sent


@given(st.lists(st.one_of(st.binary(max_size=300), packets.map(encoded)), max_size=8))
def test_arbitrary_bytes_never_raise_and_never_stall(pieces: list[bytes]) -> None:
    reader = PacketReader()
    for piece in pieces:
        for packet in reader.feed(piece):
            assert encode_packet(packet.packet_id, packet.content) in b"".join(pieces)
        assert 0 < reader.missing_bytes <= PREFIX_BYTES + MAX_CONTENT_BYTES + 2


@given(st.binary(max_size=200), packets)
def test_after_any_noise_a_packet_is_found_again(noise: bytes, packet: Packet) -> None:
    """At most as many bytes as one packet may be swallowed by a false beginning in the noise."""
    reader = PacketReader()
    received = reader.feed(noise)
    for _ in range(40):
        received += reader.feed(encoded(packet))
    assert packet in received
