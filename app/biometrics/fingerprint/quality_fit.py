# SPDX-License-Identifier: Apache-2.0
"""Fits the quality model's coefficients to given scores and words them as ``quality_coefficients``."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.quality_features import measure
from app.biometrics.fingerprint.quality_model import Summary, feature_names, skin_of, summarise

#: Strength of the pull towards small weights, per example.
SHRINKAGE = 0.3


@dataclass(frozen=True, slots=True)
class Coefficients:
    """A linear model on standardised inputs."""

    intercept: float
    centers: tuple[float, ...]
    spreads: tuple[float, ...]
    weights: tuple[float, ...]

    def to_module(self) -> str:
        """Source text of ``quality_coefficients``."""

        def row(name: str, values: tuple[float, ...]) -> str:
            pairs = zip(values, feature_names(), strict=True)
            lines = "".join(f"    {value!r},  # {label}\n" for value, label in pairs)
            return f"{name} = (\n{lines})\n"

        return (
            "# SPDX-License-Identifier: Apache-2.0\n"
            '"""Coefficients of the quality model, written by ``fingerprint fit-quality``; do not edit."""\n\n'
            "from __future__ import annotations\n\n"
            f"INTERCEPT = {self.intercept!r}\n"
            + row("CENTERS", self.centers)
            + row("SPREADS", self.spreads)
            + row("WEIGHTS", self.weights)
        )


def summary_of(image: NDArray[np.uint8]) -> Summary | None:
    """The model's inputs for a whole 500-ppi image; None when it shows no skin."""
    grid = measure(image)
    skin = skin_of(grid)
    if not skin.any():
        return None
    return summarise(grid, skin, bands_in_all=len(skin))


def fit(summaries: list[Summary], targets: list[float]) -> Coefficients:
    """Ridge regression of the targets (0 to 100) on the standardised summaries."""
    inputs = np.array([astuple(summary) for summary in summaries])
    wanted = np.array(targets, dtype=np.float64)
    centers, spreads = inputs.mean(axis=0), inputs.std(axis=0) + 1e-9
    scaled = (inputs - centers) / spreads
    pull = SHRINKAGE * len(wanted) * np.eye(scaled.shape[1])
    weights = np.linalg.solve(scaled.T @ scaled + pull, scaled.T @ (wanted - wanted.mean()))

    def rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
        return tuple(float(f"{value:.6g}") for value in values)

    return Coefficients(float(f"{wanted.mean():.6g}"), rounded(centers), rounded(spreads), rounded(weights))
