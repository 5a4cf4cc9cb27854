# SPDX-License-Identifier: Apache-2.0
"""What the signature flow asks of the biometrics room: picture, metrics, verification."""

from __future__ import annotations

from collections.abc import Mapping

from app.biometrics.signature.consistency import compare_repetition
from app.biometrics.signature.metrics import metrics_of
from app.biometrics.signature.render import render_png
from app.biometrics.signature.shapes import recognize
from app.biometrics.signature.verify import Reference, prepare, verify
from app.domain.drawing_advice import WORTH_A_WORD, DrawingAdvice
from app.domain.signature_flow import FlowStep, StepType
from app.domain.signature_gate import StepGate
from app.domain.signatures import SignatureRecord
from app.services.signing_values import KnownSignature, Verification


def rendered(record: SignatureRecord) -> bytes:
    """The picture of a drawing: 800x300 grey PNG, black on white."""
    return render_png(record)


def measured(record: SignatureRecord, step_key: str) -> Mapping[str, object]:
    """The metrics of a drawing, with units and a version."""
    return metrics_of(record, step_key)


def verified(probe: SignatureRecord, references: tuple[KnownSignature, ...]) -> Verification:
    """A sign-in compared with the signatures that the user is known by."""
    known = prepare([Reference(str(item.uid), item.captured_at, item.record) for item in references])
    answer = verify(known, probe)
    return Verification(
        decision=answer.verdict.value,
        score=answer.score,
        threshold=answer.threshold,
        algorithm=answer.algorithm_version,
        device_match=answer.device_match,
        flags=tuple(flag.value for flag in answer.flags),
        reference_uids=tuple(item.uid for item in references),
    )


def advised(step: FlowStep, record: SignatureRecord, earlier: Mapping[int, SignatureRecord]) -> DrawingAdvice:
    """What may be said about the drawing of a step; ``earlier``: the signatures kept before it, by step."""
    codes = StepGate().check(record).advice
    gate = next((code for code in WORTH_A_WORD if code in codes), None)
    if step.step_type is StepType.SIGNATURE:
        found = compare_repetition(tuple(earlier.values()), record)
        odd_step = 0 if found.odd_one is None else tuple(earlier)[found.odd_one]
        return DrawingAdvice(quite_different=found.quite_different, odd_step=odd_step, gate=gate)
    looks_like = None if step.template_set is None else recognize(record).advice(step.key)
    return DrawingAdvice(looks_like, gate=gate)
