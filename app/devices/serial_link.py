# SPDX-License-Identifier: Apache-2.0
"""A serial port, or a socket that stands for one, through pyserial; the only file that imports it.

pyserial's exceptions end here and become ``DeviceError``. Reading is cut into slices, so that whoever waits
can look at its deadline and at its stop event between two of them.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import serial
from serial.tools import list_ports

from app.domain.errors import DeviceError

try:
    from termios import error as _terminal_error
except ImportError:  # Windows has no termios and raises OSError only
    _terminal_error = OSError  # type: ignore[assignment, misc]

#: The longest a single read waits.
SLICE_S: Final = 0.05
_WRITE_S: Final = 1.0
#: Windows' own 4 kB hold 0.35 s at 115200 baud; a busy consumer may take longer than that.
_WINDOWS_BUFFER_BYTES: Final = 131_072
_BUSY_ERRNOS: Final = frozenset({errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK})
#: On POSIX the account lacks a right, often membership in a group; Windows says the same of a port in use.
_FORBIDDEN_ERRNOS: Final = frozenset({errno.EACCES, errno.EPERM})
_FAILURES: Final = (serial.SerialException, OSError, ValueError, _terminal_error)

#: USB-serial adapters that fingerprint modules are sold with, (vendor id, product id) -> chip.
#: The modules' own D+ D- pins speak a vendor protocol and are no serial port.
KNOWN_ADAPTERS: Final = {
    (0x1A86, 0x7523): "CH340",
    (0x1A86, 0x5523): "CH341",
    (0x1A86, 0x55D3): "CH343",
    (0x1A86, 0x55D4): "CH9102",
    (0x10C4, 0xEA60): "CP210x",
    (0x0403, 0x6001): "FT232R",
    (0x0403, 0x6014): "FT232H",
    (0x0403, 0x6015): "FT231X",
    (0x067B, 0x2303): "PL2303",
    (0x067B, 0x23A3): "PL2303GC",
}


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A serial port of this machine. ``chip`` is empty when the adapter is none of ``KNOWN_ADAPTERS``."""

    device: str
    label: str
    chip: str
    serial: str


def list_serial_ports() -> tuple[SerialPort, ...]:
    """The machine's serial ports, those behind a known USB adapter first; opens none of them."""
    try:
        described = list_ports.comports()
    except OSError:
        # A system that does not let itself be asked has no ports for us.
        return ()
    ports = [
        SerialPort(
            device=port.device,
            label=port.description or port.device,
            chip=KNOWN_ADAPTERS.get((port.vid or 0, port.pid or 0), ""),
            serial=port.serial_number or "",
        )
        for port in described
    ]
    return tuple(sorted(ports, key=lambda port: (not port.chip, port.device)))


class SerialLink:
    """One port, opened for this process alone.

    Args:
        address: a port name ("COM5", "/dev/ttyUSB0") or a pyserial URL ("socket://127.0.0.1:7000").
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._port: serial.Serial | None = None
        self._heard = False

    @property
    def address(self) -> str:
        """What was given to the constructor."""
        return self._address

    @property
    def has_line_rate(self) -> bool:
        """False for a socket: the rate is the other side's matter."""
        return not self._address.startswith("socket://")

    @property
    def baud(self) -> int:
        """The line rate in use."""
        return self._opened().baudrate

    def open(self, baud: int) -> None:
        """Opens the port, 8N1.

        Raises:
            DeviceError: ``reader_absent``, ``reader_busy`` or ``reader_forbidden``, all retryable.
        """
        alone = True if self.has_line_rate else None
        try:
            port = serial.serial_for_url(
                self._address, baudrate=baud, timeout=SLICE_S, write_timeout=_WRITE_S, exclusive=alone
            )
        except _FAILURES as error:
            raise _opening_error(error) from error
        self._port = port
        self._heard = False
        if hasattr(port, "set_buffer_size"):
            with contextlib.suppress(*_FAILURES):
                port.set_buffer_size(rx_size=_WINDOWS_BUFFER_BYTES)

    def close(self) -> None:
        """Closes the port; never raises, and closing twice changes nothing."""
        port, self._port = self._port, None
        if port is not None:
            # pyserial forgets to close a socket whose other end is gone.
            end = getattr(port, "_socket", None)
            with contextlib.suppress(*_FAILURES):
                port.close()
            if end is not None:
                end.close()

    def set_baud(self, baud: int) -> None:
        """Changes this side's line rate and forgets what was received at the old one."""
        with self._failures():
            port = self._opened()
            if self.has_line_rate and port.baudrate != baud:
                port.baudrate = baud
            port.reset_input_buffer()

    def discard_input(self) -> None:
        """Forgets what was received and not read."""
        with self._failures():
            self._opened().reset_input_buffer()

    def write(self, content: bytes) -> None:
        """Sends all of it within 1 s."""
        with self._failures():
            self._opened().write(content)

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; fewer, or none, when they do not come within one slice."""
        with self._failures():
            received = self._opened().read(size)
        if received:
            self._heard = True
        return received

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise DeviceError("reader_disconnected", retryable=True)
        return self._port

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except serial.SerialTimeoutException as error:
            raise DeviceError("reader_silent", retryable=True) from error
        except DeviceError:
            raise
        except _FAILURES as error:
            # A serial server that is in use takes a second caller's connection and ends it without a word.
            busy = not self.has_line_rate and not self._heard
            raise DeviceError("reader_busy" if busy else "reader_disconnected", retryable=True) from error


def _opening_error(error: BaseException) -> DeviceError:
    """Tells a port in use from one that is not there; pyserial on Windows leaves only the text to look at."""
    number = getattr(error, "errno", None)
    if number in _FORBIDDEN_ERRNOS:
        return DeviceError("reader_forbidden", retryable=True)
    in_use = number in _BUSY_ERRNOS or "PermissionError" in str(error)
    return DeviceError("reader_busy" if in_use else "reader_absent", retryable=True)
