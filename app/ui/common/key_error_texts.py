# SPDX-License-Identifier: Apache-2.0
"""Texts of the errors about keys that stations share."""

from __future__ import annotations

from app.ui.common.error_text import QT_TRANSLATE_NOOP, ErrorText

KEY_TEXTS: dict[str, ErrorText] = {
    "fingerprint_differs": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The digits are not those of the station that asks. It was not let in."),
        QT_TRANSLATE_NOOP(
            "errors",
            "Ask again from the new station and compare once more. If they differ again, tell the "
            "administrator: somebody may be posing as that station.",
        ),
    ),
    "recovery_code_wrong": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This is not a recovery code, or a character was mistyped."),
        QT_TRANSLATE_NOOP("errors", "Type the code again as it is printed; hyphens do not matter."),
    ),
    "recovery_kit_absent": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This recovery code does not belong to this database."),
        QT_TRANSLATE_NOOP("errors", "Look for another printed code, or check the database's address."),
    ),
    "station_not_found": ErrorText(
        QT_TRANSLATE_NOOP("errors", "No such station asks to join or has joined."),
        QT_TRANSLATE_NOOP("errors", "Look at the list of stations, and ask again from the new station."),
    ),
    "station_not_member": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This station does not hold the school's keys itself."),
        QT_TRANSLATE_NOOP("errors", "Do this on a station that the school already uses."),
    ),
    "station_removed": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This station was removed from the school; its keys are gone."),
        QT_TRANSLATE_NOOP("errors", "Have it join again: the settings show how, under Stations."),
    ),
    "subject_erased": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This student's fingers and signatures were destroyed for good."),
        QT_TRANSLATE_NOOP("errors", "Nothing can be added. Enter the student anew if that is wanted."),
    ),
}
