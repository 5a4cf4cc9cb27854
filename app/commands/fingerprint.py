# SPDX-License-Identifier: Apache-2.0
"""``fingerprint``: quality, templates, pictures and comparisons of images, and the engine's benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.commands.context import print_json
from app.commands.fingerprint_benchmark import benchmark
from app.commands.fingerprint_fit import fit_score
from app.commands.fingerprint_images import (
    Dpi,
    image_of,
    read_bytes,
    template_of,
    template_of_image,
    write_bytes,
)
from app.commands.fingerprint_quality import benchmark_quality, fit_quality, make_quality_images, quality
from app.commands.fingerprint_rebuild import rebuild
from app.commands.fingerprint_sign_in import identify, verify

app = typer.Typer(help="Fingerprint images and templates.", no_args_is_help=True)
app.command("benchmark")(benchmark)
app.command("rebuild")(rebuild)
app.command("identify")(identify)
app.command("verify")(verify)
app.command("fit-score")(fit_score)
app.command("quality")(quality)
app.command("benchmark-quality")(benchmark_quality)
app.command("fit-quality", hidden=True)(fit_quality)
app.command("make-quality-images", hidden=True)(make_quality_images)


@app.command("extract")
def extract_command(
    image: Annotated[Path, typer.Argument(help="Picture of one fingerprint, dark ridges.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write the template.")],
    ansi: Annotated[bool, typer.Option("--ansi", help="ANSI 378 instead of ISO 19794-2.")] = False,
    dpi: Dpi = 500,
) -> None:
    """Write an image's template as ISO/IEC 19794-2:2005 (or ANSI INCITS 378-2004)."""
    from app.biometrics.fingerprint.ansi378 import write_ansi
    from app.biometrics.fingerprint.iso19794 import write_iso

    template = template_of_image(read_bytes(image), dpi)
    write_bytes(out, write_ansi(template) if ansi else write_iso(template))
    print(f"{out}: {len(template)} minutiae, quality {template.image_quality}")


@app.command("show")
def show_command(
    image: Annotated[Path, typer.Argument(help="Picture of one fingerprint, dark ridges.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write the PNG.")],
    dpi: Dpi = 500,
) -> None:
    """Draw what the engine sees: foreground, flow, ridges, minutiae, cores and deltas."""
    import cv2

    from app.biometrics.fingerprint.draw import draw

    picture = draw(image_of(read_bytes(image), dpi))
    write_bytes(out, cv2.imencode(".png", picture)[1].tobytes())
    print(out)


@app.command("match")
def match_command(
    first: Annotated[Path, typer.Argument(help="Image or template.")],
    second: Annotated[Path, typer.Argument(help="Image or template.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    max_fmr: Annotated[float, typer.Option(help="Accept up to this false match rate.")] = 1e-4,
    dpi: Dpi = 500,
) -> None:
    """Compare two prints. Ends with 0 when they match, 1 when not."""
    from app.biometrics.fingerprint.calibrate import false_match_rate
    from app.biometrics.fingerprint.match import match
    from app.biometrics.fingerprint.prepared import prepare

    one, other = (template_of(read_bytes(path), dpi) for path in (first, second))
    result = match(prepare(one), prepare(other))
    rate = false_match_rate(result.score)
    accepted = rate <= max_fmr
    if as_json:
        print_json(
            {
                "score": round(result.score, 3),
                "false_match_rate": rate,
                "max_false_match_rate": max_fmr,
                "match": accepted,
                "minutiae": [len(one), len(other)],
                "minutiae_met": result.evidence.met if result.evidence else 0,
            }
        )
    else:
        print(f"{'match' if accepted else 'no match'}: score {result.score:.1f}, false match rate {rate:.1e}")
    if not accepted:
        raise typer.Exit(1)
