# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.config.paths import HOME_VARIABLE


def test_a_station_without_templates_has_nothing_to_rebuild(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert main(["--profile", "training", "fingerprint", "rebuild", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["total"], report["rebuilt"], report["committed"]) == (0, 0, False)
    assert report["template_format"].startswith("iso19794-2:2005")
