# SPDX-License-Identifier: Apache-2.0
"""What the receipt says: everything of the visit that the student or guardian may take home on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import segno

from app.domain.listings import Receipt
from app.domain.visits import Visit


class ReceiptService:
    """Makes receipts of visits."""

    def __init__(self, school: str, station: str, clock: Callable[[], datetime]) -> None:
        self._school = school
        self._station = station
        self._clock = clock

    def receipt(self, visit: Visit) -> Receipt:
        """The receipt; its QR code holds the visit's session id and nothing of the student."""
        return Receipt(
            school=self._school,
            station=self._station,
            student=visit.student,
            number=visit.receipt_number,
            session_id=visit.session_id,
            issued_at=visit.completed_at or self._clock(),
            fingers=visit.fingers,
            signature_steps=len(visit.signatures.accepted),
            signature_skip=visit.signatures.skip,
            check_in=visit.check_in,
            check_in_skip=visit.check_in_skip,
            qr=qr_modules(visit.session_id),
        )


def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of a QR code (error level M, no border), True is dark."""
    return tuple(tuple(bool(module) for module in row) for row in segno.make_qr(text, error="m").matrix)
