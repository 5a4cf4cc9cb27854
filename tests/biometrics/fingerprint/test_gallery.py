# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from app.biometrics.fingerprint.gallery import Gallery
from app.biometrics.fingerprint.iso19794 import write_iso
from app.biometrics.fingerprint.prepared import Prepared, prepare
from app.biometrics.fingerprint.search_vectors import likeness, pack_print, room_for, support
from app.biometrics.fingerprint.template import Template, empty_template
from app.domain.errors import OperatorError

Templates = dict[tuple[int, int], Template]
Prints = dict[tuple[int, int], Prepared]


def filled(templates: Templates) -> Gallery[str]:
    gallery: Gallery[str] = Gallery()
    for finger in range(4):
        gallery.add(f"finger {finger}", [write_iso(templates[finger, number]) for number in (0, 1)])
    return gallery


def test_every_probe_finds_its_finger_only(templates: Templates, prints: Prints) -> None:
    gallery = filled(templates)
    assert (len(gallery), gallery.impressions) == (4, 8)
    for finger in range(4):
        (hit,) = gallery.search(prints[finger, 2], 1e-4)
        assert hit.key == f"finger {finger}"
        assert hit.false_match_rate <= 1e-4
        assert hit.false_alarms == pytest.approx(4 * hit.false_match_rate)


def test_own_fingers_can_be_left_out(templates: Templates, prints: Prints) -> None:
    assert filled(templates).search(prints[1, 2], 1e-4, leaving_out=frozenset({"finger 1"})) == ()


def test_removing_keeps_the_others(templates: Templates, prints: Prints) -> None:
    gallery = filled(templates)
    assert gallery.remove("finger 0")
    assert not gallery.remove("finger 0")
    assert "finger 0" not in gallery
    assert gallery.search(prints[0, 2], 1e-4) == ()
    for finger in (1, 2, 3):
        assert gallery.search(prints[finger, 2], 1e-4)[0].key == f"finger {finger}"
    assert gallery.impressions == 6


def test_adding_again_replaces(templates: Templates, prints: Prints) -> None:
    gallery = filled(templates)
    gallery.add("finger 0", [write_iso(templates[3, 0])])
    assert (len(gallery), gallery.impressions) == (4, 7)
    assert {hit.key for hit in gallery.search(prints[3, 2], 1e-4)} == {"finger 0", "finger 3"}


def test_a_broken_record_changes_nothing(templates: Templates) -> None:
    gallery = filled(templates)
    with pytest.raises(OperatorError):
        gallery.add("finger 0", [write_iso(templates[0, 2]), b"FMR\x00 20\x00"])
    assert (len(gallery), gallery.impressions) == (4, 8)


def test_locking_forgets_everything(templates: Templates, prints: Prints) -> None:
    gallery = filled(templates)
    gallery.clear()
    assert len(gallery) == 0
    assert gallery.search(prints[0, 2]) == ()
    assert gallery.extra_bytes == 0


def test_empty_templates_are_harmless(prints: Prints) -> None:
    gallery: Gallery[str] = Gallery()
    gallery.add("blank", [write_iso(empty_template(256, 288))])
    assert gallery.search(prints[0, 0], 1e-2) == ()
    assert gallery.search(prepare(empty_template(256, 288))) == ()


def test_less_than_two_kilobytes_beside_a_record() -> None:
    assert room_for(1).nbytes < 2048


def test_false_alarms_grow_with_the_gallery(templates: Templates) -> None:
    assert filled(templates).expected_false_alarms(1e-5) == pytest.approx(4e-5)


def test_both_rankings_prefer_mates(prints: Prints) -> None:
    keys = list(prints)
    room = room_for(len(keys))
    packed = [pack_print(prints[key]) for key in keys]
    for place, one in enumerate(packed):
        room.vectors[place], room.place[place], room.heading[place] = one.vectors, one.place, one.heading
    for place, key in enumerate(keys):
        for ranks in (likeness(packed[place].vectors, room.vectors), support(packed[place], room)):
            assert ranks.argmax() == place
            mates = [rank for other, rank in zip(keys, ranks, strict=True) if other[0] == key[0]]
            others = [rank for other, rank in zip(keys, ranks, strict=True) if other[0] != key[0]]
            assert np.median(mates) > np.median(others)
