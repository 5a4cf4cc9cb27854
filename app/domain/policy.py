# SPDX-License-Identifier: Apache-2.0
"""The school's rules for capturing: which fingers, how many impressions, from which quality on, what is kept.

The values come from the settings files; whatever decides something takes a ``Policy`` as an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.domain.fingerprints import Finger, SkipReason

#: Below that a school with some hundred students would be asked about strangers every day; beyond a billion
#: the rates of the matcher are not known.
LEAST_DUPLICATE_ONE_IN, MOST_DUPLICATE_ONE_IN = 100_000, 1_000_000_000


class VerifyTouch(str, Enum):
    """When a finger is asked for once more at its end, to prove that it is recognized.

    Every touch after the first is matched with the earlier ones anyway. ``UNPROVEN`` asks for another touch
    only where none of them matched as surely as a sign-in must, so that a queue of students is not slowed.
    """

    NEVER = "never"
    UNPROVEN = "unproven"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules that hold for every student of a station.

    Attributes:
        required_fingers: fingers that an enrollment asks for, in this order; each at most once, at least one.
        impressions_per_finger: good impressions wanted of each finger, 1 to 10.
        refuse_below: an impression below this quality (0-100) is never kept.
        ask_again_below: below this quality the finger is asked for again while attempts remain.
        good_from: from this quality on an impression is called good.
        max_poor_attempts: poor attempts after which the next best finger is offered, at least 1.
        keep_images: whether the image itself is stored (sealed) beside the template.
        skip_reasons: reasons that the operator may give for leaving a finger out.
        temp_enrollment_ttl_s: life of an unfinished signature enrollment, seconds.
        visit_idle_days: days without an answer after which a visit ends.
        xp_per_answer: points that an answer gives.
        verify_touch: when a finger is touched once more to prove its enrollment.
        duplicate_one_in: another student's finger is shown as the same one where by chance at most one
            finger in so many looks as much alike; 100,000 or more.
        late_after_s: seconds after the start of a class session from which a check-in is late.

    Raises:
        ValueError: values that contradict each other; the message starts with the field's name.
    """

    required_fingers: tuple[Finger, ...] = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)
    impressions_per_finger: int = 3
    refuse_below: int = 20
    ask_again_below: int = 35
    good_from: int = 50
    max_poor_attempts: int = 3
    keep_images: bool = False
    skip_reasons: tuple[SkipReason, ...] = tuple(SkipReason)
    temp_enrollment_ttl_s: int = 7200
    visit_idle_days: int = 30
    xp_per_answer: int = 10
    late_after_s: int = 600
    verify_touch: VerifyTouch = VerifyTouch.UNPROVEN
    duplicate_one_in: int = LEAST_DUPLICATE_ONE_IN

    def __post_init__(self) -> None:
        if not self.required_fingers or len(set(self.required_fingers)) != len(self.required_fingers):
            raise ValueError("required_fingers: at least one finger, each once")
        if not 1 <= self.impressions_per_finger <= 10:
            raise ValueError("impressions_per_finger: 1 to 10")
        if not 0 <= self.refuse_below <= 100:
            raise ValueError("refuse_below: 0 to 100")
        if not self.refuse_below <= self.ask_again_below <= 100:
            raise ValueError("ask_again_below: refuse_below to 100")
        if not self.ask_again_below <= self.good_from <= 100:
            raise ValueError("good_from: ask_again_below to 100")
        for name in ("max_poor_attempts", "temp_enrollment_ttl_s", "visit_idle_days"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: at least 1")
        if not LEAST_DUPLICATE_ONE_IN <= self.duplicate_one_in <= MOST_DUPLICATE_ONE_IN:
            raise ValueError("duplicate_one_in: 100,000 to 1,000,000,000")
        if self.xp_per_answer < 0:
            raise ValueError("xp_per_answer: 0 or more")

    @property
    def duplicate_false_match_rate(self) -> float:
        """The false match rate at which another student's finger is shown as the same one."""
        return 1.0 / self.duplicate_one_in
