# SPDX-License-Identifier: Apache-2.0
"""The window is painted before anything heavy is imported, and closes in time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HEAVY = ("sqlalchemy", "alembic", "numpy", "cv2", "psycopg", "sqlcipher3")

PROGRAM = """
import sys
from app.ui.shell.application import make_application
application = make_application()
from app.ui.common.style import Appearance
from app.ui.shell.main_window import MainWindow
asked = []
def open_services():
    asked.append(1)
    raise KeyError("the test has no services")
window = MainWindow(Appearance(application), open_services, training=True)
painted = []
original = window.rail.paintEvent
def paint(event):
    original(event)
    painted.append([name for name in {heavy!r} if name in sys.modules])
window.rail.paintEvent = paint
window.show()
for _ in range(200):
    application.processEvents()
    if painted:
        break
assert painted and not painted[0], painted
"""


def test_the_first_paint_needs_no_database_no_numpy_no_opencv() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    program = PROGRAM.format(heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]


STATION = """
import sys
from app.bootstrap import open_services
open_services("training", with_reader=False).close()
loaded = [name for name in ("psycopg", "alembic") if name in sys.modules]
assert not loaded, loaded
"""


def test_a_station_on_its_own_file_loads_nothing_of_a_server(tmp_path: Path) -> None:
    environment = {**os.environ, "ENROLLMENT_STATION_HOME": str(tmp_path)}
    for _ in range(2):  # the first start makes the database, which takes the migrations
        done = subprocess.run(
            [sys.executable, "-c", STATION], env=environment, capture_output=True, text=True, timeout=120
        )
    assert done.returncode == 0, done.stderr[-2000:]
