# SPDX-License-Identifier: Apache-2.0
"""Finding a module behind a port: its line rate, its password, its parameters; and making the line fast.

Order: VfyPwd at each usual rate, ReadSysPara, ReadProdInfo. Sizes come from the module, never from its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from app.devices.base import ReaderOptions
from app.devices.module_client import ModuleClient
from app.devices.protocol import (
    BAUD_STEP,
    DATA_BYTES,
    Answer,
    Parameter,
    ProductInfo,
    SystemParameters,
)
from app.devices.serial_link import SerialLink
from app.domain.errors import DeviceError

#: 57600 as delivered, 115200 as often set; then the slow ones.
USUAL_BAUDS: Final = (57_600, 115_200, 9_600, 19_200, 38_400)
_SOCKET_ATTEMPTS: Final = 3
_DEFAULT_PACKET_CODE: Final = 2
#: Some modules take a new rate at once, some after the next power-on; the answer tells nothing about it.
_SWITCH_TRIES: Final = 2


@dataclass(frozen=True, slots=True)
class FoundModule:
    """A module that answered. ``parameters`` is None where it cannot tell them (R308)."""

    baud: int
    parameters: SystemParameters | None
    product: ProductInfo | None

    @property
    def data_bytes(self) -> int:
        """Content of one of its data packets."""
        return DATA_BYTES[self.parameters.packet_code if self.parameters else _DEFAULT_PACKET_CODE]


def find_module(
    client: ModuleClient, link: SerialLink, options: ReaderOptions, last_baud: int | None
) -> FoundModule:
    """Finds the line rate, proves the password and asks what there is.

    Args:
        last_baud: where this module answered before; tried first.

    Raises:
        DeviceError: ``reader_silent``, ``reader_garbled`` (retryable); ``reader_locked``, ``reader_refused``
        (not).
    """
    baud = _find_rate(client, link, options, last_baud)
    return FoundModule(baud, client.read_parameters(), client.read_product())


def tune(
    client: ModuleClient, link: SerialLink, found: FoundModule, options: ReaderOptions, ceiling_baud: int
) -> FoundModule:
    """Makes packets large enough and the line as fast as allowed, where the module lets itself be set.

    Rows of 256 pixels fit a packet of 128 bytes exactly; smaller packets cost up to a fifth more time. 256
    bytes gain 4 % and some modules get them wrong, so larger is left alone.

    Args:
        ceiling_baud: a rate above which this line has corrupted images; 0 = none known.
    """
    parameters = found.parameters
    if parameters is None or options.fastest_baud == 0:
        return found
    if parameters.packet_code < _DEFAULT_PACKET_CODE and client.set_parameter(
        Parameter.PACKET_SIZE, _DEFAULT_PACKET_CODE
    ):
        parameters = replace(parameters, packet_code=_DEFAULT_PACKET_CODE)
        found = replace(found, parameters=parameters)
    wanted = min(options.fastest_baud, ceiling_baud or options.fastest_baud)
    pays = link.has_line_rate and options.baud is None and wanted % BAUD_STEP == 0
    too_fast = bool(ceiling_baud) and found.baud > wanted
    if not pays or not (found.baud < wanted or too_fast):
        return found
    if not client.set_parameter(Parameter.BAUD, wanted // BAUD_STEP):
        return found
    for baud in (wanted, found.baud) * _SWITCH_TRIES:
        if _answers_at(client, link, options, baud):
            return replace(found, baud=baud)
    raise DeviceError("reader_silent", retryable=True)


def _find_rate(client: ModuleClient, link: SerialLink, options: ReaderOptions, last_baud: int | None) -> int:
    noise = False
    for baud in _rates(link, options, last_baud):
        link.set_baud(baud)
        for _ in range(2):
            try:
                reply = client.verify_password(options.password, options.patience.probe_s)
            except DeviceError as error:
                if error.code not in ("reader_silent", "reader_garbled"):
                    raise
                noise = noise or error.code == "reader_garbled"
                if not client.heard_packets:
                    break
                # The rate is right, but the module is still sending an image that nobody waits for.
                client.drain()
                continue
            _check_password_reply(reply.answer)
            return baud
    raise DeviceError("reader_garbled" if noise else "reader_silent", retryable=True)


def _rates(link: SerialLink, options: ReaderOptions, last_baud: int | None) -> Iterator[int]:
    """Rates to try. The likeliest come twice: a byte at a wrong rate may have spoilt the module's first
    command."""
    if not link.has_line_rate:
        yield from [options.baud or USUAL_BAUDS[0]] * _SOCKET_ATTEMPTS
    elif options.baud is not None:
        yield from [options.baud] * 2
    else:
        if last_baud is not None:
            yield last_baud
        yield from USUAL_BAUDS
        if options.fastest_baud > max(USUAL_BAUDS):
            yield options.fastest_baud
        yield from USUAL_BAUDS[:2]


def _check_password_reply(answer: int) -> None:
    if answer == Answer.WRONG_PASSWORD or answer == Answer.MUST_VERIFY:
        raise DeviceError("reader_locked")
    if answer == Answer.WRONG_ADDRESS:
        raise DeviceError("reader_refused", answer=answer)


def _answers_at(client: ModuleClient, link: SerialLink, options: ReaderOptions, baud: int) -> bool:
    link.set_baud(baud)
    try:
        return client.verify_password(options.password, options.patience.probe_s).ok
    except DeviceError as error:
        if error.code in ("reader_silent", "reader_garbled"):
            return False
        raise
