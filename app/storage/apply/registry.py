# SPDX-License-Identifier: Apache-2.0
"""Which function applies which kind of operation. Each feature's file has its own ``APPLIERS``."""

from __future__ import annotations

from collections.abc import Mapping

from app.storage import subject_keys
from app.storage.apply import (
    attendance,
    courses,
    enrollment_sessions,
    finger_checks,
    fingerprints,
    roster,
    sessions,
    signature_references,
    signatures,
    stations,
    students,
    visits,
)
from app.storage.apply.applier import Applier

FEATURES: tuple[Mapping[str, Applier], ...] = (
    subject_keys.APPLIERS,
    stations.APPLIERS,
    students.APPLIERS,
    roster.APPLIERS,
    courses.APPLIERS,
    sessions.APPLIERS,
    enrollment_sessions.APPLIERS,
    visits.APPLIERS,
    fingerprints.APPLIERS,
    finger_checks.APPLIERS,
    signatures.APPLIERS,
    signature_references.APPLIERS,
    attendance.APPLIERS,
)


def appliers(features: tuple[Mapping[str, Applier], ...] = FEATURES) -> dict[str, Applier]:
    """Every known kind with its function.

    Raises:
        ValueError: when two features claim one kind.
    """
    known: dict[str, Applier] = {}
    for feature in features:
        for kind, applier in feature.items():
            if known.setdefault(kind, applier) is not applier:
                raise ValueError(f"two functions apply {kind!r}")
    return known
