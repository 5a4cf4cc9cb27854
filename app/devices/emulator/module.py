# SPDX-License-Identifier: Apache-2.0
"""An emulated module: bytes in, bytes out. No ports, no threads, no clock; time is told as delays.

Behaves as the GROW R503 manual V1.2.2 and the R305 and R307 manuals describe, byte for byte. What the manuals
leave open follows what real modules were seen to do: the acknowledgement of a failed search has 16 bytes, a
code that is not known is answered with FC.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Final

from app.devices.emulator.commands import HANDLERS
from app.devices.emulator.faults import Fault, FaultScript
from app.devices.emulator.glass import GlassImage, on_sensor
from app.devices.emulator.library import Library
from app.devices.emulator.models import ModuleModel
from app.devices.emulator.output import Output
from app.devices.emulator.timing import Timing
from app.devices.packets import BROADCAST_ADDRESS, Packet, PacketId, PacketReader, encode_packet
from app.devices.protocol import (
    BAUD_STEP,
    DATA_BYTES,
    STARTUP_BYTE,
    Answer,
    Command,
    SystemParameters,
    pack_pixels,
)

_OTHER_PASSWORD: Final = 0x12345678
_NOISE_BYTES: Final = 64
#: Commands a locked module answers (GROW R503 manual V1.2.2, VfyPwd).
_UNLOCKED: Final = frozenset({Command.VERIFY_PASSWORD, Command.HANDSHAKE, Command.ECHO})


class Module:
    """The state of one module. ``library`` outlives a power cut, the buffers do not."""

    def __init__(self, model: ModuleModel, baud: int, script: FaultScript | None, seed: int, timing: Timing):
        self._model = model
        self.script = script
        self.timing = timing
        self.chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.library = Library(model.capacity)
        self.notepad = {page: bytes(32) for page in range(16)}
        self.password = 0
        self.address = BROADCAST_ADDRESS
        self.security = 3
        self.packet_code = 2
        self.baud = baud
        self.baud_steps = baud // BAUD_STEP
        self.light = b""
        self.images_sent = 0
        self.commands: list[int] = []
        self._glass: GlassImage | None = None
        self.power_on()

    @property
    def model(self) -> ModuleModel:
        """The model, as the fault of the hour leaves it."""
        script, model = self.script, self._model
        if script is not None and script.holds(Fault.R308):
            return replace(model, has_parameters=False)
        if script is not None and script.holds(Fault.R551):
            return replace(model, sends_final_packet=False, has_fast_search=False, first_page=1)
        return model

    @property
    def glass(self) -> GlassImage | None:
        """What the sensor sees, or None without a finger."""
        return self._glass

    def place(self, image: GlassImage) -> None:
        """Puts a finger on the glass."""
        self._glass = on_sensor(image, self._model.width_px, self._model.height_px)

    def lift(self) -> None:
        """Takes the finger away."""
        self._glass = None

    def power_on(self) -> Output:
        """Starts the module anew, at the line rate it was set to; the byte that tells so."""
        self.baud = self.baud_steps * BAUD_STEP
        self.forget()
        return Output(bytes([STARTUP_BYTE]), self.timing.boot_s)

    def forget(self) -> None:
        """Clears what a reset clears."""
        self.verified = False
        self.matched = False
        self.image: bytes | None = None  # two pixels a byte
        self.buffers: dict[int, bytes] = {}
        self.library.first_page = self.model.first_page
        self._incoming: bytearray | None = None
        self._incoming_buffer = 0
        self._packets = PacketReader(self.address)

    def change_address(self, address: int) -> None:
        """Answers at that address from now on."""
        self.address = address
        self._packets = PacketReader(address)

    def strikes(self, fault: Fault) -> bool:
        """Whether that fault happens now."""
        return self.script is not None and self.script.strikes(fault)

    def holds(self, fault: Fault) -> bool:
        """Whether that lasting fault is set."""
        return self.script is not None and self.script.holds(fault)

    def needs_password(self) -> int:
        """The password a host has to send."""
        return _OTHER_PASSWORD if self.holds(Fault.WRONG_PASSWORD) else self.password

    def receive(self, data: bytes) -> list[Output]:
        """Takes bytes from the line; what the module does in answer."""
        outputs: list[Output] = []
        for packet in self._packets.feed(data):
            if packet.packet_id is PacketId.COMMAND and packet.content:
                outputs += self._obey(packet.content[0], packet.content[1:])
            elif packet.packet_id in (PacketId.DATA, PacketId.LAST_DATA):
                self._take_data(packet)
        if self._packets.damaged_packets:
            self._packets.damaged_packets = 0
            outputs.append(Output(self.acknowledge(Answer.PACKET_ERROR)))
        return outputs

    def expect_data(self, buffer: int) -> None:
        """Data packets that follow go into that character buffer; 0 means the image buffer."""
        self._incoming, self._incoming_buffer = bytearray(), buffer

    def parameters(self) -> SystemParameters:
        """What ReadSysPara tells."""
        status = self.matched << 1 | self.verified << 2 | (self.image is not None) << 3
        return SystemParameters(
            status, self._model.capacity, self.security, self.address, self.packet_code, self.baud_steps
        )

    def sees(self) -> bytes | None:
        """The image the sensor takes, two pixels a byte; None without a finger."""
        return None if self._glass is None else pack_pixels(self._glass.pixels)

    def acknowledge(self, answer: int, content: bytes = b"") -> bytes:
        """An acknowledge packet."""
        return encode_packet(PacketId.ACKNOWLEDGE, bytes([answer]) + content, self.address)

    def transfer(self, data: bytes, *, is_image: bool) -> list[Output]:
        """The data packets of one transfer, with whatever fault strikes it."""
        size = DATA_BYTES[self.packet_code]
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        if self.strikes(Fault.SHORT_LAST_PACKET):
            pieces[-1] = pieces[-1][: len(pieces[-1]) // 2]
        final = self.model.sends_final_packet and not self.strikes(Fault.NO_FINAL_PACKET)
        packets = [encode_packet(PacketId.DATA, piece, self.address) for piece in pieces]
        if final:
            packets[-1] = encode_packet(PacketId.LAST_DATA, pieces[-1], self.address)
        middle = len(packets) // 2
        at = self.chance.randrange(len(packets[middle]))
        if self.strikes(Fault.DROPPED_BYTE):
            packets[middle] = packets[middle][:at] + packets[middle][at + 1 :]
        if self.strikes(Fault.CORRUPT_BYTE):
            spoilt = packets[middle][at] ^ (1 + self.chance.randrange(255))
            packets[middle] = packets[middle][:at] + bytes([spoilt]) + packets[middle][at + 1 :]
        if is_image:
            self.images_sent += 1
            if self.strikes(Fault.UNPLUG_MID_IMAGE):
                return [*map(Output, packets[:middle]), Output(b"", unplugs=True)]
        return [Output(packet) for packet in packets]

    def _obey(self, code: int, content: bytes) -> list[Output]:
        self.commands.append(code)
        self._incoming = None
        if self.strikes(Fault.MUTE):
            return []
        if self.strikes(Fault.GARBAGE):
            return [Output(self.chance.randbytes(_NOISE_BYTES))]
        handler = HANDLERS.get(code)
        if handler is None:
            outputs = [Output(self.acknowledge(Answer.UNSUPPORTED))]
        elif self.needs_password() and not self.verified and code not in _UNLOCKED:
            outputs = [Output(self.acknowledge(Answer.MUST_VERIFY))]
        else:
            outputs = handler(self, content)
        if outputs and self.strikes(Fault.STRAY_55):
            outputs.insert(0, Output(bytes([STARTUP_BYTE])))
        if outputs:
            outputs[0] = replace(outputs[0], delay_s=outputs[0].delay_s + self.timing.busy_s(code))
        return outputs

    def _take_data(self, packet: Packet) -> None:
        if self._incoming is None:
            return
        self._incoming += packet.content
        if packet.packet_id is not PacketId.LAST_DATA:
            return
        data, self._incoming = bytes(self._incoming), None
        if self._incoming_buffer:
            self.buffers[self._incoming_buffer] = data
        elif len(data) == self._model.width_px * self._model.height_px // 2:
            self.image = data
