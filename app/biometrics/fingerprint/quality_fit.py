# SPDX-License-Identifier: Apache-2.0
"""Fits the quality model's coefficients to given scores and words them as ``quality_coefficients``."""

from __future__ import annotations

import base64
import textwrap
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.quality import picture_of
from app.biometrics.fingerprint.quality_model import STEPS, Inputs, bells, standardise, summarise

#: Number of examples that the model keeps, and the pull towards a smooth score, per example.
KEPT, SMOOTHNESS = 250, 0.3


@dataclass(frozen=True, slots=True)
class Coefficients:
    """A sum of Gaussian bells around kept examples, see ``quality_model.score``."""

    middle: float
    centers: tuple[float, ...]
    spreads: tuple[float, ...]
    weights: tuple[float, ...]
    kept: NDArray[np.int8]

    def to_module(self) -> str:
        """Source text of ``quality_coefficients``."""

        def row(name: str, values: tuple[float, ...]) -> str:
            text = textwrap.indent(textwrap.fill(", ".join(map(repr, values)), 104), "    ")
            return f"{name} = (\n{text},\n)\n"

        lines = "".join(f'    "{base64.b64encode(example).decode()}",\n' for example in self.kept)
        return (
            "# SPDX-License-Identifier: Apache-2.0\n"
            '"""Coefficients of the quality model, written by ``fingerprint fit-quality``."""\n\n'
            "from __future__ import annotations\n\n"
            "# fmt: off\n"
            f"MIDDLE = {self.middle!r}\n"
            + row("CENTERS", self.centers)
            + row("SPREADS", self.spreads)
            + row("WEIGHTS", self.weights)
            + "# One kept example a line: standardised inputs in steps of 1/32 as signed bytes in base 64.\n"
            + f"KEPT = (\n{lines})\n"
        )


def inputs_of(image: NDArray[np.uint8]) -> Inputs | None:
    """The model's inputs for a whole 500-ppi image; None when it is too small for them."""
    picture = picture_of(image)
    return None if picture is None else summarise(picture)


def fit(examples: list[Inputs], targets: list[float], importances: list[float]) -> Coefficients:
    """Kernel ridge regression of the targets (0 to 100), each example with its importance.

    A fixed random choice of KEPT examples carries the bells (Nystroem's method); all examples are fitted.
    """

    def rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([float(f"{value:.5g}") for value in values])

    inputs, wanted, importance = np.array(examples), np.array(targets), np.array(importances)
    centers, spreads = rounded(inputs.mean(axis=0)), rounded(inputs.std(axis=0) + 1e-9)
    scaled = standardise(inputs, centers, spreads)
    chosen = np.random.default_rng(0).permutation(len(scaled))[:KEPT]
    kept = np.rint(scaled[chosen] * STEPS).astype(np.int8)
    places = kept / STEPS
    middle = float(f"{np.average(wanted, weights=importance):.5g}")
    near = bells(scaled, places)
    weighted = near.T * importance
    pull = SMOOTHNESS * bells(places, places) + 1e-6 * np.eye(len(places))
    weights = rounded(np.linalg.solve(weighted @ near + pull, weighted @ (wanted - middle)))
    return Coefficients(
        middle, tuple(centers.tolist()), tuple(spreads.tolist()), tuple(weights.tolist()), kept
    )
