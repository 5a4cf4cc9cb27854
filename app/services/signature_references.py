# SPDX-License-Identifier: Apache-2.0
"""The signatures that a user is known by: from sign-up, and sign-ins kept with the operator's consent."""

from __future__ import annotations

from app.domain.errors import OperatorError
from app.domain.operations_signatures import KeepReference
from app.domain.signature_codec import from_bytes, to_bytes
from app.domain.signatures import SignatureRecord
from app.security.sealed import SealContext
from app.services.signing_values import KnownSignature
from app.services.subject_keys import SubjectKeys
from app.services.writer import Writer
from app.storage.signature_references import StoredReference, reference_signatures

MAX_REFERENCES = 6
_TABLE, _COLUMN = "signature_references", "raw_data"


class SignatureReferences:
    """Reads and keeps references.

    Args:
        limit: signatures that a user is known by at most; where there are more, the oldest are left out.
    """

    def __init__(self, writer: Writer, keys: SubjectKeys, limit: int = MAX_REFERENCES) -> None:
        self._writer = writer
        self._keys = keys
        self._limit = limit

    def of(self, username: str) -> tuple[KnownSignature, ...]:
        """A user's references, the oldest first.

        Raises:
            OperatorError: ``username_unknown`` where there is none.
            SetupError: ``seal_broken`` where the key was destroyed.
        """
        return tuple(
            KnownSignature(
                found.uid,
                found.captured_at,
                from_bytes(
                    self._keys.of(found.subject_uid).open(
                        found.raw_data, SealContext(found.table, _COLUMN, found.uid, found.subject_uid)
                    )
                ),
            )
            for found in self._stored(username)
        )

    def keep(self, username: str, session_id: str, record: SignatureRecord) -> bool:
        """Keep the drawing of an accepted sign-in; False where it is kept already.

        Raises:
            OperatorError: ``username_unknown``, ``enrollment_not_found``, or ``sign_in_not_accepted`` where
                the answer was not "consistent".
        """
        # Under the key of the newest reference: what destroys the sign-up's signatures destroys this one.
        subject_uid = self._stored(username)[-1].subject_uid
        reference_uid = self._writer.new_id()
        token = self._keys.of(subject_uid).seal(
            to_bytes(record), SealContext(_TABLE, _COLUMN, reference_uid, subject_uid)
        )
        answer = self._writer.write(
            reference_uid,
            KeepReference(username, session_id, reference_uid, subject_uid, token, self._limit),
        )
        return bool(answer["kept"])

    def _stored(self, username: str) -> tuple[StoredReference, ...]:
        with self._writer.store.reading() as session:
            found = reference_signatures(session, username, self._limit)
        if not found:
            raise OperatorError("username_unknown")
        return found
