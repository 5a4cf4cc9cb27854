# SPDX-License-Identifier: Apache-2.0
"""Signs eleven steps after eleven steps in the real page, until it is killed: ``python -m ... FOLDER``.

The process imports the program once and forks a child for every line on its standard input, so that fifty
lives cost fifty windows and databases but not fifty imports. It touches neither Qt's application nor the
database before the fork. A child opens the encrypted file, resumes where the database says that it stopped,
sends pen events to the canvas, and writes down every stroke and step once the page's own services have made
it durable.
"""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.ui.shell.application import make_application

# isort: split
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.biometrics.signature.synthetic import PenSettings, step_ink
from app.domain.signature_codec import to_bytes
from app.domain.signature_flow import FlowType
from app.domain.signatures import SignatureRecord
from app.domain.visits import Visit
from app.storage.engine import open_local
from app.storage.store import Store
from app.ui.common.style import Appearance
from app.ui.common.theme import Scheme
from app.ui.common.threads import JobRunner
from app.ui.shell.visit_keeper import VisitKeeper
from app.ui.shell.walk_signatures import SignaturesDesk
from app.ui.signatures.page import SignaturesPage
from app.walkthrough.hands import Pen, pen_device
from app.walkthrough.script import Script, ScriptRunner, Until, pause
from app.walkthrough.stage import AcceptedLog
from tests.databases import KEY
from tests.services.desk import Desk, open_desk
from tests.ui.fakes import window_services

STEPS = 11
POINTS_A_TURN = 40
FILE, LOG = "station.db", "accepted.jsonl"


def digest_of(record: SignatureRecord | None) -> str:
    return hashlib.sha256(to_bytes(record)).hexdigest() if record is not None else ""


def picture_of(image: QImage) -> str:
    return hashlib.sha256(bytes(image.constBits())).hexdigest()


class Life:
    """One window between a start and a kill."""

    def __init__(self, folder: Path) -> None:
        application = make_application()
        Appearance(application, Scheme.LIGHT)
        self.desk: Desk = open_desk(Store(open_local(folder / FILE, KEY)))
        self.accepted = AcceptedLog(folder / LOG)
        self.runner = JobRunner()
        self.keeper = VisitKeeper(self.runner)
        self.page = SignaturesPage(self.desk.enrollment.flow(FlowType.SIGNUP), ())
        services = replace(window_services(), enrollment=self.desk.enrollment)
        self.listener = SignaturesDesk(
            self.page, services, self.keeper, self.runner, lambda: datetime.now(UTC), self.page
        )
        self.page.resize(1000, 700)
        self.page.show()

    def write(self, kind: str, **facts: Any) -> None:
        visit = self.keeper.visit
        assert visit is not None
        self.accepted({"kind": kind, "session_id": visit.session_id, "step": self.page.step_number, **facts})

    def note(self, kind: str) -> None:
        """Write down what is on the canvas."""
        self.write(
            kind,
            strokes=len(self.page.pad.strokes),
            record=digest_of(self.page.pad.record()),
            picture=picture_of(self.page.pad.picture),
        )

    def script(self) -> Script:
        """Every student, one after the other."""
        students = sorted(self.desk.students.search("", limit=100), key=lambda found: found.card.name)
        unfinished = {found.student.uid: found.session_id for found in self.desk.enrollment.unfinished()}
        for seed, found in enumerate(students, start=1):
            visit = self._visit_of(found.card.uid, unfinished.get(found.card.uid))
            if visit.signatures.is_complete:
                continue
            self.keeper.open(lambda visit=visit: visit, self._opened, self._failed)  # type: ignore[misc]
            yield Until(lambda uid=visit.uid: self._shows(uid), "the visit")  # type: ignore[misc]
            while not self._now().signatures.is_complete:
                yield from self._step(seed)

    def _visit_of(self, student_uid: Any, session_id: str | None) -> Visit:
        enrollment = self.desk.enrollment
        return enrollment.resume(session_id) if session_id else enrollment.start(student_uid)

    def _opened(self, visit: Visit) -> None:
        self.page.show_visit(visit, datetime.now(UTC))

    def _shows(self, uid: Any) -> bool:
        visit = self.keeper.visit
        return visit is not None and visit.uid == uid and not self.runner.busy

    def _now(self) -> Visit:
        assert self.keeper.visit is not None
        return self.keeper.visit

    def _step(self, seed: int) -> Script:
        number, pad = self.page.step_number, self.page.pad
        yield Until(lambda: not self.runner.busy, "the draft")
        if pad.strokes:
            self.note("resumed")
        settings = PenSettings(aspect=pad.width() / pad.height())
        ink = step_ink(self.desk.enrollment.flow(FlowType.SIGNUP).step(number).key, seed, settings)
        pen = Pen(pad, pen_device())
        for stroke in ink[len(pad.strokes) :]:
            pen.down(stroke[0])
            for index, point in enumerate(stroke[1:], start=1):
                pen.move(point)
                if index % POINTS_A_TURN == 0:
                    yield pause(0.0)
            pen.up(stroke[-1])
            yield Until(lambda: not self.runner.busy, "the stroke to be stored")
            self.note("stroke")
        record = digest_of(pad.record())
        self.page.act("primary")
        yield Until(
            lambda: number in self._now().signatures.accepted and not self.runner.busy,
            "the step to be stored",
        )
        self.accepted(
            {"kind": "step", "session_id": self._now().session_id, "step": number, "record": record}
        )

    def _failed(self, error: Exception) -> None:
        raise error


def live(folder: Path) -> None:
    """Sign until every student is through, or until killed."""
    life = Life(folder)
    ended: list[Exception | None] = []
    script = ScriptRunner(life.script())
    script.ended.connect(ended.append)
    script.ended.connect(QApplication.quit)
    script.start()
    QApplication.exec()
    life.runner.close()
    if ended != [None]:
        raise ended[0] or RuntimeError("the script did not end")


def main() -> None:
    """Fork a life for every line; answer its process id, and its exit status with the next line."""
    folder = Path(sys.argv[1])
    print("ready", flush=True)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                live(folder)
                status = 0
            finally:
                sys.stderr.flush()
                os._exit(status)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(status, flush=True)


if __name__ == "__main__":
    main()
