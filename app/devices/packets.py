# SPDX-License-Identifier: Apache-2.0
"""Packets of the 0xEF01 protocol: building them, and finding them again in a stream of bytes.

Format (GROW R503 manual V1.2.2, "Data package format"): ``EF 01``, address 4, packet id 1, length 2,
content, checksum 2, all big-endian. Length counts content and checksum; the checksum is the sum of packet id,
length and content, modulo 65536. Knows nothing of commands, ports or time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

BROADCAST_ADDRESS: Final = 0xFFFFFFFF
HEADER: Final = b"\xef\x01"
#: Header, address, packet id and length.
PREFIX_BYTES: Final = 9
CHECKSUM_BYTES: Final = 2
#: The largest data packet carries 256 bytes (packet size code 3).
MAX_CONTENT_BYTES: Final = 256


class PacketId(IntEnum):
    """What a packet is (GROW R503 manual V1.2.2, "Definition of data package")."""

    COMMAND = 0x01
    DATA = 0x02
    ACKNOWLEDGE = 0x07
    LAST_DATA = 0x08


_KNOWN_IDS: Final = frozenset(int(packet_id) for packet_id in PacketId)


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet whose checksum is right. ``content`` is without the checksum."""

    packet_id: PacketId
    content: bytes = field(repr=False)


def encode_packet(packet_id: PacketId, content: bytes, address: int = BROADCAST_ADDRESS) -> bytes:
    """The bytes on the wire of one packet.

    Args:
        content: at most 256 bytes.
    """
    if len(content) > MAX_CONTENT_BYTES:
        raise ValueError(f"{len(content)} bytes do not fit into one packet")
    checked = bytes([packet_id]) + (len(content) + CHECKSUM_BYTES).to_bytes(2, "big") + content
    checksum = (sum(checked) & 0xFFFF).to_bytes(CHECKSUM_BYTES, "big")
    return HEADER + address.to_bytes(4, "big") + checked + checksum


class PacketReader:
    """Takes bytes in pieces of any size and gives the packets that are whole.

    Whatever is not a packet is passed over: a stray 55 after power-on, line noise, a packet that lost a byte.
    After a wrong checksum the search goes on behind the false header, so that the next packet, whose first
    bytes may have been taken for the end of the damaged one, is found.

    Attributes:
        skipped_bytes: how many bytes belonged to no packet since the last ``reset``.
        damaged_packets: how many packets had a wrong checksum since the last ``reset``.
    """

    def __init__(self, address: int = BROADCAST_ADDRESS) -> None:
        self._start = HEADER + address.to_bytes(4, "big")
        self._pending = bytearray()
        self.skipped_bytes = 0
        self.damaged_packets = 0

    @property
    def missing_bytes(self) -> int:
        """How many more bytes the packet that has begun needs at least; never 0."""
        if len(self._pending) < PREFIX_BYTES:
            return PREFIX_BYTES - len(self._pending)
        return PREFIX_BYTES + self._length() - len(self._pending)

    def reset(self) -> None:
        """Forgets a packet that has begun, and the counts."""
        self._pending.clear()
        self.skipped_bytes = 0
        self.damaged_packets = 0

    def feed(self, received: bytes) -> list[Packet]:
        """Adds what was received and returns the packets it completes, in order."""
        self._pending += received
        packets: list[Packet] = []
        while self._seek_start() and len(self._pending) >= PREFIX_BYTES:
            if not self._prefix_is_possible():
                self._skip(1)
                continue
            end = PREFIX_BYTES + self._length()
            if len(self._pending) < end:
                break
            packet = self._take(end)
            if packet is not None:
                packets.append(packet)
        return packets

    def _length(self) -> int:
        return int.from_bytes(self._pending[7:9], "big")

    def _prefix_is_possible(self) -> bool:
        return (
            self._pending[6] in _KNOWN_IDS
            and CHECKSUM_BYTES <= self._length() <= MAX_CONTENT_BYTES + CHECKSUM_BYTES
        )

    def _seek_start(self) -> bool:
        """Drops bytes until what is pending begins like a packet; False when nothing is left."""
        while self._pending:
            known = min(len(self._pending), len(self._start))
            if self._pending[:known] == self._start[:known]:
                return True
            following = self._pending.find(self._start[0], 1)
            self._skip(following if following > 0 else len(self._pending))
        return False

    def _skip(self, count: int) -> None:
        del self._pending[:count]
        self.skipped_bytes += count

    def _take(self, end: int) -> Packet | None:
        checked = self._pending[6 : end - CHECKSUM_BYTES]
        checksum = int.from_bytes(self._pending[end - CHECKSUM_BYTES : end], "big")
        if sum(checked) & 0xFFFF != checksum:
            self.damaged_packets += 1
            self._skip(1)
            return None
        packet = Packet(PacketId(checked[0]), bytes(checked[3:]))
        del self._pending[:end]
        return packet
