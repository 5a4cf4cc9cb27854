# SPDX-License-Identifier: Apache-2.0
"""Which drivers there are, and how a reader id becomes a reader. Drivers are imported when they are used.

A reader id is "driver:address". A driver outside this program joins through the entry-point group
``enrollment_station.readers``: its name, and a class that takes (address, options, clock).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import Final

from app.devices.base import Clock, Reader, ReaderOptions, ReaderPort
from app.domain.capture import ReaderInfo
from app.domain.errors import DeviceError

ENTRY_POINT_GROUP: Final = "enrollment_station.readers"
_DRIVERS: Final = {
    "r30x": "app.devices.readers.r30x:R30xReader",
    "folder": "app.devices.readers.folder:FolderReader",
}
_DEFAULT_OPTIONS: Final = ReaderOptions()

ReaderFactory = Callable[[str, ReaderOptions, Clock], Reader]


def driver_names() -> tuple[str, ...]:
    """Names of all drivers, the built-in ones first."""
    return (*_DRIVERS, *(point.name for point in entry_points(group=ENTRY_POINT_GROUP)))


def list_readers() -> tuple[ReaderPort, ...]:
    """Where a reader may be, the likely places first. Opens nothing, so it is quick and disturbs nobody."""
    from app.devices.serial_link import list_serial_ports

    return tuple(
        ReaderPort(
            reader_id=f"r30x:{port.device}",
            driver="r30x",
            label=f"{port.label} ({port.chip})" if port.chip else port.label,
            likely=bool(port.chip),
        )
        for port in list_serial_ports()
    )


def make_reader(
    reader_id: str, options: ReaderOptions = _DEFAULT_OPTIONS, *, clock: Clock = time.monotonic
) -> Reader:
    """The reader with that id, not opened yet.

    Raises:
        DeviceError: ``reader_unsupported`` for a driver that is not there.
    """
    driver, _, address = reader_id.partition(":")
    if not address:
        raise DeviceError("reader_unsupported", driver=driver)
    return _factory(driver)(address, options, clock)


def open_reader(
    reader_id: str, options: ReaderOptions = _DEFAULT_OPTIONS, *, clock: Clock = time.monotonic
) -> Reader:
    """The reader with that id, opened on the calling thread, which must be the one that uses and closes
    it."""
    reader = make_reader(reader_id, options, clock=clock)
    reader.open()
    return reader


def probe_reader(
    reader_id: str, options: ReaderOptions = _DEFAULT_OPTIONS, *, clock: Clock = time.monotonic
) -> ReaderInfo:
    """Opens the reader, asks what it is, and closes it."""
    reader = make_reader(reader_id, options, clock=clock)
    try:
        return reader.open()
    finally:
        reader.close()


def _factory(driver: str) -> ReaderFactory:
    target = _DRIVERS.get(driver)
    if target is not None:
        module, _, name = target.partition(":")
        built_in: ReaderFactory = getattr(import_module(module), name)
        return built_in
    for point in entry_points(group=ENTRY_POINT_GROUP, name=driver):
        try:
            outside: ReaderFactory = point.load()
        except ImportError as error:
            raise DeviceError("reader_unsupported", driver=driver) from error
        return outside
    raise DeviceError("reader_unsupported", driver=driver)
