# SPDX-License-Identifier: Apache-2.0
"""``fingerprint quality`` and ``benchmark-quality`` on synthetic prints; training images from their names."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner, Result

from app.biometrics.fingerprint.quality import picture_of
from app.biometrics.fingerprint.quality_benchmark import agreement
from app.biometrics.fingerprint.quality_fit import Example, fit, to_module
from app.biometrics.fingerprint.quality_model import INPUTS, model, summarise
from app.biometrics.fingerprint.quality_training import reader_window, restyled_image, synthetic_image
from app.biometrics.synthetic.fingers import make_fingers
from app.biometrics.synthetic.impressions import Condition, make_impression
from app.commands.fingerprint import app


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("prints")
    (root / "set").mkdir()
    rows = ["image,nfiq2,nfiq2_r30x"]
    for number, finger in enumerate(make_fingers(3, 60)):
        for condition, score in ((Condition.GOOD, 60), (Condition.SMEARED, 10)):
            name = f"set/{number}_{condition.value}.png"
            image = make_impression(finger, 1, 300, 320, condition=condition)
            (root / name).write_bytes(cv2.imencode(".png", image)[1].tobytes())
            rows.append(f"{name},{score},{score}")
    (root / "nfiq2.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    return root


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_quality_of_a_folder_as_json_and_csv(folder: Path, tmp_path: Path) -> None:
    result = run("quality", folder / "set", "--json", "--csv", tmp_path / "out.csv")
    assert result.exit_code == 0
    told = {Path(row["image"]).stem: row for row in json.loads(result.stdout)}
    assert told["0_good"]["quality"] > told["0_smeared"]["quality"] + 20
    assert told["0_good"]["reasons"] == []
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {Path(row["image"]).stem: int(row["quality"]) for row in rows} == {
        name: row["quality"] for name, row in told.items()
    }


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_scored(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"nothing")
    result = run("quality", folder / "set" / "0_good.png", tmp_path / "broken.png", tmp_path / "absent.png")
    assert result.exit_code == 2
    assert "0_good.png" in result.stdout
    assert "image_unreadable not_an_image" in result.stdout
    assert "file_unreadable" in result.stdout


def test_the_benchmark_tells_agreement_and_times(folder: Path) -> None:
    result = run("benchmark-quality", folder, "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["sets"]["set"]["whole"]["images"] == 6
    assert told["sets"]["not fitted on"]["r30x"]["spearman"] > 0.5
    assert told["milliseconds"]["reference_load"] > 0
    assert "Spearman" in run("benchmark-quality", folder).stdout


def test_agreement_of_known_lists() -> None:
    same = agreement([1, 2, 3, 4], [11, 12, 13, 14])
    assert (same.spearman, same.pearson, same.mean_absolute_error, same.bias) == pytest.approx(
        (1, 1, 10, -10)
    )
    # Spearman's coefficient with ties: ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3.
    assert agreement([1, 2, 2, 5], [1, 2, 3, 4]).spearman == pytest.approx(0.94868, abs=1e-5)
    assert agreement([5, 5], [1, 2]).spearman == 0


def test_the_reader_window_is_the_documented_one() -> None:
    image = np.full((400, 380), 250, np.uint8)
    # One block column of foreground: blocks 10 and 11 across, 12 down.
    image[192:208, 160:192:2] = 10
    window = reader_window(image)
    assert window.shape == (288, 256)
    assert set(np.unique(window)) <= set(range(0, 256, 17))
    # The middle is (floor(16 * 10.5 + 8.5), floor(16 * 12 + 8.5)) = (176, 200): left 48, top 56.
    assert (window == (image[56:344, 48:304] // 16) * 17).all()
    small = reader_window(np.zeros((100, 100), np.uint8))
    assert (small[94:194, 78:178] == 0).all()
    assert small[:94].min() == 255


def test_training_images_come_back_from_their_numbers() -> None:
    image = make_impression(make_fingers(1, 61)[0], 1, 320, 360, bits=8)
    assert np.array_equal(restyled_image(image, 3, 4), restyled_image(image, 3, 4))
    assert not np.array_equal(synthetic_image(8), synthetic_image(9))
    assert np.array_equal(synthetic_image(8), synthetic_image(8))


def test_a_fit_learns_what_it_is_shown() -> None:
    rng = np.random.default_rng(5)

    def example(inputs: NDArray[np.float64]) -> Example:
        # A small glass shows half of what the usual one does.
        return Example(inputs, inputs, inputs / 2, float(np.clip(50 + 10 * inputs[0], 0, 100)), 1.0)

    examples = [example(rng.normal(size=len(INPUTS))) for _ in range(600)]
    found = fit(examples)
    assert found.places.shape == (300, len(INPUTS))
    unseen = [example(rng.normal(size=len(INPUTS))) for _ in range(100)]
    targets = np.array([one.target for one in unseen])
    usual = np.array([found.score(one.usual, 1.0) for one in unseen])
    small = np.array([found.score(one.small, 2.0) for one in unseen])
    assert np.abs(usual - targets).mean() < 2
    assert np.abs(small - usual).mean() < 2
    module: dict[str, object] = {}
    exec(to_module(found), module)
    assert module["WEIGHTS"] == tuple(found.weights.tolist())
    assert module["SMALL_SLOPES"] == tuple(found.small.slopes.tolist())
    assert module["MIDDLE"] == pytest.approx(np.mean([one.target for one in examples]), abs=0.01)


def test_the_committed_model_is_of_the_inputs_that_are_measured() -> None:
    found = model()
    assert found.places.shape == (len(found.weights), len(INPUTS))
    assert found.usual.slopes.shape == found.small.slopes.shape == (len(INPUTS),)


def test_the_inputs_of_an_image_are_finite_and_named() -> None:
    image = make_impression(make_fingers(1, 61)[0], 1)
    picture = picture_of(image)
    assert picture is not None
    inputs = summarise(picture)
    assert inputs.shape == (len(INPUTS),)
    assert np.isfinite(inputs).all()
    example = Example.of(image, 50.0, 1.0)
    assert example is not None
    assert np.array_equal(example.inputs, inputs)
    assert Example.of(np.zeros((20, 20), np.uint8), 50.0, 1.0) is None
