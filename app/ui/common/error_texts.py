# SPDX-License-Identifier: Apache-2.0
"""What the product says about each error: what happened, and what to do about it.

One text per code of ``app/domain/errors.py`` (those for administrators are in ``setup_error_texts``);
``{name}`` stands for a fact of that name, which whoever raises the code has to give. Imports no Qt, because
the command line shows the same texts; a screen hands in its translation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import Formatter

from app.domain.errors import AppError
from app.ui.common.error_text import QT_TRANSLATE_NOOP, ErrorText
from app.ui.common.key_error_texts import KEY_TEXTS
from app.ui.common.setup_error_texts import SETUP_TEXTS

#: Added to what happened where the fact ``file`` is known and the text does not show it itself.
IN_FILE = QT_TRANSLATE_NOOP("errors", "It is in {file}.")


def describe(error: AppError, translate: Callable[[str], str] = str) -> ErrorText:
    """The text of an error; as ``text_of``."""
    return text_of(error.code, error.facts, translate)


def text_of(code: str, facts: Mapping[str, object], translate: Callable[[str], str] = str) -> ErrorText:
    """The text of a code with its facts filled in; a fact that is missing shows as ``?``.

    Args:
        code: of any error of the tree.
        translate: gives a marked text in the user's language; by default the text as it is.
    """
    text = TEXTS[code]
    what = translate(text.what)
    if "file" in facts and "file" not in fields_of(what):
        what = f"{what} {translate(IN_FILE)}"
    return ErrorText(what=_filled(what, facts), what_to_do=_filled(translate(text.what_to_do), facts))


def fields_of(text: str) -> frozenset[str]:
    """The names of the facts that a text shows."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def _filled(text: str, facts: Mapping[str, object]) -> str:
    return text.format_map({name: facts.get(name, "?") for name in fields_of(text)})


TEXTS: dict[str, ErrorText] = {
    # The person at the desk can put these right.
    "already_checked_in": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This student is already checked in for this class."),
        QT_TRANSLATE_NOOP("errors", "Nothing needs to be done. Go on with the next student."),
    ),
    "answer_invalid": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This answer does not fit the question."),
        QT_TRANSLATE_NOOP("errors", "Choose one of the offered answers and save again."),
    ),
    "attendance_not_found": ErrorText(
        QT_TRANSLATE_NOOP("errors", "There is no check-in for this student and class."),
        QT_TRANSLATE_NOOP("errors", "Check the student in first, or choose another class."),
    ),
    "class_session_closed": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This class session has ended or was cancelled."),
        QT_TRANSLATE_NOOP("errors", "Choose another session, or leave the check-in out."),
    ),
    "class_session_not_found": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This class is not on the list."),
        QT_TRANSLATE_NOOP("errors", "Choose a class from the list, or leave out the check-in."),
    ),
    "columns_missing": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The file has no column for: {columns}."),
        QT_TRANSLATE_NOOP("errors", "Add the column with its heading in the first line and import again."),
    ),
    "course_not_found": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This course is not on the list."),
        QT_TRANSLATE_NOOP("errors", "Check the course's name, or add the course first."),
    ),
    "device_not_found": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This fingerprint reader is not known."),
        QT_TRANSLATE_NOOP("errors", "Use the reader at the station once, so that it is on the list."),
    ),
    "enrollment_incomplete": ErrorText(
        QT_TRANSLATE_NOOP("errors", "Some steps of this enrollment are still open."),
        QT_TRANSLATE_NOOP(
            "errors", "Open the steps that the list does not show as done or skipped, then finish."
        ),
    ),
    "enrollment_not_found": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This enrollment is no longer there."),
        QT_TRANSLATE_NOOP("errors", "Search for the student and start again."),
    ),
    "file_is_spreadsheet": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This is a spreadsheet's own format, which cannot be imported."),
        QT_TRANSLATE_NOOP("errors", 'Open it there, choose "Save as" and the kind CSV, then import that.'),
    ),
    "file_not_written": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The file {file} could not be written."),
        QT_TRANSLATE_NOOP("errors", "See that it is not open elsewhere, or choose another folder."),
    ),
    "file_unreadable": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The file cannot be read."),
        QT_TRANSLATE_NOOP(
            "errors", "See that it still exists and is not open elsewhere, or choose another file."
        ),
    ),
    "finger_unknown": ErrorText(
        QT_TRANSLATE_NOOP("errors", "There is no such finger."),
        QT_TRANSLATE_NOOP("errors", "Choose one of the ten fingers on the hands or in the list."),
    ),
    "image_unreadable": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This picture cannot be read."),
        QT_TRANSLATE_NOOP("errors", "Use a picture of a kind that is supported, such as PNG or BMP."),
    ),
    "input_invalid": ErrorText(
        QT_TRANSLATE_NOOP("errors", "Something that was entered cannot be used."),
        QT_TRANSLATE_NOOP("errors", "Correct the marked entry and save again."),
    ),
    "page_not_found": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This page of questions does not exist."),
        QT_TRANSLATE_NOOP("errors", "Go back to the first page and go on from there."),
    ),
    "question_not_found": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This question does not exist."),
        QT_TRANSLATE_NOOP("errors", "Open the page again; its questions may have changed."),
    ),
    "record_changed": ErrorText(
        QT_TRANSLATE_NOOP("errors", "Somebody else changed this in the meantime. Your change was not saved."),
        QT_TRANSLATE_NOOP("errors", "Look at what it says now and change it again if that is still needed."),
    ),
    "school_not_found": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This school is not on the list."),
        QT_TRANSLATE_NOOP("errors", "Check the school's name, or set the station up for this school."),
    ),
    "session_ended": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This enrollment has already ended. What was saved before stays saved."),
        QT_TRANSLATE_NOOP("errors", "Search for the student and start a new one if something is missing."),
    ),
    "session_expired": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This enrollment was left open for too long and has ended."),
        QT_TRANSLATE_NOOP("errors", "Search for the student and start a new one."),
    ),
    "session_not_found": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This enrollment is no longer there."),
        QT_TRANSLATE_NOOP("errors", "Search for the student and start again."),
    ),
    "sign_in_not_accepted": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This sign-in did not agree with the signatures that are known."),
        QT_TRANSLATE_NOOP("errors", "Have the student sign in again; only an accepted one can be kept."),
    ),
    "signature_file_invalid": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This file does not hold a signature that can be read."),
        QT_TRANSLATE_NOOP("errors", "Choose another file, or have the student sign again."),
    ),
    "step_not_in_flow": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This step does not belong to this enrollment."),
        QT_TRANSLATE_NOOP("errors", "Choose a step from the list on the left."),
    ),
    "student_exists": ErrorText(
        QT_TRANSLATE_NOOP("errors", "A student with this number or e-mail address is already on the list."),
        QT_TRANSLATE_NOOP("errors", "Search for that student, or correct the number or the address."),
    ),
    "student_not_found": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This student is not on the list."),
        QT_TRANSLATE_NOOP("errors", "Check the spelling, or add the student."),
    ),
    "template_invalid": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This saved finger cannot be read."),
        QT_TRANSLATE_NOOP("errors", "Scan the finger again."),
    ),
    "transition_not_allowed": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This cannot be done at this point of the enrollment."),
        QT_TRANSLATE_NOOP("errors", "Finish or resume the step that is open, then try again."),
    ),
    "username_in_use": ErrorText(
        QT_TRANSLATE_NOOP("errors", "An enrollment with this user name is going on right now."),
        QT_TRANSLATE_NOOP("errors", "Finish that one first, or choose another user name."),
    ),
    "username_taken": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This user name already belongs to somebody."),
        QT_TRANSLATE_NOOP("errors", "Choose another user name."),
    ),
    "username_unknown": ErrorText(
        QT_TRANSLATE_NOOP("errors", "Nobody has this user name."),
        QT_TRANSLATE_NOOP("errors", "Check the spelling, or enroll first."),
    ),
    "visit_in_progress": ErrorText(
        QT_TRANSLATE_NOOP("errors", "An enrollment of this student is already going on."),
        QT_TRANSLATE_NOOP("errors", "Resume it, or choose to start fresh."),
    ),
    # A reader cannot do what was asked.
    "reader_absent": ErrorText(
        QT_TRANSLATE_NOOP("errors", "No fingerprint reader was found."),
        QT_TRANSLATE_NOOP("errors", "Plug the reader in. It is found by itself within a few seconds."),
    ),
    "reader_busy": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The fingerprint reader is in use by another program."),
        QT_TRANSLATE_NOOP("errors", "Close the other program; we go on by ourselves."),
    ),
    "reader_disconnected": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The fingerprint reader was unplugged. Everything saved so far is kept."),
        QT_TRANSLATE_NOOP("errors", "Plug it in; we go on where you were."),
    ),
    "reader_forbidden": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This user account may not use the fingerprint reader's port."),
        QT_TRANSLATE_NOOP("errors", "Ask your administrator to allow serial ports for this account."),
    ),
    "reader_garbled": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The picture from the fingerprint reader arrived damaged."),
        QT_TRANSLATE_NOOP("errors", "Scan again. If it comes back, use another cable or another USB socket."),
    ),
    "reader_locked": ErrorText(
        QT_TRANSLATE_NOOP(
            "errors", "The fingerprint reader is protected by a password that the station does not know."
        ),
        QT_TRANSLATE_NOOP("errors", "Ask whoever set the reader up for its password, or use another reader."),
    ),
    "reader_refused": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The fingerprint reader did not do what it was asked for."),
        QT_TRANSLATE_NOOP("errors", "Scan again. If it comes back, unplug the reader and plug it in again."),
    ),
    "reader_silent": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The fingerprint reader does not answer."),
        QT_TRANSLATE_NOOP(
            "errors", "Unplug it, wait a moment and plug it in again; we go on where you were."
        ),
    ),
    "reader_unsupported": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This fingerprint reader is of a kind that the station cannot use."),
        QT_TRANSLATE_NOOP("errors", "Use one of the readers that the help lists."),
    ),
    # A database cannot be used or refuses a write.
    "backup_failed": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The backup could not be made. The records themselves are unchanged."),
        QT_TRANSLATE_NOOP(
            "errors", "See that the disk has room and the folder can be written, then try again."
        ),
    ),
    "database_busy": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The records are busy with other work."),
        QT_TRANSLATE_NOOP("errors", "Try again in a moment."),
    ),
    "database_damaged": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The file with the records is damaged. It was left as it is."),
        QT_TRANSLATE_NOOP("errors", "Restore the newest backup; copy the damaged file away first."),
    ),
    "database_key_wrong": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The station's key does not open these records."),
        QT_TRANSLATE_NOOP(
            "errors", "See that records and keys come from the same station or the same backup."
        ),
    ),
    "database_read_only": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The records can be read but not changed, so nothing was saved."),
        QT_TRANSLATE_NOOP("errors", "Ask the administrator for the right to write to them."),
    ),
    "database_too_new": ErrorText(
        QT_TRANSLATE_NOOP(
            "errors", "These records were written by a newer version of this program. Nothing was changed."
        ),
        QT_TRANSLATE_NOOP("errors", "Install the newer version on this computer."),
    ),
    "database_too_old": ErrorText(
        QT_TRANSLATE_NOOP("errors", "These records are from an older version of this program."),
        QT_TRANSLATE_NOOP("errors", "Bring them up to date with the command: enrollment-station db upgrade"),
    ),
    "database_unavailable": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The records cannot be reached. What was shown as saved is safe."),
        QT_TRANSLATE_NOOP("errors", "Check the network and the server's address, then try again."),
    ),
    "disk_full": ErrorText(
        QT_TRANSLATE_NOOP(
            "errors", "The disk is full. The last step was not saved; everything before it was."
        ),
        QT_TRANSLATE_NOOP("errors", "Make room on the disk, then do the last step again."),
    ),
    "earlier_operation_waits": ErrorText(
        QT_TRANSLATE_NOOP("errors", "An earlier change to the same record has to go first."),
        QT_TRANSLATE_NOOP("errors", "Nothing to do: it follows as soon as the earlier one is through."),
    ),
    "migration_failed": ErrorText(
        QT_TRANSLATE_NOOP(
            "errors", "The records could not be brought up to date. They are as they were before."
        ),
        QT_TRANSLATE_NOOP("errors", "Keep using the earlier version and send the log to the administrator."),
    ),
    "operation_mismatch": ErrorText(
        QT_TRANSLATE_NOOP(
            "errors", "The same step was saved twice with different content. The first one was kept."
        ),
        QT_TRANSLATE_NOOP("errors", "Look at the student's record and repeat the step if it is not right."),
    ),
    "operations_held": ErrorText(
        QT_TRANSLATE_NOOP("errors", "Some records could not be matched with the school's server."),
        QT_TRANSLATE_NOOP("errors", "Nothing is lost. Ask the administrator to look at them: delivery held."),
    ),
    "record_refused": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The records did not accept this entry, so it was not saved."),
        QT_TRANSLATE_NOOP("errors", "Check the entry. If it is right, send the log to the administrator."),
    ),
    "restore_refused": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The copy was not put back. The records are as they were."),
        QT_TRANSLATE_NOOP(
            "errors",
            "Check that the copy is whole and of this version. Add --replace to overwrite records in use.",
        ),
    ),
    "server_away": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The school's server cannot be reached; {waiting} entries wait for it."),
        QT_TRANSLATE_NOOP(
            "errors",
            "Go on working: everything is kept here and goes to the server by itself once it is back.",
        ),
    ),
    "server_too_old": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The database server is too old for this program."),
        QT_TRANSLATE_NOOP("errors", "Ask the administrator for a server with PostgreSQL 15 or later."),
    ),
    "schema_differs": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The records are not laid out as this program expects."),
        QT_TRANSLATE_NOOP("errors", "See what differs with the command: enrollment-station db check"),
    ),
    **SETUP_TEXTS,
    **KEY_TEXTS,
    # Never shown; here so that every code has its text.
    "cancelled": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This was stopped."),
        QT_TRANSLATE_NOOP("errors", "Start again whenever you like."),
    ),
}
