# SPDX-License-Identifier: Apache-2.0
"""``fingerprint benchmark``: error rates and times of the engine on a folder of image sets."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.context import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.biometrics.fingerprint.benchmark import SetResult
    from app.biometrics.fingerprint.error_rates import ErrorRates


class Window(str, Enum):
    """Sensors whose view can be cut out of larger images."""

    R30X = "r30x"
    R503 = "r503"


def benchmark(
    folder: Annotated[Path, typer.Argument(help="Sets as folders of FINGER_IMPRESSION.png at 500 ppi.")],
    pairs: Annotated[
        Path | None, typer.Option(help="Write every pair's score here (.csv or .csv.gz).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    window: Annotated[Window | None, typer.Option(help="Cut the view of a small sensor, 16 levels.")] = None,
    impressions: Annotated[int, typer.Option(min=1, help="Enroll so many; probe with the others.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, help="Processes; times are best taken with 1.")] = 1,
) -> None:
    """Compare all images of each set and report error rates, failures and times."""
    names = _set_names(folder)
    work = [(str(folder / name), window.value if window else None, impressions) for name in names]
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    if jobs > 1 and len(work) > 1:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        with ProcessPoolExecutor(min(jobs, len(work)), mp_context=get_context("spawn")) as pool:
            results = list(pool.map(_run_folder, work))
    else:
        results = [_run_folder(item) for item in work]
    if pairs is not None:
        _write_pairs(pairs, results)
    summary = _summary(results, window.value if window else None, impressions)
    summary["quality_against_nfiq2"] = _agreements(folder, results, window)
    if as_json:
        print_json(summary)
    else:
        _print_table(summary)


def _set_names(folder: Path) -> list[str]:
    from app.domain.errors import OperatorError

    names = sorted(item.name for item in folder.glob("*") if item.is_dir() and any(item.glob("*_*.png")))
    if not names:
        raise OperatorError("file_unreadable", path=str(folder))
    return names


def _run_folder(work: tuple[str, str | None, int]) -> SetResult:
    import cv2

    from app.biometrics.fingerprint.benchmark import run_set
    from app.biometrics.fingerprint.normalise import image_from_bytes
    from app.biometrics.fingerprint.windows import WINDOWS, cut_window

    path, window, impressions = Path(work[0]), work[1], work[2]
    cv2.setNumThreads(1)
    images = {item.stem: image_from_bytes(item.read_bytes()) for item in path.glob("*_*.png")}
    if window is not None:
        images = {name: cut_window(image, *WINDOWS[window]) for name, image in images.items()}
    return run_set(path.name, images, impressions)


def _rates(rates: ErrorRates | None) -> dict[str, object] | None:
    if rates is None:
        return None
    first, second, third = rates.false_non_match
    return {
        "genuine": rates.genuine,
        "impostor": rates.impostor,
        "eer": rates.equal_error_rate,
        "fnmr_at_fmr_1e-2": first,
        "fnmr_at_fmr_1e-3": second,
        "fnmr_at_fmr_1e-4": third,
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    import numpy as np

    return {"median": float(np.median(values)), "p95": float(np.percentile(values, 95))}


def _summary(results: list[SetResult], window: str | None, impressions: int) -> dict[str, object]:
    from app.biometrics.fingerprint.benchmark import rates_of

    times = {
        name: _spread([value for result in results for value in getattr(result, name)])
        for name in ("quality_ms", "extraction_ms", "preparation_ms", "matching_ms")
    }
    reference = _spread([value for result in results for value in result.reference_ms])["median"]
    return {
        "window": window,
        "impressions": impressions,
        "sets": {
            result.name: {
                "rates": _rates(rates_of(result.pairs)),
                "fvc": _rates(result.fvc_rates()) if impressions == 1 else None,
                "failures": list(result.failures),
                "quality": _spread(list(result.qualities.values())),
            }
            for result in results
        },
        "pooled": _rates(rates_of([pair for result in results for pair in result.pairs])),
        "pooled_by_year": {
            year: _rates(
                rates_of(
                    [pair for result in results if result.name.startswith(year) for pair in result.pairs]
                )
            )
            for year in sorted({result.name.split("-")[0] for result in results})
        },
        "failures": sum(len(result.failures) for result in results),
        "quality": _spread([value for result in results for value in result.qualities.values()]),
        **times,
        "reference_load_ms": reference,
        "quality_to_reference": times["quality_ms"]["median"] / reference,
        "extraction_to_reference": times["extraction_ms"]["median"] / reference,
        "matching_to_reference": times["matching_ms"]["median"] / reference,
    }


def _agreements(folder: Path, results: list[SetResult], window: Window | None) -> dict[str, object]:
    """How quality agrees with NFIQ 2, per set, year and pooled, where nfiq2.csv of the folder tells.

    The table holds scores of the whole images and of the views of one module; nothing else can be compared.
    """
    import csv
    from dataclasses import asdict

    from app.biometrics.fingerprint.quality_benchmark import agreement

    table, column = folder / "nfiq2.csv", "nfiq2" if window is None else f"nfiq2_{window.value}"
    if not table.is_file():
        return {}
    with table.open(encoding="utf-8", newline="") as file:
        given = {row["image"]: float(row[column]) for row in csv.DictReader(file) if row.get(column)}
    groups: dict[str, list[tuple[float, float]]] = {}
    for result in results:
        for name, quality in result.qualities.items():
            score = given.get(f"{result.name}/{name}.png", 255.0)
            if score <= 100:
                for group in {result.name, result.name.split("-")[0], "pooled"}:
                    groups.setdefault(group, []).append((quality, score))
    order = sorted(groups, key=lambda group: (group == "pooled", "-" not in group, group))
    return {
        group: asdict(agreement([a for a, _ in groups[group]], [b for _, b in groups[group]]))
        for group in order
    }


def _write_pairs(path: Path, results: list[SetResult]) -> None:
    import csv
    import gzip

    from app.domain.errors import OperatorError

    try:
        with (
            gzip.open(path, "wt", newline="", encoding="ascii")
            if path.suffix == ".gz"
            else path.open("w", newline="", encoding="ascii")
        ) as file:
            writer = csv.writer(file)
            writer.writerow(["set", "a", "b", "genuine", "score"])
            for result in results:
                for pair in result.pairs:
                    writer.writerow(
                        [result.name, pair.first, pair.second, int(pair.genuine), f"{pair.score:.4f}"]
                    )
    except OSError as error:
        raise OperatorError("file_unreadable", path=str(path)) from error


def _print_table(summary: dict[str, object]) -> None:
    def line(name: str, rates: object) -> None:
        if isinstance(rates, dict):
            figures = [rates["eer"], *(rates[f"fnmr_at_fmr_1e-{power}"] for power in (2, 3, 4))]
            print(f"{name:24}" + "".join(f"{100 * figure:9.2f}" for figure in figures))

    print(f"{'per cent':24}{'EER':>9}{'1e-2':>9}{'1e-3':>9}{'1e-4':>9}")
    for part in ("sets", "pooled_by_year"):
        group = summary[part]
        assert isinstance(group, dict)
        for name, value in group.items():
            line(name, value["rates"] if part == "sets" else value)
    line("pooled", summary["pooled"])
    agreements = summary["quality_against_nfiq2"]
    assert isinstance(agreements, dict)
    for name, row in agreements.items():
        print(
            f"{'quality, ' + name:24}{row['spearman']:9.3f} Spearman{row['mean_absolute_error']:7.1f} "
            f"mean absolute error to NFIQ 2, {row['images']} images"
        )
    for name in ("quality_ms", "extraction_ms", "preparation_ms", "matching_ms"):
        spread = summary[name]
        assert isinstance(spread, dict)
        print(f"{name:24}{spread['median']:9.2f} median {spread['p95']:9.2f} p95")
    reference = summary["reference_load_ms"]
    print(f"{'reference load, ms':24}{reference:9.2f}   failures to extract: {summary['failures']}")
