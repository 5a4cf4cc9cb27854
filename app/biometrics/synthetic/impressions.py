# SPDX-License-Identifier: Apache-2.0
"""Impressions of a synthetic finger: what a reader sees when the finger is put on its glass, well or badly.

A point of the image is ridge where skin touches the glass: where ridge height plus local pressure is
positive. Pressure falls off towards the edge of the contact, differs from place to place and is high for wet,
low for dry skin, so that thin, broken, thick or merged ridges follow from one rule. The skin is stretched
around the part that sticks to the glass as in Cappelli, Maio, Maltoni, "Modelling plastic distortion in
fingerprint images" (2001).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from app.biometrics.synthetic.fingers import SyntheticFinger

Plane = NDArray[np.float32]


class Condition(str, Enum):
    """How the finger is put down. ``OFF_LEFT``: the finger lies too far to the left, and so on."""

    GOOD = "good"
    DRY = "dry"
    WET = "wet"
    OFF_LEFT = "off_left"
    OFF_RIGHT = "off_right"
    OFF_TOP = "off_top"
    OFF_BOTTOM = "off_bottom"
    SMALL = "small"
    SMEARED = "smeared"
    FINGERTIP = "fingertip"
    DIRTY = "dirty"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Touch:
    """One placement. Lengths in pixels at 500 ppi, angles in radians, seen on the image (y downwards).

    Attributes:
        shift_x, shift_y: where the middle of the contact lies, from its usual place on the glass.
        over_x, over_y: which part of the finger is over that middle, from the finger's own middle.
        turn: rotation of the finger.
        half_width, half_height: half axes of the contact.
        pressure: added to ridge heights of -1 to 1; 0 makes ridges and valleys equally wide.
        roughness: how much the pressure varies from spot to spot.
        strain: by how much the skin is dragged outside the part that sticks.
        smear: how far the finger slid while it was read.
    """

    shift_x: float
    shift_y: float
    over_x: float
    over_y: float
    turn: float
    half_width: float
    half_height: float
    pressure: float
    roughness: float
    strain: float
    smear: float = 0.0


def draw_touch(condition: Condition, rng: np.random.Generator, width_px: int, height_px: int) -> Touch:
    """A placement of that condition on a glass of that size, as people put their fingers down."""
    good = Touch(
        shift_x=rng.normal(0, 7),
        shift_y=rng.normal(0, 8),
        over_x=rng.normal(0, 8),
        over_y=rng.normal(0, 10),
        turn=rng.normal(0, 0.10),
        half_width=rng.uniform(108, 128),
        half_height=rng.uniform(142, 166),
        pressure=rng.normal(0.08, 0.10),
        roughness=rng.uniform(0.30, 0.45),
        strain=rng.uniform(3, 8),
    )
    if condition is Condition.DRY:
        return replace(good, pressure=rng.uniform(-0.85, -0.60), roughness=rng.uniform(0.85, 1.05))
    if condition is Condition.WET:
        return replace(good, pressure=rng.uniform(1.0, 1.25), roughness=rng.uniform(0.35, 0.5))
    if condition is Condition.SMALL:
        size = rng.uniform(0.42, 0.52)
        return replace(good, half_width=good.half_width * size, half_height=good.half_height * size)
    if condition is Condition.FINGERTIP:
        # Only the tip touches: a wide, low patch of ridges from above the core, rather high on the glass.
        return replace(
            good,
            shift_y=-height_px * rng.uniform(0.08, 0.18),
            over_y=rng.uniform(-165, -145),
            half_width=rng.uniform(72, 88),
            half_height=rng.uniform(52, 64),
        )
    if condition is Condition.SMEARED:
        return replace(good, smear=rng.uniform(14, 22), pressure=rng.uniform(0.1, 0.4))
    across = rng.uniform(0.42, 0.52) * width_px
    along = rng.uniform(0.42, 0.52) * height_px
    moves = {
        Condition.OFF_LEFT: (-across, 0.0),
        Condition.OFF_RIGHT: (across, 0.0),
        Condition.OFF_TOP: (0.0, -along),
        Condition.OFF_BOTTOM: (0.0, along),
    }
    if condition in moves:
        return replace(
            good, shift_x=good.shift_x + moves[condition][0], shift_y=good.shift_y + moves[condition][1]
        )
    return good


def _cloud(rng: np.random.Generator, height: int, width: int, cell_px: float) -> Plane:
    """Smooth noise with standard deviation near 1 and spots of about ``cell_px``."""
    rows, columns = int(np.ceil(height / cell_px)) + 3, int(np.ceil(width / cell_px)) + 3
    coarse = rng.standard_normal((rows, columns), dtype=np.float32)
    large = cv2.resize(coarse, None, fx=cell_px, fy=cell_px, interpolation=cv2.INTER_CUBIC)
    return np.asarray(large[:height, :width] * np.float32(1.25), dtype=np.float32)


def _sampling(touch: Touch, rng: np.random.Generator, height: int, width: int) -> tuple[Plane, Plane, Plane]:
    """Where each image point lies on the skin, in pixels from the finger's middle, and how far out."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    x = columns - np.float32(width / 2 + touch.shift_x)
    y = rows - np.float32(max(height * 0.52, height / 2) + touch.shift_y)
    angle = touch.turn
    right = np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y
    down = np.float32(-np.sin(angle)) * x + np.float32(np.cos(angle)) * y
    # The contact is an egg: blunt at the tip, and its edge is never quite smooth.
    outline = 1 + 0.06 * np.cos(2 * np.arctan2(down, right)) + 0.03 * _cloud(rng, height, width, 48.0)
    reach = np.sqrt((right / touch.half_width) ** 2 + (down / touch.half_height) ** 2) / outline
    # The middle sticks; further out the skin is dragged along with the finger's push and twist.
    slip = np.float32(0.5) - np.float32(0.5) * np.cos(np.pi * np.clip((reach - 0.25) / 0.85, 0, 1))
    way, twist = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.035)
    drag_x = touch.strain * np.cos(way) - twist * down + 1.3 * _cloud(rng, height, width, 72.0)
    drag_y = touch.strain * np.sin(way) + twist * right + 1.3 * _cloud(rng, height, width, 72.0)
    return (
        np.asarray(right + slip * drag_x + touch.over_x, dtype=np.float32),
        np.asarray(down + slip * drag_y + touch.over_y, dtype=np.float32),
        np.asarray(reach, dtype=np.float32),
    )


def _ridges(finger: SyntheticFinger, x: Plane, y: Plane) -> Plane:
    height, width = finger.skin.shape
    worn = finger.skin.astype(np.float32) - np.float32(1.1) * finger.marks
    return np.asarray(
        cv2.remap(
            worn,
            x + width / 2,
            y + height / 2,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=-127.0,
        )
        / np.float32(127.0),
        dtype=np.float32,
    )


def _contact(
    finger: SyntheticFinger, touch: Touch, rng: np.random.Generator, height: int, width: int
) -> Plane:
    """How much skin touches each image point, 0 to 1."""
    x, y, reach = _sampling(touch, rng, height, width)
    pressure = touch.pressure + 0.25 * (1 - reach**2) - 5.0 * np.clip(reach - 0.88, 0, None) ** 1.5
    pressure -= 14.0 * np.clip(reach - 1.0, 0, None)
    pressure += 0.22 * _cloud(rng, height, width, 40.0)
    pressure += touch.roughness * (
        0.55 * _cloud(rng, height, width, 3.0) + 0.45 * _cloud(rng, height, width, 9.0)
    )
    if touch.smear:
        # A few moments of the slide lie over each other, the later ones fainter.
        way = rng.uniform(0, 2 * np.pi)
        moments = np.linspace(0.0, touch.smear, 7)
        ridges = np.zeros((height, width), np.float32)
        for number, moment in enumerate(moments):
            bow = moment * (1 + 0.1 * number)
            ridges += _ridges(finger, x + np.float32(bow * np.cos(way)), y + np.float32(bow * np.sin(way)))
        ridges *= np.float32(1.3 / len(moments))
        sharpness = 3.0
    else:
        ridges = _ridges(finger, x, y)
        sharpness = 4.5
    touching = 1 / (1 + np.exp(np.clip(-sharpness * (ridges + pressure), -30, 30)))
    return np.asarray(cv2.GaussianBlur(touching.astype(np.float32), (3, 3), 0.7), dtype=np.float32)


def _glass(rng: np.random.Generator, height: int, width: int) -> Plane:
    """The empty glass, 0 (black) to 255: light, a grey wedge, a few specks near the rim."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    light = (
        243
        - rng.uniform(6, 20) * (rows / height) ** 2
        - rng.uniform(4, 14) * np.abs(2 * columns / width - 1) ** 3
    )
    light += 2.0 * _cloud(rng, height, width, 60.0)
    specks = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.poisson(5))):
        side = rng.random() < 0.5
        x = rng.uniform(0, width) if side else rng.choice((0.03, 0.97)) * width + rng.normal(0, 4)
        y = rng.choice((0.02, 0.98)) * height + rng.normal(0, 4) if side else rng.uniform(0, height)
        cv2.circle(
            specks, (int(x), int(y)), int(rng.integers(1, 3)), int(rng.integers(30, 110)), -1, cv2.LINE_AA
        )
    return np.asarray(light - specks, dtype=np.float32)


def _smudge(rng: np.random.Generator, height: int, width: int) -> Plane:
    """What greasy fingers leave on the glass: grey clouds and streaks, 0 (clean) to 1."""
    clouds = np.clip(_cloud(rng, height, width, 34.0) * 0.5 + 0.35, 0, 1)
    streaks = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(5, 11))):
        start = rng.uniform(0, 1, 2) * (width, height)
        end = start + rng.normal(0, 60, 2)
        first, last = [int(v) for v in start], [int(v) for v in end]
        cv2.line(streaks, first, last, float(rng.uniform(0.3, 0.9)), int(rng.integers(2, 7)), cv2.LINE_AA)
    return np.asarray(clouds * 0.8 + cv2.GaussianBlur(streaks, (0, 0), 2.0), dtype=np.float32)


def make_impression(
    finger: SyntheticFinger | None,
    seed: int,
    width_px: int = 256,
    height_px: int = 288,
    *,
    condition: Condition = Condition.GOOD,
    touch: Touch | None = None,
    bits: int = 4,
) -> NDArray[np.uint8]:
    """One image of the finger on a 500-ppi reader, (height_px, width_px) uint8, ridges dark on light.

    Args:
        finger: None for an empty (``BLANK``) or dirty glass (``DIRTY``).
        seed: another seed is another touch; the same arguments give the same pixels.
        touch: the placement itself, instead of one drawn for the condition.
        bits: 4 gives 16 grey levels, 0 to 255 in steps of 17, as serial modules send them; 8 gives all
            levels.

    Raises:
        ValueError: no finger although the condition needs one, or bits other than 4 and 8.
    """
    if bits not in (4, 8):
        raise ValueError("bits is 4 or 8")
    if finger is None and condition not in (Condition.BLANK, Condition.DIRTY):
        raise ValueError("this condition needs a finger")
    rng = np.random.default_rng([seed, finger.seed if finger else 0, list(Condition).index(condition)])
    light = _glass(rng, height_px, width_px)
    if condition is Condition.DIRTY:
        light -= np.float32(95.0) * np.clip(_smudge(rng, height_px, width_px), 0, 1)
    if finger is not None and condition is not Condition.BLANK:
        placed = touch or draw_touch(condition, rng, width_px, height_px)
        ink = np.float32(rng.uniform(20, 60) if placed.pressure > -0.4 else rng.uniform(70, 110))
        light -= (light - ink) * _contact(finger, placed, rng, height_px, width_px)
    light += rng.standard_normal((height_px, width_px), dtype=np.float32) * np.float32(rng.uniform(2.5, 5.0))
    image = np.clip(np.rint(light), 0, 255).astype(np.uint8)
    return image if bits == 8 else np.asarray(image // 16 * 17, dtype=np.uint8)
