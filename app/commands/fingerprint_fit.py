# SPDX-License-Identifier: Apache-2.0
"""``fingerprint fit-score``: fits the matcher's score to sets of images; for whoever changes the engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.biometrics.fingerprint.score_fit import KnownPair
    from app.biometrics.fingerprint.template import Template


def fit_score(
    folders: Annotated[list[Path], typer.Argument(help="Sets of FINGER_IMPRESSION.png at 500 ppi.")],
    synthetic: Annotated[int, typer.Option(help="Synthetic fingers: many of like flow.")] = 50,
) -> None:
    """Print the two lines of the score model fitted to these sets: whole images and both modules' windows."""
    import cv2

    from app.biometrics.fingerprint import score_fit
    from app.biometrics.fingerprint.extract import extract
    from app.biometrics.fingerprint.normalise import image_from_bytes
    from app.biometrics.fingerprint.windows import WINDOWS, cut_window

    cv2.setNumThreads(1)
    views: list[tuple[bool, dict[str, Template]]] = []
    for folder in folders:
        images = {path.stem: image_from_bytes(path.read_bytes()) for path in sorted(folder.glob("*_*.png"))}
        views.append((False, {name: extract(image) for name, image in images.items()}))
        for size in WINDOWS.values():
            view = {name: extract(cut_window(image, *size)) for name, image in images.items()}
            views.append((False, view))
    views.append((True, _synthetic_view(synthetic)))
    for name, with_waves in (("WITH_WAVES", True), ("MINUTIAE_ONLY", False)):
        pairs = [pair for made, view in views for pair in _known_pairs(view, with_waves, made)]
        print(f"{name} = {score_fit.fit_score(pairs)}")


def _synthetic_view(fingers: int) -> dict[str, Template]:
    """Real sets have few fingers and hardly two of like flow; a school has many."""
    from app.biometrics.fingerprint.extract import extract
    from app.biometrics.synthetic.fingers import make_fingers
    from app.biometrics.synthetic.impressions import Condition, make_impression

    conditions = (Condition.GOOD, Condition.DRY, Condition.WET)
    return {
        f"{place}_{number}": extract(make_impression(finger, number, condition=condition))
        for place, finger in enumerate(make_fingers(fingers, seed=1))
        for number, condition in enumerate(conditions)
    }


def _known_pairs(view: dict[str, Template], with_waves: bool, synthetic: bool) -> Iterable[KnownPair]:
    from dataclasses import replace

    from app.biometrics.fingerprint.benchmark import split_name
    from app.biometrics.fingerprint.match import match
    from app.biometrics.fingerprint.prepared import prepare
    from app.biometrics.fingerprint.score_fit import KnownPair

    prints = {
        name: prepare(template if with_waves else replace(template, cells=None))
        for name, template in view.items()
    }
    names = list(prints)
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            evidence = match(prints[first], prints[second]).evidence
            yield KnownPair(evidence, split_name(first)[0] == split_name(second)[0], synthetic)
