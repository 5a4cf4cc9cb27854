# SPDX-License-Identifier: Apache-2.0
"""Measures the engine on sets of images: all pairs within a set, as the FVC competitions count them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.biometrics.fingerprint.enrolled import verify
from app.biometrics.fingerprint.error_rates import ErrorRates, error_rates
from app.biometrics.fingerprint.extract import extract
from app.biometrics.fingerprint.match import match
from app.biometrics.fingerprint.prepared import Prepared, prepare
from app.biometrics.fingerprint.quality import assess

#: The reference load is timed once every so many images, so that it sees the same machine as they do.
IMAGES_PER_REFERENCE = 8


@dataclass(frozen=True, slots=True)
class PairScore:
    """One comparison: names of both sides without ending, whether of one finger, and the score."""

    first: str
    second: str
    genuine: bool
    score: float


@dataclass(frozen=True, slots=True)
class SetResult:
    """What was measured on one set.

    Attributes:
        pairs: every comparison.
        qualities: of each image, 0 to 100, by its name.
        quality_ms, extraction_ms, preparation_ms, matching_ms: durations, one per image or pair.
        reference_ms: of the reference load, taken between the images.
        failures: names of images that gave no minutiae.
    """

    name: str
    pairs: tuple[PairScore, ...]
    qualities: Mapping[str, int]
    quality_ms: tuple[float, ...]
    extraction_ms: tuple[float, ...]
    preparation_ms: tuple[float, ...]
    matching_ms: tuple[float, ...]
    reference_ms: tuple[float, ...]
    failures: tuple[str, ...]

    def fvc_rates(self) -> ErrorRates | None:
        """Rates with the FVC protocol's impostors: only the first impressions of the fingers."""
        firsts = {name for pair in self.pairs for name in (pair.first, pair.second)}
        lowest: dict[str, int] = {}
        for name in firsts:
            finger, impression = split_name(name)
            lowest[finger] = min(lowest.get(finger, impression), impression)
        kept = [
            pair
            for pair in self.pairs
            if pair.genuine
            or all(split_name(name)[1] == lowest[split_name(name)[0]] for name in (pair.first, pair.second))
        ]
        return rates_of(kept)


def split_name(name: str) -> tuple[str, int]:
    """Finger and impression number of a name like ``101_3``."""
    finger, _, impression = name.rpartition("_")
    return finger, int(impression)


def rates_of(pairs: list[PairScore] | tuple[PairScore, ...]) -> ErrorRates | None:
    """Error rates; None where genuine or impostor pairs are missing."""
    genuine = np.array([pair.score for pair in pairs if pair.genuine])
    impostor = np.array([pair.score for pair in pairs if not pair.genuine])
    if not len(genuine) or not len(impostor):
        return None
    return error_rates(genuine, impostor)


def run_set(name: str, images: Mapping[str, NDArray[np.uint8]], impressions: int = 1) -> SetResult:
    """Extracts and compares one set.

    Args:
        name: of the set.
        images: by ``<finger>_<impression>``; 500 ppi, dark ridges.
        impressions: 1 compares all pairs of images; k > 1 enrolls each finger's first k impressions and
            compares every other image with every finger, the best impression counting (the pair's first name
            is then the finger's).
    """
    prints: dict[str, Prepared] = {}
    qualities: dict[str, int] = {}
    measuring: list[float] = []
    extraction: list[float] = []
    preparation: list[float] = []
    reference: list[float] = []
    failures: list[str] = []
    for place, image_name in enumerate(sorted(images, key=split_name)):
        image = images[image_name]
        if place % IMAGES_PER_REFERENCE == 0:
            reference.append(reference_load_ms())
        begun = time.perf_counter()
        qualities[image_name] = assess(image).quality
        started = time.perf_counter()
        measuring.append(1e3 * (started - begun))
        template = extract(image)
        extracted = time.perf_counter()
        prints[image_name] = prepare(template)
        preparation.append(1e3 * (time.perf_counter() - extracted))
        extraction.append(1e3 * (extracted - started))
        if not len(template):
            failures.append(image_name)
    compare = _all_pairs if impressions == 1 else _probes_against_fingers
    pairs, matching = compare(prints, impressions)
    return SetResult(
        name,
        tuple(pairs),
        qualities,
        tuple(measuring),
        tuple(extraction),
        tuple(preparation),
        tuple(matching),
        tuple(reference),
        tuple(failures),
    )


def _all_pairs(prints: Mapping[str, Prepared], _: int) -> tuple[list[PairScore], list[float]]:
    names = list(prints)
    pairs: list[PairScore] = []
    durations: list[float] = []
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            started = time.perf_counter()
            score = match(prints[first], prints[second]).score
            durations.append(1e3 * (time.perf_counter() - started))
            pairs.append(PairScore(first, second, split_name(first)[0] == split_name(second)[0], score))
    return pairs, durations


def _probes_against_fingers(
    prints: Mapping[str, Prepared], impressions: int
) -> tuple[list[PairScore], list[float]]:
    enrolled: dict[str, list[Prepared]] = {}
    probes: list[str] = []
    for name in prints:
        finger = enrolled.setdefault(split_name(name)[0], [])
        if len(finger) < impressions:
            finger.append(prints[name])
        else:
            probes.append(name)
    pairs: list[PairScore] = []
    durations: list[float] = []
    for probe in probes:
        for finger_name, finger in enrolled.items():
            started = time.perf_counter()
            score = verify(prints[probe], finger, 1e-3).score
            durations.append(1e3 * (time.perf_counter() - started) / len(finger))
            pairs.append(PairScore(finger_name, probe, split_name(probe)[0] == finger_name, score))
    return pairs, durations


_draw = np.random.default_rng(0)
_PLANE = _draw.random((288, 256), dtype=np.float32)
_SQUARE = _draw.random((256, 256), dtype=np.float32)
_KERNEL = _draw.random((15, 15), dtype=np.float32)


def reference_load() -> None:
    """A fixed load of OpenCV filters and NumPy products: the measure for times."""
    for _ in range(4):
        cv2.GaussianBlur(_PLANE, (0, 0), 6.0)
        cv2.filter2D(_PLANE, cv2.CV_32F, _KERNEL)
        np.sqrt(_PLANE * _PLANE + _PLANE)
        _SQUARE @ _SQUARE


def reference_load_ms(repeats: int = 3) -> float:
    """Median time of ``reference_load``."""
    durations = []
    for _ in range(repeats):
        started = time.perf_counter()
        reference_load()
        durations.append(1e3 * (time.perf_counter() - started))
    return float(np.median(durations))
