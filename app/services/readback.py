# SPDX-License-Identifier: Apache-2.0
"""Reads back what visits left in the database and proves that the sealed parts open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.domain.errors import OperatorError, SetupError
from app.security.sealed import SealContext
from app.services.subject_keys import SubjectKeys
from app.services.writer import Writer
from app.storage.evidence import VisitEvidence, visit_evidence


class ReadBackService:
    """Gives the rows of a visit as plain facts: counts, scores, and whether each sealed value opens."""

    def __init__(self, writer: Writer, keys: SubjectKeys) -> None:
        self._writer = writer
        self._keys = keys

    def visit(self, session_id: str) -> dict[str, Any]:
        """The facts of one visit, JSON values.

        Raises:
            OperatorError: ``session_not_found``.
        """
        with self._writer.store.reading() as session:
            evidence = visit_evidence(session, session_id)
        if evidence is None:
            raise OperatorError("session_not_found", session_id=session_id)
        return {
            "session_id": evidence.session_id,
            "status": evidence.status,
            "receipt_number": evidence.receipt_number,
            "fingers": self._fingers(evidence),
            "skipped_fingers": list(evidence.skipped_fingers),
            "signature_steps": [step.step_number for step in evidence.steps],
            "signature_status": evidence.signature_status,
            "signatures_open": all(
                self._opens(
                    evidence.student_uid,
                    "signature_samples",
                    "signature_data",
                    step.step_uid,
                    step.picture_token,
                )
                for step in evidence.steps
            ),
            "drafts": evidence.drafts,
            "attendance_rows": evidence.attendance,
        }

    def _fingers(self, evidence: VisitEvidence) -> list[dict[str, Any]]:
        return [
            {
                "finger": row.finger_id,
                "status": row.status,
                "quality": row.quality,
                "template_opens": self._opens(
                    evidence.student_uid, "enrollment_sessions", "template_data", row.uid, row.template_token
                ),
                "impressions": [
                    {
                        "uid": str(impression.uid),
                        "quality": impression.quality,
                        "accepted": impression.accepted,
                        "template_opens": self._opens(
                            evidence.student_uid,
                            "impressions",
                            "template_data",
                            impression.uid,
                            impression.template_token,
                        ),
                    }
                    for impression in evidence.impressions
                    if impression.finger_id == row.finger_id
                ],
            }
            for row in evidence.sessions
        ]

    def _opens(self, subject_uid: UUID, table: str, column: str, row_uid: UUID, token: str | None) -> bool:
        if token is None:
            return False
        try:
            self._keys.of(subject_uid).open(token, SealContext(table, column, row_uid, subject_uid))
        except SetupError:
            return False
        return True
