# SPDX-License-Identifier: Apache-2.0
"""A station that is locked holds nothing biometric in the clear; unlocked, it recognizes fingers again."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event

import pytest

from app.bootstrap import new_id, open_services, reopened_keys, vault_of
from app.config.paths import DEFAULT_PROFILE, HOME_VARIABLE, profile_paths
from app.domain.errors import SetupError
from app.domain.fingerprints import Finger, SkipReason
from app.domain.visits import Skip
from app.opening import window_services
from tests.services.finger_desk import synthetic_touch

ANNA = 8_201


def test_locking_drops_gallery_and_keys_and_unlocking_loads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    services = open_services("training", with_reader=False)
    given, enrollment, gallery = window_services(services), services.enrollment, services.fingers.gallery
    skip = Skip(SkipReason.REFUSED)
    visit = enrollment.start(services.students.add("Anna Example").uid)
    for number in (1, 2, 3):
        taken = synthetic_touch(enrollment.policy, ANNA, number)
        visit = enrollment.record_impression(visit, Finger.RIGHT_INDEX, taken)
    visit = enrollment.search_duplicates(enrollment.skip_finger(visit, Finger.LEFT_INDEX, skip))
    visit = enrollment.skip_signatures(visit, skip)
    enrollment.finish(enrollment.skip_check_in(visit, skip))
    list(enrollment.fill_gallery(Event()))
    assert gallery.state.loaded == 1
    assert services.fingers.keys._opened
    given.lock()
    assert gallery.state.loaded == 0
    assert gallery._gallery.impressions == 0
    assert services.fingers.keys._opened == {}
    assert services.fingers.checks._ready == {}
    given.unlock(None)
    list(enrollment.fill_gallery(Event()))
    assert given.finger_sign_in is not None
    found = given.finger_sign_in.identify(synthetic_touch(enrollment.policy, ANNA, 7))
    assert found.student == visit.student
    services.close()


def test_a_pass_phrase_is_typed_again_even_where_the_environment_knew_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    paths = profile_paths(DEFAULT_PROFILE, os.environ)
    paths.make_folders()
    phrase = "seven green buses"
    vault_of(paths, training=False, passphrase=phrase).create(new_id)
    monkeypatch.setenv("ENROLLMENT_STATION_PASSPHRASE", phrase)
    for typed, code in ((None, "passphrase_missing"), ("seven red buses", "passphrase_wrong")):
        with pytest.raises(SetupError) as refused:
            reopened_keys(paths, training=False, passphrase=typed)
        assert refused.value.code == code
    assert reopened_keys(paths, training=False, passphrase=phrase).station_uid
