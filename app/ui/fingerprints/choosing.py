# SPDX-License-Identifier: Apache-2.0
"""Which finger an act of the page means."""

from __future__ import annotations

from app.domain.enrollment import finger_is_settled
from app.domain.fingerprints import FINGER_PREFERENCE, Finger
from app.domain.policy import Policy
from app.domain.visits import Visit


def other_finger(visit: Visit) -> Finger | None:
    """The best finger that the visit does not ask for yet."""
    asked = {task.finger for task in visit.fingers}
    return next((finger for finger in FINGER_PREFERENCE if finger not in asked), None)


def open_finger_after(visit: Visit, policy: Policy) -> Finger | None:
    """The open finger after the present one, round and round."""
    order = [task.finger for task in visit.fingers if not finger_is_settled(task, policy)]
    if not order:
        return None
    return order[(order.index(visit.finger) + 1) % len(order) if visit.finger in order else 0]


def restartable_finger(visit: Visit) -> Finger | None:
    """The present finger, where it has touches or was skipped and can be captured anew."""
    task = visit.task(visit.finger) if visit.finger is not None else None
    return visit.finger if task is not None and (task.impressions or task.skip is not None) else None
