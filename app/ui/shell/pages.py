# SPDX-License-Identifier: Apache-2.0
"""The six pages of a visit."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.visits import Step
from app.ui.attendance.page import CheckInPage
from app.ui.common.page import Page
from app.ui.fingerprints.page import FingersPage
from app.ui.receipt.page import ReceiptPage
from app.ui.review.page import ReviewPage
from app.ui.signatures.page import SignaturesPage
from app.ui.students.page import StudentPage


@dataclass(frozen=True, slots=True)
class Pages:
    """One page per step."""

    student: StudentPage
    fingers: FingersPage
    signatures: SignaturesPage
    check_in: CheckInPage
    review: ReviewPage
    receipt: ReceiptPage

    def by_name(self) -> dict[str, Page]:
        """The pages by the value of their step."""
        return {
            Step.STUDENT.value: self.student,
            Step.FINGERS.value: self.fingers,
            Step.SIGNATURES.value: self.signatures,
            Step.CHECK_IN.value: self.check_in,
            Step.REVIEW.value: self.review,
            Step.RECEIPT.value: self.receipt,
        }
