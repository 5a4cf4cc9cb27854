# SPDX-License-Identifier: Apache-2.0
"""A desk whose touches are compared: by a made-up engine, or by the station's own on synthetic fingers."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID

from app.biometrics.synthetic.fingers import SyntheticFinger, make_finger
from app.biometrics.synthetic.impressions import make_impression
from app.domain.capture import Frame, Polarity
from app.domain.capture_events import CapturedImpression
from app.domain.fingerprints import Finger
from app.domain.policy import Policy
from app.domain.visits import Visit
from app.services.enrollment import EnrollmentService
from app.services.finger_checks import FingerChecks
from app.services.finger_engine import Compared, FingerEngine, OwnEngine
from app.services.finger_sign_in import FingerSignInService
from app.services.fingerprint_templates import extracted
from app.services.gallery import GalleryService
from app.services.impressions import ImpressionVault
from app.storage.store import Store
from tests.services.desk import Desk, open_desk, touch

WIDTH_PX, HEIGHT_PX = 256, 288
SURE, UNSURE, NEVER = 1e-9, 1e-3, 1.0


class NamedEngine:
    """Compares templates of the form ``finger/spot``: equal fingers match, a spot seen before adds nothing.

    A spot that begins with ``?`` matches, but not as surely as a proof must.
    """

    def __init__(self) -> None:
        self.made_ready = 0

    def ready(self, template: bytes) -> object | None:
        self.made_ready += 1
        return tuple(template.decode().split("/")) if b"/" in template else None

    def compare(self, new: object, earlier: Sequence[object]) -> Compared:
        finger, spot = cast(tuple[str, str], new)
        same = any(cast(tuple[str, str], one)[0] == finger for one in earlier)
        rate = (UNSURE if spot.startswith("?") else SURE) if same else NEVER
        return Compared(10.0 if same else -3.0, rate)

    def area_added(self, new: object, earlier: Sequence[object]) -> float:
        return 0.0 if new in earlier else 0.4


@dataclass(frozen=True)
class FingerDesk:
    """A desk, and what of it compares fingers."""

    desk: Desk
    vault: ImpressionVault
    checks: FingerChecks
    gallery: GalleryService
    sign_in: FingerSignInService

    @property
    def enrollment(self) -> EnrollmentService:
        return self.desk.enrollment

    @property
    def policy(self) -> Policy:
        return self.desk.policy

    def give(self, visit: Visit, finger: Finger, template: str, quality: int = 70) -> Visit:
        """Record a touch with a template of the made-up engine."""
        taken = touch(quality, self.policy, template.encode())
        return self.enrollment.record_impression(visit, finger, taken)


def open_finger_desk(
    store: Store,
    policy: Policy | None = None,
    engine: FingerEngine | None = None,
    site_uid: UUID | None = None,
) -> FingerDesk:
    """Services on a store; without an engine the station's own compares."""
    desk = open_desk(store, policy, site_uid)
    vault = ImpressionVault(desk.writer, desk.keys)
    chosen = engine or OwnEngine()
    checks = FingerChecks(vault, chosen)
    ticks = itertools.count()
    gallery = GalleryService(desk.writer, vault, lambda: float(next(ticks)))
    enrollment = EnrollmentService(
        desk.writer,
        vault,
        desk.signing,
        desk.attendance.write_check_in,
        desk.policy,
        checks=checks,
        gallery=gallery if engine is None else None,
    )
    sign_in = FingerSignInService(desk.writer, vault, chosen, gallery, lambda: float(next(ticks)))
    return FingerDesk(replace(desk, enrollment=enrollment), vault, checks, gallery, sign_in)


@functools.lru_cache(maxsize=64)
def _grown(seed: int) -> SyntheticFinger:
    return make_finger(seed)


@functools.lru_cache(maxsize=64)
def synthetic_image(seed: int, number: int) -> bytes:
    """The picture of a touch of a synthetic finger."""
    return make_impression(_grown(seed), number, WIDTH_PX, HEIGHT_PX).tobytes()


@functools.lru_cache(maxsize=512)
def synthetic_template(seed: int, number: int) -> bytes:
    """The template of a touch of a synthetic finger; ``number`` makes each touch a little different."""
    pixels = synthetic_image(seed, number)
    made = extracted(Frame(WIDTH_PX, HEIGHT_PX, 500, 8, Polarity.DARK_RIDGES, pixels, 0.0, 0.0, 0.0))
    assert made is not None
    return made.template


def synthetic_touch(policy: Policy, seed: int, number: int) -> CapturedImpression:
    """A touch of good quality of a synthetic finger."""
    return touch(70, policy, synthetic_template(seed, number))


def student(desk: FingerDesk, name: str) -> UUID:
    return desk.desk.students.add(name).uid
