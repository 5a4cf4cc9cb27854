# SPDX-License-Identifier: Apache-2.0
"""The set-up script: what it skips, what it hands on, what it says when something is missing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.scripts import SCRIPTS, load

STANDARD = set(sys.stdlib_module_names)


def test_the_scripts_need_the_standard_library_only() -> None:
    """They run before there is an environment; only the freeze runs inside one."""
    own = {path.stem for path in SCRIPTS.glob("*.py")}
    for name in ("dev", "tasks", "environment", "system", "locking", "shell"):
        tree = ast.parse((SCRIPTS / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for found in names:
                assert found.partition(".")[0] in STANDARD | own, f"{name}.py imports {found}"


def test_no_script_is_named_like_a_library_module() -> None:
    """A script beside the one that runs is found first: one called ``queue.py`` would be everyone's queue."""
    assert not {path.stem for path in SCRIPTS.glob("*.py")} & STANDARD


def test_an_old_python_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dev = load("dev")
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(dev, "other_interpreter", lambda: None)
    assert dev.main(["test"]) == 2
    assert "3.11, 3.12 or 3.13" in capsys.readouterr().out


def test_another_python_of_the_machine_takes_over_and_its_exit_code_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dev = load("dev")
    stand_in = tmp_path / "stand_in.py"
    stand_in.write_text(
        "import sys; sys.exit(7 if sys.argv[2:] == ['test', '-k', 'x'] else 1)", encoding="utf-8"
    )
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(dev, "other_interpreter", lambda: [sys.executable, str(stand_in)])
    assert dev.main(["test", "-k", "x"]) == 7


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--help"], 0), (["frobnicate"], 2)])
def test_a_wrong_command_shows_the_help(arguments: list[str], code: int) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / "dev.py"), *arguments], capture_output=True, text=True
    )
    assert done.returncode == code
    assert "dev.py run" in done.stdout


def test_a_child_killed_by_a_signal_shows_as_128_and_its_number() -> None:
    shell = load("shell")
    assert shell.call([sys.executable, "-c", "raise SystemExit(3)"]) == 3
    if sys.platform != "win32":
        assert shell.call([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]) == 137
    assert shell.signal_name(137) == "SIGKILL"
    assert shell.signal_name(3) == "exit 3"


INTERRUPTED = """
import signal, sys
sys.path.insert(0, sys.argv[1])
import shell
shell.GRACE_S = 0.2
child = "import os, signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN);"
child += "os.kill(os.getppid(), signal.SIGINT); time.sleep(60)"
try:
    shell.call([sys.executable, "-c", child])
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl+C to a console, not to a process")
def test_ctrl_c_ends_a_child_that_does_not_listen() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(SCRIPTS)], timeout=30, capture_output=True, text=True
    )
    assert done.returncode == 130, done.stderr


def test_every_check_runs_even_when_one_fails(capfd: pytest.CaptureFixture[str]) -> None:
    tasks = load("tasks")
    steps = [
        (name, [sys.executable, "-c", f"print('ran {name}'); raise SystemExit({code})"])
        for name, code in (("a", 0), ("b", 5), ("c", 1))
    ]
    assert tasks._run_all(steps) == 5
    printed = capfd.readouterr().out
    assert all(f"ran {name}" in printed for name in "abc")


@pytest.mark.parametrize(
    ("arguments", "cores", "expected"),
    [
        ([], 2, ["-n", "2", "--dist", "worksteal"]),
        (["-k", "reader"], 16, ["-n", "4", "--dist", "worksteal"]),
        ([], 1, []),
        (["-n0"], 8, []),
        (["--numprocesses=3"], 8, []),
        (["tests/domain", "--pdb"], 8, []),
    ],
)
def test_the_tests_are_spread_over_the_cores(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], cores: int, expected: list[str]
) -> None:
    tasks = load("tasks")
    monkeypatch.setattr(tasks.os, "cpu_count", lambda: cores)
    assert tasks._workers(arguments) == expected


def test_an_environment_that_fits_its_lock_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment = load("environment")
    lock = tmp_path / "lock.txt"
    lock.write_text("six==1.16.0 --hash=sha256:0\n", encoding="utf-8")
    monkeypatch.setattr(environment, "lock_path", lambda purpose="": lock)
    monkeypatch.setattr(environment, "call", lambda *_, **__: pytest.fail("started a program"))
    venv = tmp_path / "venv"
    python = environment.venv_python(venv)
    python.parent.mkdir(parents=True)
    python.touch()
    (venv / environment.STAMP).write_text(environment.stamp_of(venv, lock, editable=True), encoding="ascii")
    assert environment.ensure_venv(venv) == python


def test_a_changed_lock_makes_a_new_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment = load("environment")
    lock = tmp_path / "lock.txt"
    lock.write_text("# empty\n", encoding="utf-8")
    monkeypatch.setattr(environment, "lock_path", lambda purpose="": lock)
    started: list[list[str]] = []

    def record(command: list[object], **_: object) -> int:
        started.append([str(part) for part in command])
        python = environment.venv_python(tmp_path / "venv")
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()
        return 0

    monkeypatch.setattr(environment, "call", record)
    monkeypatch.setattr(
        environment, "_install_lock", lambda python, path: started.append(["install", path.name])
    )
    environment.ensure_venv(tmp_path / "venv", editable=False)
    assert [command[-1] for command in started] == [str(tmp_path / "venv"), "lock.txt"]
    started.clear()
    environment.ensure_venv(tmp_path / "venv", editable=False)
    assert started == []
    stranger = tmp_path / "venv" / "left-over"
    stranger.touch()
    lock.write_text("# other\n", encoding="utf-8")
    environment.ensure_venv(tmp_path / "venv", editable=False)
    assert started
    assert not stranger.exists()


def test_a_failed_install_leaves_no_stamp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment = load("environment")
    lock = tmp_path / "lock.txt"
    lock.touch()
    monkeypatch.setattr(environment, "lock_path", lambda purpose="": lock)
    monkeypatch.setattr(environment, "call", lambda *_, **__: 1)
    with pytest.raises(environment.ScriptError):
        environment.ensure_venv(tmp_path / "venv")
    assert not (tmp_path / "venv" / environment.STAMP).exists()


def missing_everything(monkeypatch: pytest.MonkeyPatch) -> object:
    """A Debian on which nothing is installed and nobody may install anything."""
    system = load("system")
    monkeypatch.setattr(system.sys, "platform", "linux")
    monkeypatch.setattr(system, "missing_venv_package", lambda: ["python3.11-venv"])
    monkeypatch.setattr(system, "missing_qt_packages", lambda: ["libegl1"])
    monkeypatch.setattr(system, "postgresql_programs", lambda: None)
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(
        system.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None
    )
    return system


def test_who_may_not_install_gets_one_line_to_hand_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    system = missing_everything(monkeypatch)
    with pytest.raises(system.ScriptError):  # type: ignore[attr-defined]
        system.ensure_packages(for_tests=True)  # type: ignore[attr-defined]
    line = "sudo apt-get install --no-install-recommends python3.11-venv libegl1 postgresql"
    assert line in capsys.readouterr().out


def test_a_missing_postgresql_alone_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    system = missing_everything(monkeypatch)
    monkeypatch.setattr(system, "missing_venv_package", list)
    monkeypatch.setattr(system, "missing_qt_packages", list)
    system.ensure_packages(for_tests=True)  # type: ignore[attr-defined]
    assert "install --no-install-recommends postgresql" in capsys.readouterr().out


def test_root_installs_through_apt_after_fetching_the_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    system = missing_everything(monkeypatch)
    ran: list[str] = []
    monkeypatch.setattr(system.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(system, "_has_lists", lambda: False)
    monkeypatch.setattr(system, "call", lambda command, **_: ran.append(" ".join(command)) or 0)
    system.ensure_packages(for_tests=False)  # type: ignore[attr-defined]
    assert ran[0].endswith("update")
    assert ran[1].endswith("install --yes --no-install-recommends python3.11-venv libegl1")


def test_no_display_is_said_and_leads_to_the_walk_through(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks = load("tasks")
    ran: list[list[str]] = []
    monkeypatch.setattr(tasks, "ensure_packages", lambda **_: None)
    monkeypatch.setattr(tasks, "ensure_venv", lambda: Path("python"))
    monkeypatch.setattr(tasks, "call", lambda command: ran.append([str(part) for part in command]) or 4)
    monkeypatch.setattr(tasks.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert tasks.run_station([]) == 4
    assert ran[0][:4] == ["python", "-m", "app", "walkthrough"]
    assert "no display" in capsys.readouterr().out


def test_a_screen_that_is_gone_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = load("tasks")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":4711")
    if sys.platform == "linux":
        assert ":4711 cannot be used" in str(tasks.display_missing(Path(sys.executable)))
