# SPDX-License-Identifier: Apache-2.0
"""The whole error tree: everything a person at the desk or an administrator can act on.

An error carries a code and facts, never a sentence: the sentences are in ``app/ui/common/error_texts.py``,
one per code. Whatever is not an ``AppError`` is a bug and is reported as one.
"""

from __future__ import annotations

from typing import ClassVar


class AppError(Exception):
    """Base of every error the product raises on purpose.

    Args:
        code: one of the class's ``codes``; names the text that is shown.
        facts: values for the text: ids, counts, paths, durations; never a name, a template or a stroke.
    """

    codes: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, code: str, **facts: object) -> None:
        if code not in self.codes:
            raise ValueError(f"{type(self).__name__} has no code {code!r}")
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        facts = " ".join(f"{name}={value}" for name, value in sorted(self.facts.items()))
        return f"{self.code} {facts}".rstrip()


class OperatorError(AppError):
    """Raised when the person at the desk can put it right."""

    codes = frozenset(
        {
            "already_checked_in",
            "answer_invalid",
            "attendance_not_found",
            "columns_missing",
            "course_not_found",
            "device_not_found",
            "enrollment_incomplete",
            "enrollment_not_found",
            "file_is_spreadsheet",
            "file_not_written",
            "file_unreadable",
            "finger_unknown",
            "fingerprint_differs",
            "image_unreadable",
            "input_invalid",
            "page_not_found",
            "question_not_found",
            "record_changed",
            "recovery_code_wrong",
            "recovery_kit_absent",
            "school_not_found",
            "session_ended",
            "session_expired",
            "session_not_found",
            "sign_in_not_accepted",
            "signature_file_invalid",
            "station_not_found",
            "station_not_member",
            "step_not_in_flow",
            "student_exists",
            "student_not_found",
            "subject_erased",
            "template_invalid",
            "transition_not_allowed",
            "username_in_use",
            "username_taken",
            "username_unknown",
            "class_session_closed",
            "class_session_not_found",
            "visit_in_progress",
        }
    )


class DeviceError(AppError):
    """Raised when a reader cannot do what was asked.

    ``retryable`` tells the capture flow whether asking again, without a person's help, makes sense.
    """

    codes = frozenset(
        {
            "reader_absent",
            "reader_busy",
            "reader_disconnected",
            "reader_forbidden",
            "reader_garbled",
            "reader_locked",
            "reader_refused",
            "reader_silent",
            "reader_unsupported",
        }
    )

    def __init__(self, code: str, *, retryable: bool = False, **facts: object) -> None:
        super().__init__(code, **facts)
        self.retryable = retryable


class StorageError(AppError):
    """Raised when a database cannot be used or refuses a write."""

    codes = frozenset(
        {
            "backup_failed",
            "database_busy",
            "database_damaged",
            "database_key_wrong",
            "database_read_only",
            "database_too_new",
            "database_too_old",
            "database_unavailable",
            "disk_full",
            "earlier_operation_waits",
            "migration_failed",
            "operation_mismatch",
            "operations_held",
            "record_refused",
            "restore_refused",
            "schema_differs",
            "server_away",
            "server_closed",
            "server_database_absent",
            "server_login_refused",
            "server_silent",
            "server_too_old",
            "server_unknown",
            "server_unprepared",
        }
    )


class SetupError(AppError):
    """Raised when the station itself is not set up right; an administrator's matter."""

    codes = frozenset(
        {
            "display_missing",
            "folder_unusable",
            "key_absent",
            "key_exists",
            "key_locked",
            "key_store_failed",
            "key_store_unsafe",
            "keys_damaged",
            "passphrase_missing",
            "passphrase_short",
            "passphrase_wrong",
            "profile_in_use",
            "profile_unknown",
            "seal_broken",
            "seal_unsupported",
            "server_url_invalid",
            "server_url_secret",
            "setting_invalid",
            "setting_locked",
            "setting_secret",
            "server_changed",
            "server_missing",
            "server_rolled_back",
            "setup_missing",
            "site_key_absent",
            "station_removed",
        }
    )


class CancelledError(AppError):
    """Raised when a person stopped what was going on. Never shown."""

    codes = frozenset({"cancelled"})

    def __init__(self) -> None:
        super().__init__("cancelled")
