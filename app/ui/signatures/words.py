# SPDX-License-Identifier: Apache-2.0
"""The instructions of the signature steps in the operator's language, by the key of the step."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.domain.drawing_advice import DrawingAdvice
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


def advice_words(step: FlowStep, advice: DrawingAdvice) -> tuple[str, str]:
    """What a drawing made the program wonder about, and what may be done; keeping it is always possible."""
    translate = QCoreApplication.translate
    if advice.quite_different:
        return (
            translate("SignatureSteps", "This one is quite different from the ones before."),
            translate("SignatureSteps", "Sign again, or keep it as it is."),
        )
    if advice.looks_like is not None:
        wanted, seen = _shape_word(step.key), _shape_word(advice.looks_like)
        how = translate("SignatureSteps", "Asked for is {shape}. Draw again, or keep it as it is.")
        return (
            translate("SignatureSteps", "This looks like {shape}.").format(shape=seen),
            how.format(shape=wanted),
        )
    if advice.odd_step:
        what = translate("SignatureSteps", "Signature {number} is quite different from the others.")
        return (
            what.format(number=advice.odd_step),
            translate("SignatureSteps", "This one is fine. Sign the other one again, or keep it as it is."),
        )
    return _gate_words(advice.gate)


def _gate_words(code: GateCode | None) -> tuple[str, str]:
    translate = QCoreApplication.translate
    if code is GateCode.CLIPPED:
        return (
            translate("SignatureSteps", "Part of it lies at the edge of the canvas."),
            translate("SignatureSteps", "Draw it a little smaller, or keep it as it is."),
        )
    if code is GateCode.PRESSURE_DEAD:
        return (
            translate("SignatureSteps", "The pen reported no pressure."),
            translate("SignatureSteps", "Look at its tip and battery and draw again, or keep it as it is."),
        )
    return (
        translate("SignatureSteps", "This took more than a minute."),
        translate("SignatureSteps", "Draw it again in one go, or keep it as it is."),
    )


def _shape_word(key: str) -> str:
    translate = QCoreApplication.translate
    known = {
        "circle": translate("SignatureSteps", "a circle"),
        "square": translate("SignatureSteps", "a square"),
        "triangle": translate("SignatureSteps", "a triangle"),
        "face": translate("SignatureSteps", "a face"),
        "star": translate("SignatureSteps", "a star"),
        "arrow": translate("SignatureSteps", "an arrow"),
        "house": translate("SignatureSteps", "a house"),
    }
    return known.get(key, translate("SignatureSteps", "something else"))
