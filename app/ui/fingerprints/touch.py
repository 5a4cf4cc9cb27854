# SPDX-License-Identifier: Apache-2.0
"""Where a touch stands, as far as the screen is concerned: from the finger on the glass to the next one."""

from __future__ import annotations

from app.domain.fingerprints import Finger, Reason
from app.ui.fingerprints.outcome import Outcome
from app.ui.fingerprints.phases import Phase


class Touch:
    """The moment of a touch.

    Attributes:
        phase: the moment.
        reason: why the last touch was poor; forgotten as soon as it is not true any more.
        finished: the finger that the last touch completed.
        was_check: whether the last touch was the one that proves a finger.
        finger_is_down: whether a finger lies on the glass.
    """

    def __init__(self) -> None:
        self.phase = Phase.PLACE
        self.reason: Reason | None = None
        self.finished: Finger | None = None
        self.was_check = False
        self.finger_is_down = False

    @property
    def is_judged(self) -> bool:
        """Whether a verdict is shown or on its way, which nothing but the next touch takes away."""
        return self.phase in (Phase.LIFT_GOOD, Phase.LIFT_POOR, Phase.SAVING)

    def forget(self) -> None:
        """Nothing has happened yet."""
        self.phase = Phase.PLACE
        self.reason = self.finished = None
        self.was_check = False

    def begin(self) -> None:
        """A finger came onto the glass while one was asked for."""
        self.forget()
        self.phase = Phase.HOLD

    def refuse(self, reason: Reason | None) -> None:
        """The touch cannot become good."""
        self.phase = Phase.LIFT_POOR
        self.reason = reason

    def stored(self, outcome: Outcome, all_done: bool) -> None:
        """The touch is durable now."""
        self.reason, self.finished = outcome.reason, outcome.finished
        self.was_check = outcome.was_check
        if self.finger_is_down:
            self.phase = Phase.LIFT_GOOD if outcome.kept else Phase.LIFT_POOR
        else:
            self._ask_again(outcome.kept, all_done)

    def end(self, all_done: bool) -> None:
        """The finger left the glass."""
        self.finger_is_down = False
        if self.phase in (Phase.LIFT_GOOD, Phase.LIFT_POOR):
            self._ask_again(self.phase is Phase.LIFT_GOOD, all_done)
        elif self.phase is Phase.HOLD:
            self.forget()
            self.reason = Reason.MOVED
            self.phase = Phase.AGAIN

    def lose_reader(self) -> bool:
        """The reader changed its condition; whether a touch was broken off by it."""
        self.finger_is_down = False
        broken = self.phase is Phase.HOLD
        if self.phase in (Phase.HOLD, Phase.LIFT_GOOD, Phase.LIFT_POOR):
            self.phase = Phase.PLACE
        return broken

    def _ask_again(self, kept: bool, all_done: bool) -> None:
        if not kept:
            self.phase = Phase.AGAIN
        elif all_done:
            self.phase = Phase.DONE
        else:
            self.phase = Phase.PLACE if self.finished is not None else Phase.NEXT
