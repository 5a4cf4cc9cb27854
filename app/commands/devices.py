# SPDX-License-Identifier: Apache-2.0
"""``devices``: which fingerprint readers there are, and what they say of themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.domain.capture import ReaderInfo

app = typer.Typer(no_args_is_help=True, help="Fingerprint readers: where they may be and what they are.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]

_NOTHING_FOUND = 1


@app.command("list")
def list_places(as_json: AsJson = False) -> None:
    """List the ports where a reader may be; opens none of them. Exit code 1 when there is none."""
    from app.devices.registry import list_readers

    ports = list_readers()
    if as_json:
        fields = ("reader_id", "driver", "label", "likely")
        typer.echo(json.dumps([{name: getattr(port, name) for name in fields} for port in ports], indent=2))
    else:
        for port in ports:
            typer.echo(f"{port.reader_id}  {port.label}{'' if port.likely else '  (unknown adapter)'}")
    raise typer.Exit(0 if ports else _NOTHING_FOUND)


@app.command()
def probe(
    reader_id: Annotated[
        str, typer.Argument(help="What to open, e.g. r30x:COM5; the first port that answers if left out.")
    ] = "r30x:auto",
    as_json: AsJson = False,
    password: Annotated[str, typer.Option(help="The module's password, hexadecimal.")] = "",
) -> None:
    """Open a reader, ask what it is, and close it. Changes nothing in the module."""
    from app.devices.base import ReaderOptions
    from app.devices.registry import probe_reader

    try:
        number = int(password or "0", 16)
    except ValueError as error:
        raise typer.BadParameter("not a hexadecimal number", param_hint="--password") from error
    if not 0 <= number <= 0xFFFFFFFF:
        raise typer.BadParameter("longer than 32 bits", param_hint="--password")
    info = probe_reader(reader_id, ReaderOptions(password=number, fastest_baud=0, led=False))
    facts = _facts(info)
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
        return
    for name, value in facts.items():
        typer.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")


@app.command()
def measure(
    reader_id: Annotated[str, typer.Argument(help="What to open, e.g. r30x:COM5.")],
    baud: Annotated[int, typer.Option(help="Line rate to use; the module must be set to it.")] = 57_600,
    count: Annotated[int, typer.Option(min=1, help="How many images.")] = 3,
    as_json: AsJson = False,
) -> None:
    """Time images, touch after touch, and set them against what the line allows."""
    import threading

    from app.devices.base import ReaderOptions
    from app.devices.registry import make_reader
    from app.domain.capture import Frame

    reader, stop, seconds, line_s = (
        make_reader(reader_id, ReaderOptions(baud=baud)),
        threading.Event(),
        [],
        0.0,
    )
    try:
        for event in reader.watch(stop):
            if isinstance(event, Frame):
                seconds.append(event.wire_s)
                line_s = _line_seconds(event.width_px * event.height_px // 2, baud)
                if len(seconds) == count:
                    stop.set()
    finally:
        reader.close()
    if not seconds:
        raise typer.Exit(_NOTHING_FOUND)
    mean_s = sum(seconds) / len(seconds)
    facts = {
        "images": len(seconds),
        "seconds_per_image": round(mean_s, 3),
        "images_per_second": round(1 / mean_s, 3),
        "line_seconds_per_image": round(line_s, 3),
        "ratio_to_line": round(mean_s / line_s, 3),
    }
    typer.echo(json.dumps(facts) if as_json else "\n".join(f"{name}: {facts[name]}" for name in facts))


def _line_seconds(image_bytes: int, baud: int) -> float:
    """What an image takes on the line at least: 10 bits a byte, packets of 128 bytes with 11 around them."""
    packets = -(-image_bytes // 128)
    return (image_bytes + 11 * packets) * 10 / baud


def _facts(info: ReaderInfo) -> dict[str, str | int | list[str]]:
    return {
        "reader_id": info.reader_id,
        "driver": info.driver,
        "vendor": info.vendor,
        "model": info.model,
        "serial": info.serial,
        "width_px": info.width_px,
        "height_px": info.height_px,
        "dpi": info.dpi,
        "bits": info.bits,
        "abilities": sorted(ability.value for ability in info.abilities),
    }
