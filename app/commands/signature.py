# SPDX-License-Identifier: Apache-2.0
"""``signature``: measure the verifier, and carry pen records to and from other programs' files."""

from __future__ import annotations

import csv
import json
import os
import re
import tempfile
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.domain.errors import OperatorError, SetupError

if TYPE_CHECKING:
    from app.domain.signatures import SignatureRecord

app = typer.Typer(no_args_is_help=True, help="Signatures: measure the verifier, export and import pen data.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
_NAME = re.compile(r"U(\d{1,6})S(\d{1,6})\.TXT", re.IGNORECASE)
_MAX_FILE_BYTES = 32 << 20


class FileFormat(str, Enum):
    """The files of other programs that pen data can be carried to and from."""

    INKML = "inkml"
    ISO = "iso"
    WEB = "web"


@app.command()
def benchmark(
    directory: Annotated[Path, typer.Argument(help="Folder with SVC2004 files U<user>S<number>.TXT.")],
    scores: Annotated[
        Path | None, typer.Option(help="Write every score of the protocol to this CSV.")
    ] = None,
    references: Annotated[int, typer.Option(min=2, max=10, help="Signatures that a user is known by.")] = 3,
    draws: Annotated[int, typer.Option(min=0, max=100, help="Random draws of references.")] = 10,
    disjoint: Annotated[
        bool, typer.Option(help="Fit the numbers on one half of the users and judge the other half.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure error rates and time on signatures of known origin, plain DTW beside ours."""
    from app.biometrics.signature.benchmark import run_benchmark
    from app.biometrics.signature.svc import read_svc

    records = {key: read_svc(_read_text(path)) for key, path in _svc_files(directory).items()}
    report, rows = run_benchmark(
        records,
        references=references,
        draws=draws,
        disjoint=disjoint,
        progress=lambda words: typer.echo(words, err=True),
    )
    if scores is not None:
        protocol = f"S1-{references}"
        with scores.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["user", "protocol", "kind", "probe", "score"])
            writer.writerows([row.user, protocol, row.kind, row.probe, f"{row.score:.6f}"] for row in rows)
    if as_json:
        typer.echo(json.dumps(report, indent=2))
    else:
        for line in _lines(report):
            typer.echo(line)


@app.command("export")
def export_record(
    record: Annotated[Path, typer.Argument(help="A record as this program stores it, opened.")],
    output: Annotated[Path, typer.Argument(help="The file to write.")],
    file_format: Annotated[FileFormat, typer.Option("--format", help="What to write.")] = FileFormat.INKML,
) -> None:
    """Write a pen record as InkML, as an ISO/IEC 19794-7-like file, or in the web layout."""
    from app.biometrics.signature.inkml import to_inkml
    from app.biometrics.signature.iso import to_iso
    from app.domain.signature_codec import dump_json, from_bytes, to_web

    found = from_bytes(_read(record))
    if file_format is FileFormat.INKML:
        content = to_inkml(found)
    elif file_format is FileFormat.ISO:
        content = to_iso(found)
    else:
        content = dump_json(to_web(found))
    _write(output, content)


@app.command("import")
def import_record(
    source: Annotated[Path, typer.Argument(help="An InkML, ISO/IEC 19794-7-like or web layout file.")],
    output: Annotated[Path, typer.Argument(help="The record to write.")],
    file_format: Annotated[FileFormat, typer.Option("--format", help="What the file is.")] = FileFormat.INKML,
    as_json: AsJson = False,
) -> None:
    """Read a file of another program into a pen record."""
    from app.biometrics.signature.inkml import from_inkml
    from app.biometrics.signature.iso import from_iso
    from app.domain.signature_codec import from_web, load_json, to_bytes

    content = _read(source)
    if file_format is FileFormat.INKML:
        record = from_inkml(content)
    elif file_format is FileFormat.ISO:
        record = from_iso(content)
    else:
        record = from_web(load_json(content))
    _write(output, to_bytes(record))
    _print_summary(record, as_json)


def _print_summary(record: SignatureRecord, as_json: bool) -> None:
    summary = {
        "strokes": len(record.stroke_starts),
        "points": len(record.t_us),
        "duration_ms": round(record.duration_us / 1000),
        "pressure": record.pressure is not None,
    }
    if as_json:
        typer.echo(json.dumps(summary))
    else:
        typer.echo(", ".join(f"{name} {value}" for name, value in summary.items()))


def _svc_files(directory: Path) -> dict[tuple[int, int], Path]:
    """Give the competition's files of a folder by (user, number), users in order."""
    found = {}
    try:
        for path in directory.iterdir():
            match = _NAME.fullmatch(path.name)
            if match:
                found[int(match[1]), int(match[2])] = path
    except OSError as error:
        raise OperatorError("file_unreadable", path=str(directory)) from error
    if not found:
        raise OperatorError("file_unreadable", path=str(directory))
    return dict(sorted(found.items()))


def _read_text(path: Path) -> str:
    return _read(path).decode("ascii", errors="replace")


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise OperatorError("signature_file_invalid", reason="too_large", path=str(path))
        return path.read_bytes()
    except OSError as error:
        raise OperatorError("file_unreadable", path=str(path)) from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise OperatorError("file_unreadable", path=str(path)) from error


def _lines(report: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Spread a report over lines, one figure each."""
    lines = []
    for name, value in report.items():
        if isinstance(value, Mapping):
            lines += _lines(value, f"{prefix}{name}.")
        else:
            lines.append(f"{prefix}{name}: {value}")
    return lines


@app.command("benchmark-ink")
def benchmark_ink(
    points: Annotated[int, typer.Option(min=100, max=20_000, help="Samples in a stroke.")] = 3000,
    rounds: Annotated[int, typer.Option(min=1, max=50, help="Strokes on each canvas.")] = 3,
    on_screen: Annotated[
        bool, typer.Option("--on-screen", help="On the real screen, with its own device pixel ratio.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Measure the canvas: time for each pen event, beside repainting everything, in the same run."""
    from app.ui.shell.application import has_display, make_application

    # Qt is to be imported through the one before.
    from app.ui.signatures.benchmark_ink import benchmark_ink as measure
    from app.ui.signatures.benchmark_ink import virtual_screens

    with tempfile.TemporaryDirectory() as folder:
        if not on_screen:
            os.environ.update(virtual_screens(Path(folder)))
        elif not has_display(os.environ):
            raise SetupError("display_missing")
        make_application()
        result = measure(points, rounds)
    if as_json:
        print(json.dumps(result, indent=2))
    else:
        for entry in result["figures"]:
            print(", ".join(f"{name} {value}" for name, value in entry.items()))
        for name in ("within_limits", "share_of_limit", "times_faster"):
            print(f"{name}: {result[name]}")
