# SPDX-License-Identifier: Apache-2.0
"""Fits the quality model's coefficients to given scores and words them as ``quality_coefficients``."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.quality import picture_of
from app.biometrics.fingerprint.quality_model import Inputs, expand, summarise

#: Strength of the pull towards small weights, per example, and how much weaker products of inputs are than
#: inputs.
SHRINKAGE, PRODUCT_SCALE = 0.1, 0.5


@dataclass(frozen=True, slots=True)
class Coefficients:
    """A polynomial of second degree on standardised inputs, see ``quality_model.expand``."""

    intercept: float
    centers: tuple[float, ...]
    spreads: tuple[float, ...]
    weights: tuple[float, ...]

    def to_module(self) -> str:
        """Source text of ``quality_coefficients``."""

        def row(name: str, values: tuple[float, ...]) -> str:
            text = textwrap.indent(textwrap.fill(", ".join(map(repr, values)), 104), "    ")
            return f"{name} = (\n{text},\n)\n"

        return (
            "# SPDX-License-Identifier: Apache-2.0\n"
            '"""Coefficients of the quality model, written by ``fingerprint fit-quality``."""\n\n'
            "from __future__ import annotations\n\n"
            "# fmt: off\n"
            f"INTERCEPT = {self.intercept!r}\n"
            + row("CENTERS", self.centers)
            + row("SPREADS", self.spreads)
            + row("WEIGHTS", self.weights)
        )


def inputs_of(image: NDArray[np.uint8]) -> Inputs | None:
    """The model's inputs for a whole 500-ppi image; None when it is too small for them."""
    picture = picture_of(image)
    return None if picture is None else summarise(picture)


def fit(examples: list[Inputs], targets: list[float], importances: list[float]) -> Coefficients:
    """Ridge regression of the targets (0 to 100) on the expanded inputs, each example with its importance."""
    inputs, wanted = np.array(examples), np.array(targets, dtype=np.float64)
    importance = np.array(importances) / np.sum(importances)
    centers, spreads = inputs.mean(axis=0), inputs.std(axis=0) + 1e-9
    terms = expand(inputs, centers, spreads)
    middle = importance @ terms
    scale = terms.std(axis=0) + 1e-9
    # A product counts for less: the model bends only where the examples insist.
    scale[inputs.shape[1] :] /= PRODUCT_SCALE
    scaled = (terms - middle) / scale
    mean = float(importance @ wanted)
    pull = SHRINKAGE * np.eye(scaled.shape[1])
    weighted = scaled * importance[:, None]
    weights = np.linalg.solve(scaled.T @ weighted + pull, weighted.T @ (wanted - mean)) / scale

    def rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
        return tuple(float(f"{value:.5g}") for value in values)

    intercept = mean - float(middle @ weights)
    return Coefficients(float(f"{intercept:.6g}"), rounded(centers), rounded(spreads), rounded(weights))
