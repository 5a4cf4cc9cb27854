# SPDX-License-Identifier: Apache-2.0
"""``emulator``: a fingerprint reader that is none, for trying things out without hardware."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

if TYPE_CHECKING:
    from app.devices.emulator.glass import GlassImage
    from app.devices.emulator.loop import Loop

app = typer.Typer(no_args_is_help=True, help="A reader that is emulated, byte for byte.")

_DRAWN_FINGERS = 2
_TOUCHES_PER_FINGER = 3
_PICTURES = frozenset({".png", ".bmp", ".pgm", ".jpg", ".jpeg", ".tif", ".tiff"})


@app.callback()
def about() -> None:
    """A reader that is emulated, byte for byte."""


@app.command()
def serve(
    listen: Annotated[str, typer.Option(help="tcp://HOST:PORT; port 0 takes any free one.")] = "",
    pty: Annotated[bool, typer.Option("--pty", help="A pseudo-terminal instead; not on Windows.")] = False,
    model: Annotated[str, typer.Option(help="r307, r503, r308, ...")] = "r307",
    images: Annotated[Path | None, typer.Option(help="Folder of prints; drawn ones if left out.")] = None,
    baud: Annotated[int, typer.Option(help="Line rate the module is set to.")] = 57_600,
    fault: Annotated[
        str, typer.Option(help="NAME, NAME:3 or NAME:always; stray-55, dropped-byte, mute, ...")
    ] = "",
    seed: Annotated[int, typer.Option(help="Of everything left to chance.")] = 1,
    control: Annotated[str, typer.Option(help="tcp://HOST:PORT that takes orders: place, lift, ...")] = "",
    script: Annotated[Path | None, typer.Option(help="File of orders with 'wait SECONDS'.")] = None,
    unthrottled: Annotated[
        bool, typer.Option("--unthrottled", help="As fast as it goes instead of at the line's speed.")
    ] = False,
) -> None:
    """Serve an emulated reader until interrupted. The first line printed says where it listens.

    Without a control socket or a script a finger comes and goes every few seconds.
    """
    from app.devices.emulator.control import Script
    from app.devices.emulator.emulator import Emulator
    from app.devices.emulator.glass import every_few_seconds
    from app.devices.emulator.timing import INSTANT, REAL_TIME

    if pty == bool(listen):
        raise typer.BadParameter("give either --listen or --pty", param_hint="--listen")
    host, port = ("", 0) if pty else _place(listen, "--listen")
    orders = Script.parse(_text(script)) if script else None
    desk = _control_socket(control) if control else None
    emulator = Emulator(
        model,
        _prints(images) if images else _drawn(seed, model),
        baud=baud,
        fault=fault or None,
        seed=seed,
        timing=INSTANT if unthrottled else REAL_TIME,
        presence=None if control or orders else every_few_seconds(),
        script=orders,
    )
    if pty:
        loop = emulator.pty_loop(desk)
        where = loop.line.address
    else:
        loop = emulator.tcp_loop(host, port, desk)
        where = loop.line.address.replace("socket://", "tcp://")
    typer.echo(where)
    typer.echo(f"reader: r30x:{loop.line.address}")
    if desk is not None:
        typer.echo(f"control: tcp://{desk.getsockname()[0]}:{desk.getsockname()[1]}")
    _run(loop)


def _run(loop: Loop) -> None:
    """Serves on this thread until the program is asked to end."""
    stop = threading.Event()

    def on_signal(number: int, frame: object) -> None:
        stop.set()

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), on_signal)
    loop.serve_forever(stop.is_set)


def _place(url: str, option: str) -> tuple[str, int]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise typer.BadParameter("port out of range", param_hint=option) from error
    if parts.scheme != "tcp" or not parts.hostname or port is None:
        raise typer.BadParameter("has the form tcp://HOST:PORT", param_hint=option)
    return parts.hostname, port


def _control_socket(url: str) -> socket.socket:
    host, port = _place(url, "--control")
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise typer.BadParameter(f"cannot listen there: {error}", param_hint="--control") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"cannot be read: {error}", param_hint="--script") from error


def _prints(folder: Path) -> list[GlassImage]:
    """Every picture of the folder in the order of the names, as 8-bit grey."""
    from app.biometrics.fingerprint.normalise import image_from_bytes
    from app.devices.emulator.glass import GlassImage

    prints = []
    for path in _pictures(folder):
        pixels = image_from_bytes(path.read_bytes())
        prints.append(GlassImage(pixels.shape[1], pixels.shape[0], pixels.tobytes()))
    if not prints:
        raise typer.BadParameter("no pictures in there", param_hint="--images")
    return prints


def _drawn(seed: int, model: str) -> list[GlassImage]:
    """A few touches of a few synthetic fingers, finger by finger, as that model's sensor would see them."""
    from app.biometrics.synthetic.fingers import make_finger
    from app.biometrics.synthetic.impressions import make_impression
    from app.devices.emulator.glass import GlassImage
    from app.devices.emulator.models import module_model

    sensor = module_model(model)
    width, height = sensor.width_px, sensor.height_px
    return [
        GlassImage(width, height, make_impression(finger, touch, width, height, bits=8).tobytes())
        for finger in (make_finger(seed * _DRAWN_FINGERS + number) for number in range(_DRAWN_FINGERS))
        for touch in range(_TOUCHES_PER_FINGER)
    ]


def _pictures(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from sorted(path for path in folder.iterdir() if path.suffix.lower() in _PICTURES)
