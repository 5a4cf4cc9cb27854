# SPDX-License-Identifier: Apache-2.0
"""The words for the values of the domain: one word per thing, the same on every page and on paper."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.domain.enrollment import Verdict
from app.domain.fingerprints import Finger, SkipReason
from app.domain.sessions import AttendanceStatus
from app.domain.visits import Step

translate = QCoreApplication.translate


def finger_name(finger: Finger) -> str:
    """In running text: "right index finger"."""
    return {
        Finger.LEFT_LITTLE: translate("Words", "left little finger"),
        Finger.LEFT_RING: translate("Words", "left ring finger"),
        Finger.LEFT_MIDDLE: translate("Words", "left middle finger"),
        Finger.LEFT_INDEX: translate("Words", "left index finger"),
        Finger.LEFT_THUMB: translate("Words", "left thumb"),
        Finger.RIGHT_THUMB: translate("Words", "right thumb"),
        Finger.RIGHT_INDEX: translate("Words", "right index finger"),
        Finger.RIGHT_MIDDLE: translate("Words", "right middle finger"),
        Finger.RIGHT_RING: translate("Words", "right ring finger"),
        Finger.RIGHT_LITTLE: translate("Words", "right little finger"),
    }[finger]


def finger_title(finger: Finger) -> str:
    """At the start of a line: "Right index finger"."""
    return {
        Finger.LEFT_LITTLE: translate("Words", "Left little finger"),
        Finger.LEFT_RING: translate("Words", "Left ring finger"),
        Finger.LEFT_MIDDLE: translate("Words", "Left middle finger"),
        Finger.LEFT_INDEX: translate("Words", "Left index finger"),
        Finger.LEFT_THUMB: translate("Words", "Left thumb"),
        Finger.RIGHT_THUMB: translate("Words", "Right thumb"),
        Finger.RIGHT_INDEX: translate("Words", "Right index finger"),
        Finger.RIGHT_MIDDLE: translate("Words", "Right middle finger"),
        Finger.RIGHT_RING: translate("Words", "Right ring finger"),
        Finger.RIGHT_LITTLE: translate("Words", "Right little finger"),
    }[finger]


def skip_word(reason: SkipReason) -> str:
    """Why something is left out, as a choice on the screen and a remark on the receipt."""
    return {
        SkipReason.MISSING: translate("Words", "Missing"),
        SkipReason.BANDAGED: translate("Words", "Bandaged"),
        SkipReason.INJURED: translate("Words", "Injured"),
        SkipReason.UNREADABLE: translate("Words", "Cannot be read"),
        SkipReason.REFUSED: translate("Words", "Refused"),
    }[reason]


def verdict_word(verdict: Verdict) -> str:
    """What the school's rules make of a quality."""
    return {
        Verdict.GOOD: translate("Words", "Good"),
        Verdict.FAIR: translate("Words", "Fair"),
        Verdict.AGAIN: translate("Words", "Poor"),
        Verdict.REFUSED: translate("Words", "Not usable"),
    }[verdict]


def step_word(step: Step) -> str:
    """The page of a visit as it is called on the rail."""
    return {
        Step.STUDENT: translate("Steps", "Student"),
        Step.FINGERS: translate("Steps", "Fingers"),
        Step.SIGNATURES: translate("Steps", "Signatures"),
        Step.CHECK_IN: translate("Steps", "Check-in"),
        Step.REVIEW: translate("Steps", "Review"),
        Step.RECEIPT: translate("Steps", "Receipt"),
    }[step]


def attendance_word(status: AttendanceStatus) -> str:
    """Present, late ..."""
    return {
        AttendanceStatus.PRESENT: translate("Words", "On time"),
        AttendanceStatus.LATE: translate("Words", "Late"),
        AttendanceStatus.ABSENT: translate("Words", "Absent"),
        AttendanceStatus.EXCUSED: translate("Words", "Excused"),
    }[status]
