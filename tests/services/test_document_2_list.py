# SPDX-License-Identifier: Apache-2.0
"""The list of everything that source document 2 names, and the tests that show it; a missing one fails."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
_HERE = "services/test_document_2.py"
_SIGNING = "services/test_signing.py"
_SQL = "storage/test_sql_functions.py"
_SCHEMA = "migrations/test_documents.py"

#: Everything that the document names -> the tests that show it.
CHECKLIST: dict[str, tuple[str, ...]] = {
    "table temp_enrollments": (
        f"{_HERE}::test_the_table_has_the_column",
        f"{_SCHEMA}::test_tables_and_columns_of_the_document",
    ),
    "table temp_enrollment_steps": (
        f"{_HERE}::test_the_table_has_the_column",
        f"{_SQL}::test_a_deleted_enrollment_takes_its_steps_along",
    ),
    "flow_type signup": (
        f"{_HERE}::test_flow_type_signup",
        f"{_SCHEMA}::test_enumerations_hold_the_values_of_the_documents",
    ),
    "flow_type signin": (f"{_HERE}::test_flow_type_signin",),
    "status in_progress": (f"{_HERE}::test_status_in_progress",),
    "status completed": (f"{_HERE}::test_status_completed",),
    "status expired": (f"{_HERE}::test_status_expired",),
    "step_type signature, shape, drawing": (f"{_HERE}::test_step_type_signature_shape_and_drawing",),
    "step_number 1-11 for signup, 1 for signin": (
        f"{_HERE}::test_step_number_is_1_to_11_for_signup_and_1_for_signin",
    ),
    "expires_at: auto-expiry time (2 hours default)": (
        f"{_SCHEMA}::test_document_2_enrollments_expire_two_hours_after_their_start",
        f"{_SIGNING}::test_expired_enrollments_take_and_complete_nothing",
    ),
    "device_info and metadata": (f"{_HERE}::test_metadata_knows_the_station_and_device_info_is_sealed",),
    "signature_data: base64 encoded image data": (
        f"{_SIGNING}::test_drawings_survive_a_restart_sealed",
        "services/test_source_defects.py::test_pictures_of_one_size_do_not_make_two_signatures_alike",
    ),
    "raw_data, metrics": (f"{_HERE}::test_raw_data_and_metrics_are_documents_behind_a_seal",),
    "index idx_temp_enrollments_session_id": (f"{_SCHEMA}::test_indexes_of_the_document",),
    "index idx_temp_enrollments_username": (f"{_SCHEMA}::test_indexes_of_the_document",),
    "index idx_temp_enrollments_expires_at": (f"{_SCHEMA}::test_indexes_of_the_document",),
    "index idx_users_username_lower": (
        f"{_SCHEMA}::test_indexes_of_the_document",
        "services/test_source_defects.py::test_a_username_signs_up_once_whatever_its_case",
    ),
    "function get_enrollment_progress": (
        f"{_HERE}::test_function_get_enrollment_progress_equals_the_service",
        f"{_SQL}::test_get_enrollment_progress_in_sql_equals_python",
        f"{_SIGNING}::test_get_enrollment_progress",
    ),
    "function complete_enrollment": (
        f"{_HERE}::test_function_complete_enrollment_equals_the_service",
        f"{_SQL}::test_complete_enrollment_in_sql_equals_python",
        f"{_SIGNING}::test_complete_enrollment",
    ),
    "function cleanup_expired_enrollments": (
        f"{_HERE}::test_function_cleanup_expired_enrollments_equals_the_service",
        f"{_SQL}::test_cleanup_expired_enrollments_in_sql_equals_python",
        f"{_SIGNING}::test_cleanup_expired_enrollments",
    ),
    "message Enrollment session not found or already completed": (
        f"{_HERE}::test_message_enrollment_session_not_found_or_already_completed",
    ),
    "message Enrollment is not complete": (f"{_HERE}::test_message_enrollment_is_not_complete",),
    "message Sign-up enrollment completed - ready for processing": (
        f"{_HERE}::test_message_sign_up_enrollment_completed_ready_for_processing",
    ),
    "message Sign-in enrollment completed": (f"{_HERE}::test_message_sign_in_enrollment_completed",),
    "/api/check-username": (f"{_SIGNING}::test_check_username",),
    "/api/check-user-exists": (f"{_SIGNING}::test_check_user_exists",),
    "/api/save-drawing": (
        f"{_SIGNING}::test_save_drawing_returns_session_id_on_first_call_and_tracks_progress",
        f"{_HERE}::test_the_example_calls_of_the_document",
    ),
    "/register with useTemporaryData": (f"{_SIGNING}::test_register_with_temporary_data",),
    "/login with useTemporaryData": (
        f"{_SIGNING}::test_login_with_temporary_data",
        "journeys/test_sign_in_window.py::test_a_genuine_signature_is_consistent_checks_in_and_may_be_kept",
    ),
    "run cleanup function hourly": (
        "services/test_upkeep.py::test_expired_enrollments_are_cleaned_up_once_an_hour",
    ),
    "monitor table growth with expired sessions": (
        "commands/test_enrollments.py::test_status_answers_the_monitoring_queries",
    ),
    "archive completed enrollments": (
        "commands/test_enrollments.py::test_completed_enrollments_are_archived",
        "services/test_signature_references.py::test_archive_completed_enrollments_keeps_facts_and_no_drawing",
    ),
    "query check active sessions": (f"{_HERE}::test_query_check_active_sessions",),
    "query check expired sessions pending cleanup": (
        f"{_HERE}::test_query_check_expired_sessions_pending_cleanup",
    ),
    "query average steps per enrollment type": (f"{_HERE}::test_query_average_steps_per_enrollment_type",),
    "data persistence across restarts": (f"{_SIGNING}::test_drawings_survive_a_restart_sealed",),
}


@pytest.mark.parametrize("item", CHECKLIST)
def test_what_the_document_names_has_a_test(item: str) -> None:
    for node in CHECKLIST[item]:
        file, name = node.split("::")
        tree = ast.parse((TESTS / file).read_text("utf-8"))
        found = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name]
        assert found, node
        marks = " ".join(ast.unparse(mark) for mark in found[0].decorator_list)
        assert "skip" not in marks
        assert "xfail" not in marks
