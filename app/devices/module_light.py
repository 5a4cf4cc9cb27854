# SPDX-License-Identifier: Apache-2.0
"""The ring of light of the R503 family (GROW R503 manual V1.2.2, AuraLedConfig)."""

from __future__ import annotations

from typing import Final

from app.devices.base import LightSignal
from app.devices.module_client import ModuleClient
from app.devices.protocol import Command
from app.domain.errors import DeviceError

#: Control, speed, color, cycles.
_LIGHTS: Final = {
    LightSignal.WAITING: bytes((1, 0x60, 2, 0)),  # breathes blue
    LightSignal.CAPTURING: bytes((3, 0, 3, 0)),  # purple
    LightSignal.ACCEPTED: bytes((3, 0, 4, 0)),  # green
    LightSignal.REFUSED: bytes((2, 0x30, 1, 3)),  # flashes red three times
    LightSignal.OFF: bytes((4, 0, 0, 0)),
}
_ACCEPTED_WITHOUT_GREEN: Final = bytes((3, 0, 2, 0))  # blue


def has_light(client: ModuleClient) -> bool:
    """Whether the module takes AuraLedConfig."""
    try:
        return client.ask(Command.LIGHT, _LIGHTS[LightSignal.OFF]).ok
    except DeviceError as error:
        if error.code in ("reader_silent", "reader_garbled"):
            return False
        raise


def show_light(client: ModuleClient, signal: LightSignal) -> None:
    """Shows a signal; green becomes blue on the first R503, which knows red, blue and purple only."""
    reply = client.ask(Command.LIGHT, _LIGHTS[signal])
    if not reply.ok and signal is LightSignal.ACCEPTED:
        client.ask(Command.LIGHT, _ACCEPTED_WITHOUT_GREEN)
