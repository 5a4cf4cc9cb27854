# SPDX-License-Identifier: Apache-2.0
"""``fingerprint identify`` and ``fingerprint verify``: a picture against the station's enrolled fingers.

As at the desk every comparison leaves a row: who is looked for by finger is no secret of the command line.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.context import CommandContext, print_json
from app.commands.fingerprint_images import Dpi, read_bytes, template_of
from app.commands.options import AsJson, DatabaseUrl

if TYPE_CHECKING:
    from app.domain.finger_sign_in import FingerSignIn

Image = Annotated[Path, typer.Argument(help="Picture of one fingerprint with dark ridges, or a template.")]


def identify(
    ctx: typer.Context,
    image: Image,
    dpi: Dpi = 500,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Whose enrolled finger is this? Ends with 0 for a sure answer, 1 for a proposal or nobody."""
    given: CommandContext = ctx.obj
    template, quality = _read(image, dpi)
    with given.services(database_url) as services:
        services.fingers.sign_in.load_all()
        _tell(services.fingers.sign_in.identify_template(template), quality, as_json=as_json)


def verify(
    ctx: typer.Context,
    username: Annotated[str, typer.Argument(help="The student's e-mail, number or uid.")],
    image: Image,
    dpi: Dpi = 500,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Is this an enrolled finger of that student? Ends with 0 when it is, 1 when not."""
    given: CommandContext = ctx.obj
    template, quality = _read(image, dpi)
    with given.services(database_url) as services:
        student = services.students.find(username)
        _tell(services.fingers.sign_in.verify_template(student.uid, template), quality, as_json=as_json)


def _read(path: Path, dpi: int) -> tuple[bytes | None, int]:
    """The file's template as it is stored, None where it shows no finger; and its quality."""
    from app.biometrics.fingerprint.iso19794 import write_iso

    template = template_of(read_bytes(path), dpi)
    return (write_iso(template) if len(template) else None), template.image_quality


def _tell(outcome: FingerSignIn, quality: int, *, as_json: bool) -> None:
    from app.domain.operations_fingerprints import SignInDecision

    if as_json:
        print_json(_document(outcome, quality))
    else:
        for line in _lines(outcome, quality):
            print(line)
    if outcome.decision is not SignInDecision.ACCEPTED:
        raise typer.Exit(1)


def _document(outcome: FingerSignIn, quality: int) -> dict[str, Any]:
    student = outcome.student
    return {
        "mode": outcome.mode.value,
        "decision": outcome.decision.value,
        "student": None
        if student is None
        else {
            "uid": student.uid,
            "name": student.name,
            "number": student.number,
            "class": student.class_name,
        },
        "finger": None if outcome.finger is None else outcome.finger.name.lower(),
        "score": None if outcome.score is None else round(outcome.score, 3),
        "false_match_rate": outcome.false_match_rate,
        "threshold": outcome.threshold,
        "fingers_compared": outcome.searched_among,
        "quality": quality,
        "seconds": outcome.seconds,
        "sign_in_uid": outcome.uid,
    }


def _lines(outcome: FingerSignIn, quality: int) -> list[str]:
    student, finger = outcome.student, outcome.finger
    lines = [f"{outcome.decision.value}: {student.name if student is not None else 'nobody'}"]
    if student is not None:
        details = [student.class_name, student.number, finger.name.lower() if finger is not None else ""]
        lines.append("  ".join(part for part in details if part))
    if outcome.score is not None and outcome.false_match_rate is not None:
        lines.append(f"score {outcome.score:.1f}, false match rate {outcome.false_match_rate:.1e}")
    lines.append(f"needed: a false match rate of {outcome.threshold:.1e} or less")
    lines.append(
        f"compared with {outcome.searched_among} fingers in {outcome.seconds:.3f} s; quality {quality}"
    )
    return [line for line in lines if line]
