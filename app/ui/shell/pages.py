# SPDX-License-Identifier: Apache-2.0
"""The six pages of a visit, and the one of signing in."""

from __future__ import annotations

from dataclasses import dataclass

from app.ui.attendance.page import CheckInPage
from app.ui.fingerprints.page import FingersPage
from app.ui.receipt.page import ReceiptPage
from app.ui.review.page import ReviewPage
from app.ui.signatures.page import SignaturesPage
from app.ui.signatures.sign_in_page import SignInPage
from app.ui.students.page import StudentPage


@dataclass(frozen=True, slots=True)
class Pages:
    """One page per step; ``sign_in`` is there where the station can compare signatures."""

    student: StudentPage
    fingers: FingersPage
    signatures: SignaturesPage
    check_in: CheckInPage
    review: ReviewPage
    receipt: ReceiptPage
    sign_in: SignInPage | None = None
