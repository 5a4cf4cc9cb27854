# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from app.biometrics.fingerprint.benchmark import run_set, split_name
from app.biometrics.fingerprint.error_rates import error_rates
from app.biometrics.fingerprint.normalise import image_from_bytes
from app.biometrics.fingerprint.quality import assess
from app.biometrics.fingerprint.windows import cut_window, window_corner
from app.commands.fingerprint import app

Image = NDArray[np.uint8]


def test_error_rates_of_known_scores() -> None:
    genuine = np.array([5.0, 6, 7, 8, 2])
    impostor = np.array([0.0, 1, 3, 4] + [0.5] * 996)
    rates = error_rates(genuine, impostor)
    assert rates.false_non_match == (0.0, 0.2, 0.2)  # thresholds 1, 4 and above 4 respectively
    assert 0 < rates.equal_error_rate < 0.2
    assert (rates.genuine, rates.impostor) == (5, 1000)


def test_equal_scores_are_indistinguishable() -> None:
    rates = error_rates(np.zeros(10), np.zeros(10))
    assert rates.equal_error_rate == 0.5
    assert rates.false_non_match == (1.0, 1.0, 1.0)


def test_windows_are_centered_and_padded_with_white() -> None:
    image = np.full((400, 300), 255, np.uint8)
    image[160:240, 96:176] = np.random.default_rng(0).integers(0, 256, (80, 80))
    assert window_corner(image, 192, 192) == (136 - 96, 200 - 96)
    view = cut_window(image, 256, 288)
    assert view.shape == (288, 256)
    assert set(np.unique(view)) <= {17 * level for level in range(16)}
    small = cut_window(image[150:250, 90:190], 192, 192)
    assert small.shape == (192, 192)
    assert (small[0] == 255).all()


def test_names_are_finger_and_impression() -> None:
    assert split_name("101_8") == ("101", 8)


def write_sets(folder: Path, images: dict[tuple[int, int], Image]) -> None:
    for (finger, number), image in images.items():
        target = folder / f"set-{finger // 2}"
        target.mkdir(exist_ok=True)
        (target / f"{101 + finger}_{number + 1}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())


def test_all_pairs_are_counted_and_written(tmp_path: Path, images: dict[tuple[int, int], Image]) -> None:
    write_sets(tmp_path, images)
    out = tmp_path / "pairs.csv.gz"
    result = CliRunner().invoke(app, ["benchmark", str(tmp_path), "--pairs", str(out), "--json"])
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert summary["sets"].keys() == {"set-0", "set-1"}
    assert summary["pooled"]["genuine"] == 12
    assert summary["pooled"]["impostor"] == 18
    assert summary["pooled"]["eer"] == 0
    assert summary["sets"]["set-0"]["fvc"]["impostor"] == 1
    assert summary["failures"] == 0
    assert summary["reference_load_ms"] > 0
    assert summary["quality_against_nfiq2"] == {}
    for name in ("quality", "quality_ms", "extraction_ms", "preparation_ms", "matching_ms"):
        assert summary[name]["p95"] >= summary[name]["median"] > 0
    with gzip.open(out, "rt") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 30
    assert rows[0].keys() == {"set", "a", "b", "genuine", "score"}
    assert sum(row["genuine"] == "1" for row in rows) == 12


def test_enrolled_impressions_are_fused(images: dict[tuple[int, int], Image]) -> None:
    named = {f"{101 + finger}_{number + 1}": image for (finger, number), image in images.items()}
    result = run_set("some", named, impressions=2)
    assert len(result.pairs) == 4 * 4
    assert sum(pair.genuine for pair in result.pairs) == 4
    assert {pair.first for pair in result.pairs} == {"101", "102", "103", "104"}


def test_table_and_window(tmp_path: Path, images: dict[tuple[int, int], Image]) -> None:
    write_sets(tmp_path, {key: image for key, image in images.items() if key[0] < 2})
    result = CliRunner().invoke(app, ["benchmark", str(tmp_path), "--window", "r503", "--impressions", "2"])
    assert result.exit_code == 0, result.output
    assert "pooled" in result.stdout


def test_quality_is_compared_with_given_scores(tmp_path: Path, images: dict[tuple[int, int], Image]) -> None:
    write_sets(tmp_path, images)
    pictures = sorted(tmp_path.glob("*/*.png"))
    rows = [
        f"{path.parent.name}/{path.name},{assess(image_from_bytes(path.read_bytes())).quality - 3},255"
        for path in pictures
    ]
    (tmp_path / "nfiq2.csv").write_text("\n".join(["image,nfiq2,nfiq2_r30x", *rows, ""]), encoding="utf-8")
    runner = CliRunner()
    told = json.loads(runner.invoke(app, ["benchmark", str(tmp_path), "--json"]).stdout)
    agreements = told["quality_against_nfiq2"]
    assert list(agreements) == ["set-0", "set-1", "set", "pooled"]
    assert agreements["pooled"]["images"] == agreements["set"]["images"] == len(pictures)
    assert agreements["pooled"]["spearman"] == pytest.approx(1)
    assert agreements["pooled"]["mean_absolute_error"] == pytest.approx(3)
    # 255 means that there is no score.
    view = runner.invoke(app, ["benchmark", str(tmp_path), "--json", "--window", "r30x"])
    assert json.loads(view.stdout)["quality_against_nfiq2"] == {}
    assert "NFIQ 2" in runner.invoke(app, ["benchmark", str(tmp_path)]).stdout


def test_extract_show_and_match_commands(tmp_path: Path, images: dict[tuple[int, int], Image]) -> None:
    paths = {}
    for key in ((0, 0), (0, 1), (1, 0)):
        paths[key] = tmp_path / f"{key[0]}_{key[1]}.png"
        paths[key].write_bytes(cv2.imencode(".png", images[key])[1].tobytes())
    runner = CliRunner()
    iso, ansi, picture = tmp_path / "a.fmr", tmp_path / "b.fmr", tmp_path / "show.png"
    assert runner.invoke(app, ["extract", str(paths[0, 0]), "-o", str(iso)]).exit_code == 0
    assert runner.invoke(app, ["extract", str(paths[0, 1]), "-o", str(ansi), "--ansi"]).exit_code == 0
    assert runner.invoke(app, ["show", str(paths[0, 0]), "-o", str(picture)]).exit_code == 0
    assert picture.read_bytes()[:4] == b"\x89PNG"
    same = runner.invoke(app, ["match", str(iso), str(ansi), "--json"])
    assert same.exit_code == 0
    assert json.loads(same.stdout)["match"] is True
    assert runner.invoke(app, ["match", str(iso), str(paths[1, 0])]).exit_code == 1


@pytest.mark.parametrize("arguments", [["benchmark"], ["extract", "-o", "x.fmr"], ["show", "-o", "x.png"]])
def test_missing_files_are_an_error(arguments: list[str], tmp_path: Path) -> None:
    command, *rest = arguments
    result = CliRunner().invoke(app, [command, str(tmp_path / "none"), *rest])
    assert result.exit_code != 0
    assert type(result.exception).__name__ == "OperatorError"
