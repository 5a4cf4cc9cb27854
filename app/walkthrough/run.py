# SPDX-License-Identifier: Apache-2.0
"""The walk-through: the real window, enrolled students, pictures of every page, a second process's answer.

It works in a station of its own below the output folder, so that it changes nothing else on the computer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from app.assembly import Services
from app.config.paths import HOME_VARIABLE, TRAINING_PROFILE, profile_paths

HOME = "station"
WINDOW_PX = (1280, 800)
GUI_LIMIT_MS = 50.0


@dataclass(frozen=True, slots=True)
class WalkthroughOptions:
    """What to do.

    ``images``: pictures for the reader instead of synthetic fingers. ``mistakes``: lay wrong fingers.
    ``gui_limit_ms``: how long one call may compute on the window's thread; 0 for any time.
    """

    out: Path
    students: int = 1
    real_time: bool = False
    images: Path | None = None
    database_url: str | None = None
    profile: str | None = None
    scale: float = 1.0
    theme: str = "light"
    mistakes: bool = False
    gui_limit_ms: float = GUI_LIMIT_MS


def run_walkthrough(options: WalkthroughOptions) -> dict[str, Any]:
    """Enroll the students and give the summary, which is in ``summary.json`` as well."""
    options.out.mkdir(parents=True, exist_ok=True)
    home = (options.out / HOME).absolute()
    os.environ[HOME_VARIABLE] = str(home)
    if options.scale != 1.0:
        os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    from app.ui.shell.application import has_display

    if not has_display(os.environ):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if options.database_url:
        _prepare_server(options.database_url)
    with ExitStack() as held:
        performance = _Performance(options, held)
        performance.run()
        summary = performance.summary()
    summary["read_back"] = read_back_elsewhere(
        [student["session_id"] for student in summary["students"]], options.database_url
    )
    for student in summary["students"]:
        student["stored"] = summary["read_back"].get(student["session_id"], {})
    del summary["read_back"]
    summary["complete"] = all(_is_complete(student) for student in summary["students"])
    (options.out / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False), "utf-8")
    return summary


def _is_complete(student: dict[str, Any]) -> bool:
    stored = student["stored"]
    return bool(
        student["status"] == "completed"
        and stored.get("status") == "completed"
        and stored.get("signatures_open")
        and len(stored.get("signature_steps", [])) == student["signature_steps"]
        and stored.get("attendance_rows") == 1
        and all(mistake["caught"] for mistake in student["mistakes"])
        and all(
            finger["template_opens"]
            for finger in stored.get("fingers", [])
            if finger["status"] == "completed"
        )
    )


def _prepare_server(url: str) -> None:
    """Bring an empty server to the schema; one that holds anything is upgraded by ``db upgrade``."""
    from app.storage.engine import open_url
    from app.storage.migrate import current_revision, upgrade_server

    engine = open_url(url)
    try:
        if current_revision(engine) is None:
            upgrade_server(engine)
    finally:
        engine.dispose()


def read_back_elsewhere(session_ids: list[str], database_url: str | None) -> dict[str, Any]:
    """What another process of the program finds in the database."""
    command = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    command += ["--profile", TRAINING_PROFILE, "read-back", *session_ids]
    if database_url:
        command += ["--database-url", database_url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603
    if done.returncode != 0:
        return {"error": done.stderr.strip()}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class _Performance:
    """One run in the present process."""

    def __init__(self, options: WalkthroughOptions, held: ExitStack) -> None:
        from PySide6.QtGui import QImage  # noqa: F401 - Qt before the heavy libraries, as in the real start

        from app import bootstrap
        from app.config.logs import set_up_logging
        from app.opening import uncollected, window_services
        from app.ui.common.style import Appearance
        from app.ui.common.theme import Scheme
        from app.ui.shell.application import make_application
        from app.ui.shell.main_window import MainWindow
        from app.walkthrough.hands import pen_device
        from app.walkthrough.watchdog import TimedApplication

        self._options = options
        self._application = cast(TimedApplication, make_application(TimedApplication))
        self._application.limit_ms = options.gui_limit_ms
        paths = profile_paths(TRAINING_PROFILE, os.environ)
        paths.make_folders()
        handler = set_up_logging(paths.log_file)
        held.callback(handler.close)
        self._desk, self._pictures = self._make_desk(paths.cache)
        held.callback(self._desk.close)
        self._services: Services | None = None

        scheme = Scheme(options.theme)

        def open_services(passphrase: str | None = None) -> Any:
            with uncollected():
                self._services = bootstrap.open_services(
                    TRAINING_PROFILE, server_url=options.database_url, reader_id=self._desk.reader_id
                )
                services = window_services(self._services)
            return replace(services, preferences=replace(services.preferences, scheme=scheme))

        self._window = MainWindow(Appearance(self._application, scheme), open_services, training=True)
        self._window.resize(*WINDOW_PX)
        self._pen = pen_device()
        self._records: list[Any] = []
        self._error: Exception | None = None
        self._shots = 0
        self._started_s = time.monotonic()
        self._stage: Any = None
        self._stream: Any = None
        self._delivered: dict[str, object] | None = None
        self._hands: Any = None

    def _make_desk(self, cache: Path) -> tuple[Any, Any]:
        from app.devices.emulator.timing import INSTANT, REAL_TIME
        from app.services.training import TrainingDesk
        from app.walkthrough.pictures import PictureFolder

        pictures = PictureFolder(self._options.images) if self._options.images else None
        timing = REAL_TIME if self._options.real_time else INSTANT
        return TrainingDesk(cache, timing=timing, picture=pictures), pictures

    def run(self) -> None:
        """Show the window, let the script work in it, close it."""
        from app.walkthrough.script import ScriptRunner

        self._application.place = lambda: self._window.current
        self._window.ready.connect(lambda: self._application.uncounted(self._begin))
        self._window.failed.connect(self._end)
        self._runner: ScriptRunner | None = None
        self._window.show()
        self._application.exec()
        self._deliver()
        self._window.close()
        if self._error is not None:
            self.shot("failed")
            raise self._error

    def _deliver(self) -> None:
        """Send what still waits, and note what is left then."""
        delivery = self._services.delivery if self._services is not None else None
        if self._stream is not None:
            self._stream.stop()
        if delivery is not None:
            state = delivery.exchange()
            self._delivered = {"link": state.link.value, "waiting": state.waiting, "refused": state.refused}

    def _begin(self) -> None:
        from app.ui.common.threads import JobRunner, Stream
        from app.walkthrough.script import ScriptRunner
        from app.walkthrough.stage import Hand, Stage

        assert self._services is not None
        if self._services.delivery is not None:
            self._stream = Stream(self._services.delivery.run, self._window)
            self._stream.start()
        self._stage = Stage(self._window)
        hands = JobRunner(self._window)
        self._hands = hands
        self._hand = Hand(self._desk, lambda work: hands.run_job(work, on_error=self._end))
        self._runner = ScriptRunner(self._script(), self._window)
        self._runner.ended.connect(self._end)
        self._runner.start()

    def _end(self, error: Exception | None) -> None:
        self._error = error
        if self._hands is not None:
            self._hands.close()
        self._application.quit()

    def _script(self) -> Any:
        from app.services.training import training_names
        from app.walkthrough.journey import Journey, Record
        from app.walkthrough.mistakes import Mistakes
        from app.walkthrough.stage import AcceptedLog

        services = self._window.services
        assert services is not None
        accepted = AcceptedLog(self._options.out / "accepted.jsonl")
        journey = Journey(
            self._stage,
            self._hand,
            self._pen,
            services.policy,
            services.flow,
            self.shot,
            accepted,
            self._options.out,
            real_time=self._options.real_time,
            mistakes=Mistakes() if self._options.mistakes else None,
        )
        done = self._already_enrolled()
        names = [name for name in training_names() if name not in done]
        for number, name in enumerate(names[: self._options.students], start=1):
            record = Record(name)
            self._records.append(record)
            if self._pictures is not None:
                self._pictures.next_student()
            self._shots = 0 if number == 1 else -1
            yield from journey.walk(name, number, record)
        accepted.close()

    def _already_enrolled(self) -> set[str]:
        """Students of an earlier run in the same folder, who are not enrolled a second time."""
        from app.domain.listings import StudentState

        assert self._services is not None
        rows = self._services.students.search("", limit=200)
        return {row.card.name for row in rows if row.state is StudentState.ENROLLED}

    def shot(self, name: str) -> None:
        """A picture of the window; of the first student every page, of the others the end only."""
        if self._shots < 0 and not name.startswith(("failed", "6-", "2-fingers-duplicate")):
            return
        file = str(self._options.out / f"{len(self._records)}-{name}.png")
        self._application.uncounted(lambda: self._window.grab().save(file))

    def summary(self) -> dict[str, Any]:
        """What was seen, JSON values."""
        return {
            "seconds": round(time.monotonic() - self._started_s, 3),
            "database": "server" if self._options.database_url else "local",
            "delivery": self._delivered,
            "students": [_student(record) for record in self._records],
            "refused_touches": self._stage.refused if self._stage is not None else [],
            "gui_thread": self._application.report(),
        }


def _student(record: Any) -> dict[str, Any]:
    return {
        "name": record.name,
        "session_id": record.session_id,
        "status": record.status,
        "receipt_number": record.receipt_number,
        "fingers": [
            {"finger": finger.name.lower(), "impressions": impressions}
            for finger, impressions in record.fingers.items()
        ],
        "signature_steps": record.signature_steps,
        "checked_in": record.checked_in,
        "seconds": record.seconds,
        "mistakes": record.mistakes,
    }
