# SPDX-License-Identifier: Apache-2.0
"""``fingerprint quality``, ``benchmark-quality``, ``fit-quality``: scores, and how good they are."""

from __future__ import annotations

import csv
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.context import print_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from app.biometrics.fingerprint.quality_benchmark import Agreement

PICTURES = frozenset({".png", ".bmp", ".pgm", ".tif", ".tiff", ".jpg", ".jpeg"})
#: Sets that the coefficients are fitted on; the others show what the model is worth.
FITTED_ON = ("fvc2002-db1-b", "fvc2002-db3-b")
#: How many training variants a given image counts for.
GIVEN_IMPORTANCE = 3.0

Folder = Annotated[Path, typer.Argument(help="Folder with one folder of 500-ppi pictures per set.")]
Reference = Annotated[
    Path | None, typer.Option(help="Scores: image,nfiq2,nfiq2_r30x. Default: nfiq2.csv in the folder.")
]


def quality(
    paths: Annotated[
        list[Path], typer.Argument(help="Pictures of one fingerprint each, or folders of them.")
    ],
    csv_out: Annotated[
        Path | None, typer.Option("--csv", help="Write image,quality,reasons to this file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    dpi: Annotated[int, typer.Option(help="Resolution of the pictures in dots per inch.")] = 500,
) -> None:
    """Score pictures from 0 to 100 on the NFIQ 2 scale and say what is poor.

    Ends with 2 when one cannot be read.
    """
    from app.biometrics.fingerprint.quality import assess
    from app.domain.errors import OperatorError

    rows: list[dict[str, object]] = []
    failed = False
    for path in _pictures(paths):
        try:
            reading = assess(_read(path), dpi)
            rows.append(
                {
                    "image": str(path),
                    "quality": reading.quality,
                    "reasons": [r.value for r in reading.reasons],
                }
            )
        except OperatorError as error:
            failed = True
            facts = {key: value for key, value in error.facts.items() if key != "path"}
            rows.append({"image": str(path), "error": error.code, **facts})
    if csv_out is not None:
        _write_csv(csv_out, rows)
    if as_json:
        print_json(rows)
    elif csv_out is None:
        for row in rows:
            print(f"{row.get('quality', '-'):>3}  {row['image']}  {_told(row)}".rstrip())
    if failed:
        raise typer.Exit(2)


def benchmark_quality(
    folder: Folder,
    reference: Reference = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare quality with given NFIQ 2 scores, per set and pooled, whole and as a reader window; time it."""
    import cv2
    import numpy as np

    from app.biometrics.fingerprint.quality import assess
    from app.biometrics.fingerprint.quality_benchmark import agreement, frame_ms, reference_ms, update_ms
    from app.biometrics.fingerprint.quality_training import reader_window

    cv2.setNumThreads(1)
    pairs: dict[tuple[str, str], list[tuple[float, float]]] = {}
    window = np.zeros((288, 256), np.uint8)
    for name, whole, windowed in _scores(folder, reference):
        image = _read(folder / name)
        window = reader_window(image)
        group = name.split("/", maxsplit=1)[0]
        for kind, picture, given in (("whole", image, whole), ("r30x", window, windowed)):
            if given <= 100:
                pairs.setdefault((group, kind), []).append((assess(picture).quality, given))
    groups = sorted({group for group, _kind in pairs})
    unseen = [group for group in groups if group not in FITTED_ON]
    table: dict[str, dict[str, Agreement]] = {}
    for label, members in [
        *((group, [group]) for group in groups),
        ("not fitted on", unseen),
        ("all", groups),
    ]:
        for kind in ("whole", "r30x"):
            both = [pair for group in members for pair in pairs.get((group, kind), [])]
            if both:
                table.setdefault(label, {})[kind] = agreement([a for a, _ in both], [b for _, b in both])
    updates = update_ms(window)
    times = {
        "whole_256x288": frame_ms(window),
        "update_median": float(np.median(updates)),
        "update_max": max(updates),
        "reference_load": reference_ms(),
    }
    if as_json:
        print_json(
            {
                "sets": {
                    label: {kind: asdict(row) for kind, row in rows.items()} for label, rows in table.items()
                },
                "milliseconds": times,
            }
        )
        return
    print(f"{'set':16} {'image':6} {'n':>4} {'Spearman':>9} {'Pearson':>8} {'MAE':>6} {'bias':>6}")
    for label, rows in table.items():
        for kind, row in rows.items():
            figures = (
                f"{row.spearman:9.3f} {row.pearson:8.3f} {row.mean_absolute_error:6.1f} {row.bias:+6.1f}"
            )
            print(f"{label:16} {kind:6} {row.images:4} {figures}")
    print("milliseconds: " + ", ".join(f"{name} {value:.2f}" for name, value in times.items()))


def fit_quality(
    folder: Folder,
    labels: Annotated[Path, typer.Option(help="NFIQ 2 scores of the training images: name,nfiq2.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Module with the coefficients to write.")],
    reference: Reference = None,
) -> None:
    """Fit the quality model and write its coefficients, app/biometrics/fingerprint/quality_coefficients."""
    from app.biometrics.fingerprint.quality_fit import Example, fit, to_module
    from app.biometrics.fingerprint.quality_training import reader_window, restyled_image, synthetic_image

    examples: list[Example] = []

    def add(picture: NDArray[np.uint8], score: float, importance: float) -> None:
        example = Example.of(picture, score, importance)
        if score <= 100 and example is not None:
            examples.append(example)

    given = [row for row in _scores(folder, reference) if row[0].split("/", maxsplit=1)[0] in FITTED_ON]
    images = [_read(folder / name) for name, _whole, _windowed in given]
    for image, (_name, whole, windowed) in zip(images, given, strict=True):
        add(image, whole, GIVEN_IMPORTANCE)
        add(reader_window(image), windowed, GIVEN_IMPORTANCE)
    for name, score in _labels(labels):
        kind, *numbers = name.split("_")
        first = int(numbers[0])
        synthetic = kind == "s"
        add(
            synthetic_image(first) if synthetic else restyled_image(images[first], first, int(numbers[1])),
            score,
            1.0,
        )
    out.write_text(to_module(fit(examples)), encoding="utf-8")
    print(f"{out}: fitted on {len(examples)} images")


def make_quality_images(
    folder: Folder,
    labels: Annotated[Path, typer.Option(help="Table whose images are wanted: name,nfiq2.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the PNG files.")],
    reference: Reference = None,
) -> None:
    """Write the training images, so that their scores can be made anew by running NFIQ 2 on them."""
    import cv2

    from app.biometrics.fingerprint.quality_training import restyled_image, synthetic_image

    given = [row[0] for row in _scores(folder, reference) if row[0].split("/", maxsplit=1)[0] in FITTED_ON]
    out.mkdir(parents=True, exist_ok=True)
    for name, _score in _labels(labels):
        kind, *numbers = name.split("_")
        first = int(numbers[0])
        if kind == "s":
            picture = synthetic_image(first)
        else:
            picture = restyled_image(_read(folder / given[first]), first, int(numbers[1]))
        (out / f"{name}.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())


def _pictures(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = (
            sorted(file for file in path.rglob("*") if file.suffix.lower() in PICTURES)
            if path.is_dir()
            else [path]
        )
        found.extend(inside)
    return found


def _read(path: Path) -> NDArray[np.uint8]:
    from app.biometrics.fingerprint.normalise import image_from_bytes
    from app.domain.errors import OperatorError

    try:
        data = path.read_bytes()
    except OSError as error:
        raise OperatorError("file_unreadable", path=str(path)) from error
    return image_from_bytes(data)


def _scores(folder: Path, reference: Path | None) -> list[tuple[str, float, float]]:
    with (reference or folder / "nfiq2.csv").open(encoding="utf-8", newline="") as file:
        return [(row["image"], float(row["nfiq2"]), float(row["nfiq2_r30x"])) for row in csv.DictReader(file)]


def _labels(path: Path) -> list[tuple[str, float]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["name"], float(row["nfiq2"])) for row in csv.DictReader(file)]


def _write_csv(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "quality", "reasons"])
        for row in rows:
            writer.writerow([row["image"], row.get("quality", ""), _told(row)])


def _told(row: dict[str, object]) -> str:
    """The reasons, or what is wrong with the file."""
    reasons = row.get("reasons")
    if isinstance(reasons, list):
        return " ".join(reasons)
    return " ".join(str(row[key]) for key in ("error", "reason") if key in row)
