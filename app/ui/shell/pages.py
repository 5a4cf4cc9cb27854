# SPDX-License-Identifier: Apache-2.0
"""The six pages of a visit."""

from __future__ import annotations

from dataclasses import dataclass

from app.ui.attendance.page import CheckInPage
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
