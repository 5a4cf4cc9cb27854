# SPDX-License-Identifier: Apache-2.0
"""A throw-away PostgreSQL: one server per test run, one database per test.

In this order: the server named by ENROLLMENT_STATION_TEST_DSN, the system's own programs (as an
unprivileged user, for initdb refuses root), the pgserver wheel.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

DSN_VARIABLE = "ENROLLMENT_STATION_TEST_DSN"
UNPRIVILEGED = "nobody"
START_TIMEOUT_S = 60
# Tests survive no power cut; a server that does not wait for its disk is three times as fast.
OPTIONS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
    "timezone=UTC",
)


class NoServer(Exception):
    """Raised when there is no PostgreSQL on this machine; the text says what was tried."""


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        dsn: a URL of its maintenance database, for an account that may create databases.
        stop: ends it and removes its files.
    """

    dsn: str
    stop: Callable[[], None]

    def url(self, database: str) -> str:
        """URL of another database on this server."""
        head, _, tail = self.dsn.partition("?")
        head = head.rsplit("/", 1)[0]
        return f"{head}/{database}" + (f"?{tail}" if tail else "")


def start_server() -> Server:
    """Find or start a server.

    Raises:
        NoServer: there is none.
    """
    dsn = os.environ.get(DSN_VARIABLE)
    if dsn:
        return Server(dsn, lambda: None)
    tried = []
    for start in (_start_system, _start_wheel):
        try:
            return start()
        except NoServer as error:
            tried.append(str(error))
    raise NoServer("; ".join([f"{DSN_VARIABLE} is not set", *tried]))


def run_shared(folder: Path, worker: str) -> Server:
    """One server for all workers of a run: the first starts it, the last one stops it.

    Args:
        folder: common to all workers of this run.
        worker: this one's name.
    """
    from filelock import FileLock

    state = folder / "postgresql.json"
    lock = FileLock(folder / "postgresql.lock")
    with lock:
        if state.exists():
            known = json.loads(state.read_text())
            if "none" in known:
                raise NoServer(known["none"])
            users = [*known["users"], worker]
        else:
            try:
                _STARTED["server"] = start_server()
            except NoServer as error:
                state.write_text(json.dumps({"none": str(error)}))
                raise
            known = {"dsn": _STARTED["server"].dsn}
            users = [worker]
        state.write_text(json.dumps({"dsn": known["dsn"], "users": users}))
    return Server(str(known["dsn"]), lambda: _leave(folder, worker))


_STARTED: dict[str, Server] = {}


def _leave(folder: Path, worker: str) -> None:
    """The worker that started the server waits for the others, then stops it."""
    from filelock import FileLock

    state = folder / "postgresql.json"
    lock = FileLock(folder / "postgresql.lock")
    deadline = time.monotonic() + START_TIMEOUT_S
    with lock:
        known = json.loads(state.read_text())
        known["users"] = [user for user in known["users"] if user != worker]
        state.write_text(json.dumps(known))
    started = _STARTED.pop("server", None)
    if started is None:
        return
    while known["users"] and time.monotonic() < deadline:
        time.sleep(0.1)
        with lock:
            known = json.loads(state.read_text())
    with lock:
        state.unlink()
    started.stop()


def _programs() -> Path:
    """Folder of the newest server programs of the system."""
    candidates = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    candidates.sort(key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    candidates.extend(path.parent for path in Path("C:/Program Files/PostgreSQL").glob("*/bin/initdb.exe"))
    for candidate in candidates:
        if shutil.which("pg_ctl", path=str(candidate)):
            return candidate
    raise NoServer("no initdb on this system")


def _start_system() -> Server:
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="station-pg-"))
    data = folder / "data"
    identity: dict[str, object] = {}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        import pwd

        account = pwd.getpwnam(UNPRIVILEGED)
        os.chown(folder, account.pw_uid, account.pw_gid)
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        found = shutil.which(program, path=str(programs))
        assert found is not None
        with (folder / f"{program}.log").open("wb") as log:
            done = subprocess.run(
                [found, *arguments], stdout=log, stderr=log, cwd=folder, timeout=START_TIMEOUT_S, **identity
            )
        if done.returncode:
            text = (folder / f"{program}.log").read_text(errors="replace")
            shutil.rmtree(folder, ignore_errors=True)
            raise NoServer(f"{program}: {text.strip()[-400:]}")

    run("initdb", "-D", str(data), "-U", "station", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
    port = _free_port()
    options = " ".join(f"-c {option}" for option in OPTIONS)
    options += f" -p {port} -c listen_addresses=127.0.0.1"
    if sys.platform != "win32":
        options += f" -k {folder}"
    run("pg_ctl", "-D", str(data), "-l", str(folder / "server.log"), "-w", "-o", options, "start")

    def stop() -> None:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    return Server(f"postgresql://station@127.0.0.1:{port}/postgres", stop)


def _start_wheel() -> Server:
    try:
        import pgserver
    except ImportError as error:
        raise NoServer("no pgserver wheel") from error
    folder = Path(tempfile.mkdtemp(prefix="station-pg-"))
    server = pgserver.get_server(folder / "data", cleanup_mode="stop")

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    return Server(server.get_uri(), stop)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def execute(url: str, statement: str) -> None:
    """Run one statement outside a transaction."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        connection.execute(statement.encode())
