# SPDX-License-Identifier: Apache-2.0
"""Fits the quality model to given scores and words it as ``quality_coefficients``."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.quality import picture_of
from app.biometrics.fingerprint.quality_model import STEPS, Inputs, Line, Model, bells, summarise
from app.biometrics.fingerprint.windows import WINDOWS, cut_window

#: Number of examples that the model keeps, and the pull towards a smooth and towards a level score.
KEPT, SMOOTHNESS, LEVELNESS = 300, 0.2, 30.0


@dataclass(frozen=True, slots=True)
class Example:
    """A picture with a known score.

    Attributes:
        inputs: of the picture itself.
        usual, small: of what a usual and a small glass would show of the print.
        target: its score, 0 to 100.
        importance: for how many pictures it counts.
    """

    inputs: Inputs
    usual: Inputs
    small: Inputs
    target: float
    importance: float

    @classmethod
    def of(cls, image: NDArray[np.uint8], target: float, importance: float) -> Example | None:
        """The example of a whole 500-ppi image; None when it is too small."""
        usual, small = (picture_of(cut_window(image, *WINDOWS[name])) for name in ("r30x", "r503"))
        picture = picture_of(image)
        if picture is None or usual is None or small is None:
            return None
        return cls(summarise(picture), summarise(usual), summarise(small), target, importance)


def _rounded(values: Inputs) -> Inputs:
    return np.array([float(f"{value:.5g}") for value in values])


def _scale(inputs: Inputs, targets: Inputs, importances: Inputs) -> Line:
    """A line without slopes that standardises these inputs."""
    middle = float(f"{np.average(targets, weights=importances):.5g}")
    spreads = _rounded(inputs.std(axis=0) + 1e-9)
    return Line(middle, _rounded(inputs.mean(axis=0)), spreads, np.zeros(inputs.shape[1]))


def fit(examples: Sequence[Example]) -> Model:
    """Ridge regression of the scores: bells and a line for the usual scale, a line for small glasses.

    A fixed random choice of KEPT examples carries the bells (Nystroem's method); all examples are fitted. The
    scores of the small glasses are those that the usual scale gives of the same prints.
    """
    inputs = np.array([example.inputs for example in examples])
    targets = np.array([example.target for example in examples])
    importances = np.array([example.importance for example in examples])
    usual = _scale(inputs, targets, importances)
    scaled = usual.standardise(inputs)
    chosen = np.random.default_rng(0).permutation(len(scaled))[:KEPT]
    places = np.rint(scaled[chosen] * STEPS) / STEPS
    count, size = len(places), len(places) + inputs.shape[1]
    pull = LEVELNESS * np.eye(size)
    pull[:count, :count] = SMOOTHNESS * bells(places, places) + 1e-6 * np.eye(count)
    found = _regress(np.hstack([bells(scaled, places), scaled]), targets - usual.middle, importances, pull)
    usual = Line(usual.middle, usual.centers, usual.spreads, found[count:])
    unfinished = Model(usual, places, found[:count], usual)
    wanted = unfinished.usual_scores(np.array([example.usual for example in examples]))
    views = np.array([example.small for example in examples])
    small = _scale(views, wanted, importances)
    pull = LEVELNESS * np.eye(views.shape[1])
    slopes = _regress(small.standardise(views), wanted - small.middle, importances, pull)
    return Model(usual, places, found[:count], Line(small.middle, small.centers, small.spreads, slopes))


def _regress(values: Inputs, targets: Inputs, importances: Inputs, pull: Inputs) -> Inputs:
    weighted = values.T * importances
    return _rounded(np.asarray(np.linalg.solve(weighted @ values + pull, weighted @ targets), np.float64))


def to_module(model: Model) -> str:
    """Source text of ``quality_coefficients``."""

    def row(name: str, values: NDArray[np.float64]) -> str:
        text = textwrap.fill(", ".join(map(repr, values.tolist())), 104)
        return f"{name} = (\n{textwrap.indent(text, '    ')},\n)\n"

    def line(prefix: str, part: Line) -> str:
        rows = (("CENTERS", part.centers), ("SPREADS", part.spreads), ("SLOPES", part.slopes))
        return f"{prefix}MIDDLE = {part.middle!r}\n" + "".join(row(prefix + name, of) for name, of in rows)

    kept = np.rint(model.places * STEPS).astype(np.int8)
    lines = "".join(f'    "{base64.b64encode(place.tobytes()).decode()}",\n' for place in kept)
    return (
        "# SPDX-License-Identifier: Apache-2.0\n"
        '"""Coefficients of the quality model, written by ``fingerprint fit-quality``."""\n\n'
        "from __future__ import annotations\n\n"
        "# fmt: off\n"
        + line("", model.usual)
        + line("SMALL_", model.small)
        + row("WEIGHTS", model.weights)
        + f"# One kept example a line: standardised inputs in steps of 1/{STEPS}, signed bytes in base 64.\n"
        + f"KEPT = (\n{lines})\n"
    )
