# SPDX-License-Identifier: Apache-2.0
"""What the product says about rows of a roster file. Imports no Qt; the command line shows them too."""

from __future__ import annotations

from app.domain.roster import NoticeCode, RowCode
from app.ui.common.error_text import QT_TRANSLATE_NOOP

ROW_TEXTS: dict[RowCode, str] = {
    RowCode.CELLS_EXTRA: QT_TRANSLATE_NOOP(
        "errors", "The row has more cells than the header has columns. Put text that holds commas in quotes."
    ),
    RowCode.CHARACTER_INVALID: QT_TRANSLATE_NOOP(
        "errors", "There is a control character in it. Type the cell again."
    ),
    RowCode.CONTRADICTS_EARLIER_ROW: QT_TRANSLATE_NOOP(
        "errors", "An earlier row of the same student says otherwise. Keep one of them, or make them alike."
    ),
    RowCode.EMAIL_INVALID: QT_TRANSLATE_NOOP("errors", "This is no e-mail address. Correct it."),
    RowCode.MISSING: QT_TRANSLATE_NOOP("errors", "The cell is empty. Fill it in."),
    RowCode.NUMBER_TAKEN: QT_TRANSLATE_NOOP(
        "errors", "Another student has this number. Correct the number of one of them."
    ),
    RowCode.STATUS_UNKNOWN: QT_TRANSLATE_NOOP("errors", "The status is neither active nor inactive."),
    RowCode.TOO_LONG: QT_TRANSLATE_NOOP("errors", "The text is too long. Shorten it."),
}

NOTICE_TEXTS: dict[NoticeCode, str] = {
    NoticeCode.COLUMNS_IGNORED: QT_TRANSLATE_NOOP("errors", "Columns that are not imported: {detail}."),
    NoticeCode.ENCODING_GUESSED: QT_TRANSLATE_NOOP(
        "errors", "The file was read as Windows text ({detail}). Look whether accents in names are right."
    ),
    NoticeCode.NUMBERS_DIFFER_IN_LENGTH: QT_TRANSLATE_NOOP(
        "errors",
        "Numbers have {detail} digits. A spreadsheet may have dropped leading zeros: compare with a card.",
    ),
}
