# SPDX-License-Identifier: Apache-2.0
"""``devices`` and ``emulator`` on the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import cv2
import pytest
from typer.testing import CliRunner

from app.commands import devices
from app.commands.emulator import app as emulator_app
from app.devices import serial_link
from app.devices.emulator.emulator import Emulator
from app.devices.emulator.pattern import ridge_pattern
from app.devices.emulator.timing import INSTANT
from app.devices.registry import make_reader
from app.domain.capture import Frame
from app.domain.errors import DeviceError, SetupError
from tests.devices.watching import QUICK, is_a, only_frame, watch_until

ROOT = Path(__file__).resolve().parents[2]
SERVE = "from app.commands.emulator import app; app()"


def devices_run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(devices.app, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def serve() -> Iterator[Callable[..., IO[str]]]:
    """Starts ``emulator serve`` as a program and gives its output."""
    running: list[subprocess.Popen[str]] = []

    def start(*words: str) -> IO[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--unthrottled", *words],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        return process.stdout

    yield start
    for process in running:
        process.send_signal(signal.SIGTERM)
        if sys.platform != "win32":
            assert process.wait(10) == 0
        process.communicate()


def test_no_ports_is_something_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_link.list_ports, "comports", list)
    assert devices_run("list") == (1, "")
    code, output = devices_run("list", "--json")
    assert (code, json.loads(output)) == (1, [])


def test_ports_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        serial_link,
        "list_serial_ports",
        lambda: (
            serial_link.SerialPort("COM5", "USB-SERIAL", "CH340", ""),
            serial_link.SerialPort("COM1", "COM1", "", ""),
        ),
    )
    code, output = devices_run("list")
    assert code == 0
    assert output.splitlines() == ["r30x:COM5  USB-SERIAL (CH340)", "r30x:COM1  COM1  (unknown adapter)"]
    assert json.loads(devices_run("list", "--json")[1])[0]["reader_id"] == "r30x:COM5"


def test_a_reader_is_asked_and_not_changed() -> None:
    with Emulator("r503", timing=INSTANT, fault="wrong-password") as emulator:
        reader_id = f"r30x:{emulator.serve_tcp()}"
        with pytest.raises(DeviceError, match="reader_locked"):
            devices_run("probe", reader_id)
        code, output = devices_run("probe", reader_id, "--password", "12345678", "--json")
        facts = json.loads(output)
        assert (code, facts["model"], facts["width_px"], facts["dpi"]) == (0, "R503", 192, 508)
        assert "partial_rows" in facts["abilities"]
        text = devices_run("probe", reader_id, "--password", "12345678")[1]
        assert "model: R503" in text.splitlines()


def test_images_are_timed_against_the_line() -> None:
    with Emulator("r503", timing=INSTANT, presence=lambda now_s: True) as emulator:
        code, output = devices_run("measure", f"r30x:{emulator.serve_tcp()}", "--count", "1", "--json")
    facts = json.loads(output)
    assert (code, facts["images"]) == (0, 1)
    assert facts["line_seconds_per_image"] == round((18_432 + 144 * 11) * 10 / 57_600, 3)
    assert facts["seconds_per_image"] < facts["line_seconds_per_image"]


@pytest.mark.parametrize("password", ["xyz", "123456789"])
def test_a_password_that_is_none(password: str) -> None:
    assert devices_run("probe", "r30x:COM5", "--password", password)[0] == 2


def test_the_first_line_says_where_it_listens(serve: Callable[..., IO[str]], tmp_path: Path) -> None:
    print_ = ridge_pattern(5)
    import numpy as np

    pixels = np.frombuffer(print_.pixels, np.uint8).reshape(print_.height_px, print_.width_px)
    assert cv2.imwrite(str(tmp_path / "1.png"), pixels)
    script = tmp_path / "script.txt"
    script.write_text("place 0\n", encoding="utf-8")
    output = serve("--listen", "tcp://127.0.0.1:0", "--images", str(tmp_path), "--script", str(script))
    where = output.readline().strip()
    assert where.startswith("tcp://127.0.0.1:")
    assert output.readline().strip() == f"reader: r30x:{where.replace('tcp', 'socket')}"
    reader = make_reader(f"r30x:{where.replace('tcp', 'socket')}", QUICK)
    try:
        frame = only_frame(watch_until(reader, is_a(Frame)))
    finally:
        reader.close()
    assert frame.pixels == bytes(pixel // 16 * 17 for pixel in print_.pixels)


if sys.platform != "win32":

    def test_the_first_line_is_the_path_of_the_pseudo_terminal(serve: Callable[..., IO[str]]) -> None:
        """Without orders a finger comes and goes by itself, a synthetic one."""
        path = serve("--pty", "--model", "r503", "--seed", "7").readline().strip()
        reader = make_reader(f"r30x:{path}", QUICK)
        try:
            frame = only_frame(watch_until(reader, is_a(Frame)))
        finally:
            reader.close()
        assert (frame.width_px, frame.height_px) == (192, 192)
        assert len(set(frame.pixels)) > 4


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--listen", "tcp://127.0.0.1:0", "--pty"],
        ["--listen", "udp://127.0.0.1:1"],
        ["--listen", "tcp://127.0.0.1:99999"],
        ["--listen", "tcp://127.0.0.1"],
        ["--pty", "--images", "/nowhere/at/all"],
        ["--pty", "--script", "/nowhere/at/all"],
        ["--pty", "--control", "nonsense"],
    ],
)
def test_wrong_words(words: list[str]) -> None:
    assert CliRunner().invoke(emulator_app, ["serve", *words]).exit_code == 2


@pytest.mark.parametrize("words", [["--model", "r999"], ["--fault", "nonsense"], ["--baud", "57601"]])
def test_wrong_names_are_errors_of_the_product(words: list[str]) -> None:
    result = CliRunner().invoke(emulator_app, ["serve", "--pty", *words])
    assert isinstance(result.exception, SetupError)


def test_windows_has_no_pseudo_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.devices.emulator import emulator

    monkeypatch.setattr(emulator.sys, "platform", "win32")
    with pytest.raises(DeviceError) as caught:
        Emulator().serve_pty()
    assert caught.value.code == "reader_unsupported"
