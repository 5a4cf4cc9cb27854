# SPDX-License-Identifier: Apache-2.0
"""The instructions of the signature steps in the operator's language, by the key of the step."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.domain.signature_flow import FlowStep
from app.domain.signature_gate import GateCode


def instruction_for(step: FlowStep) -> str:
    """What the student is asked to do; a step that the school added speaks in the words of the table."""
    translate = QCoreApplication.translate
    known = {
        "signature_1": translate("SignatureSteps", "Sign your name"),
        "signature_2": translate("SignatureSteps", "Sign your name again"),
        "signature_3": translate("SignatureSteps", "Sign your name one more time"),
        "circle": translate("SignatureSteps", "Draw a circle"),
        "square": translate("SignatureSteps", "Draw a square"),
        "triangle": translate("SignatureSteps", "Draw a triangle"),
        "face": translate("SignatureSteps", "Draw a simple face"),
        "star": translate("SignatureSteps", "Draw a star"),
        "arrow": translate("SignatureSteps", "Draw an arrow"),
        "house": translate("SignatureSteps", "Draw a house"),
        "dots": translate("SignatureSteps", "Connect these dots"),
    }
    return known.get(step.key, step.instruction)


def refusal_words(code: GateCode) -> tuple[str, str]:
    """Why a drawing cannot be taken, and what to do."""
    translate = QCoreApplication.translate
    if code is GateCode.MIXED_POINTERS:
        return (
            translate("SignatureSteps", "Pen and finger were mixed."),
            translate("SignatureSteps", "Clear the canvas and draw with one of them."),
        )
    return (
        translate("SignatureSteps", "There is too little to see."),
        translate("SignatureSteps", "Draw it larger, then press Done."),
    )
