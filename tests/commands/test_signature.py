# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.commands.signature import app
from app.domain.errors import OperatorError
from app.domain.signature_codec import from_bytes, to_bytes
from tests.biometrics.signature.samples import signed
from tests.biometrics.signature.svc_text import svc_text


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


@pytest.mark.parametrize("file_format", ["inkml", "iso", "web"])
def test_a_record_goes_out_and_comes_back(tmp_path: Path, file_format: str) -> None:
    record = signed(1, 1)
    (tmp_path / "record").write_bytes(to_bytes(record))
    run("export", tmp_path / "record", tmp_path / "out", "--format", file_format)
    told = json.loads(run("import", tmp_path / "out", tmp_path / "again", "--format", file_format, "--json"))
    again = from_bytes((tmp_path / "again").read_bytes())
    assert told["points"] == len(record.t_us)
    assert (again.x, again.pressure) == (record.x, record.pressure)
    run("export", tmp_path / "again", tmp_path / "out2", "--format", file_format)
    assert (tmp_path / "out2").read_bytes() == (tmp_path / "out").read_bytes()


def test_the_benchmark_writes_its_scores(tmp_path: Path) -> None:
    for user in (1, 2):
        for number in range(1, 41):
            text = svc_text(user, number, 1.0 if number <= 20 else 6.0, strokes=1)
            (tmp_path / f"U{user}S{number}.TXT").write_text(text, encoding="ascii", newline="")
    scores = tmp_path / "scores.csv"
    report = json.loads(
        run("benchmark", tmp_path, "--scores", scores, "--references", "3", "--draws", "0", "--json")
    )
    assert report["references"] == 3
    assert report["plain_dtw"]["verification_ms"]["median"] > 0
    with scores.open(newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["user", "protocol", "kind", "probe", "score"]
    assert len(rows) == 1 + 2 * (10 + 20 + 1)
    assert rows[1][:4] == ["1", "S1-3", "genuine", "U1S11"]


def test_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    for arguments in (
        ("benchmark", tmp_path / "none"),
        ("benchmark", tmp_path),
        ("export", tmp_path / "none", tmp_path / "out"),
        ("import", tmp_path / "none", tmp_path / "out"),
    ):
        with pytest.raises(OperatorError, match="file_unreadable"):
            run(*arguments)
