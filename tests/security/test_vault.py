# SPDX-License-Identifier: Apache-2.0
"""The station's keys: made once, opened always, lost never."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.errors import SetupError
from app.security import key_files
from app.security.secret_stores import KeyFileStore, KeyringStore, PassphraseStore, SecretStore
from app.security.vault import StationKeys, Vault, recorded_holder
from app.security.vault_contents import VaultContents
from tests.security.memory_keyring import ForgetfulKeyring, MemoryKeyring

STUDENT = UUID(int=9)
HEADER_ONLY = (
    b'{"header": {"format": 1, "station": "", "site": "", "holder": "key_file", "salt": "%s"}, "sealed": ""}'
)


class PowerCut(BaseException):
    """Everything ends here; nothing may catch it."""


def new_uids(first: int = 100) -> Callable[[], UUID]:
    numbers = itertools.count(first)
    return lambda: UUID(int=next(numbers))


def make_vault(folder: Path, store: SecretStore | None = None) -> Vault:
    return Vault(
        keys_file=folder / "station.keys",
        database_file=folder / "station.db",
        store=store or KeyFileStore(folder / "station.secret"),
        random_bytes=os.urandom,
    )


def add_site_key(folder: Path) -> StationKeys:
    """A change of the vault's contents: one site key more."""

    def changed(contents: VaultContents) -> VaultContents:
        return replace(
            contents, site_keys={**contents.site_keys, len(contents.site_keys) + 1: os.urandom(32)}
        )

    return make_vault(folder).change(changed)


def same(first: StationKeys, second: StationKeys) -> bool:
    return (
        first.database_key == second.database_key
        and first.sign_key.private_bytes_raw() == second.sign_key.private_bytes_raw()
        and first.seal_key.private_bytes_raw() == second.seal_key.private_bytes_raw()
        and (first.station_uid, first.site_uid) == (second.station_uid, second.site_uid)
    )


def test_keys_open_again_as_they_were_made(tmp_path: Path) -> None:
    made = make_vault(tmp_path).create(new_uids())
    opened = make_vault(tmp_path).open()
    assert same(made, opened)
    assert len(made.database_key) == 32
    assert (made.station_uid, made.site_uid, made.holder) == (UUID(int=100), UUID(int=101), "key_file")
    wrapped = made.sealer.new_subject_key(STUDENT)
    assert opened.sealer.open_subject(STUDENT, wrapped).subject_uid == STUDENT


def test_the_secret_has_43_characters_and_the_file_shows_no_key(tmp_path: Path) -> None:
    keys = make_vault(tmp_path).create(new_uids())
    assert len((tmp_path / "station.secret").read_text().strip()) == 43
    written = (tmp_path / "station.keys").read_bytes()
    assert keys.database_key not in written
    assert keys.database_key.hex().encode() not in written
    assert os.name == "nt" or (tmp_path / "station.keys").stat().st_mode & 0o777 == 0o600
    assert sorted(json.loads(written)["header"]) == ["format", "holder", "salt", "site", "station"]


def test_no_key_is_in_the_repr(tmp_path: Path) -> None:
    shown = repr(make_vault(tmp_path).create(new_uids()))
    assert "key=" not in shown
    assert "sealer" not in shown


def test_keys_under_a_pass_phrase(tmp_path: Path) -> None:
    store = PassphraseStore(tmp_path, "four unrelated words", random_bytes=os.urandom)
    made = make_vault(tmp_path, store).create(new_uids())
    assert made.holder == recorded_holder(tmp_path / "station.keys") == "passphrase"
    wrong = PassphraseStore(tmp_path, "five unrelated words", random_bytes=os.urandom)
    with pytest.raises(SetupError, match="passphrase_wrong"):
        make_vault(tmp_path, wrong).open()


def test_keys_under_the_keyring_record_which_backend_holds_the_secret(tmp_path: Path) -> None:
    made = make_vault(tmp_path, KeyringStore(allowed=[MemoryKeyring])).create(new_uids())
    assert recorded_holder(tmp_path / "station.keys") == made.holder
    assert made.holder.endswith(".MemoryKeyring")
    ((secret,), (service,)) = MemoryKeyring.entries.values(), {name for name, _ in MemoryKeyring.entries}
    assert len(secret) == 43
    assert service == f"enrollment-station/{made.station_uid}"
    assert same(made, make_vault(tmp_path, KeyringStore(allowed=[MemoryKeyring])).open())


def test_before_set_up_nobody_holds_a_secret(tmp_path: Path) -> None:
    assert recorded_holder(tmp_path / "station.keys") is None
    with pytest.raises(SetupError, match="key_absent"):
        make_vault(tmp_path).open()


def test_no_new_keys_where_keys_are(tmp_path: Path) -> None:
    made = make_vault(tmp_path).create(new_uids())
    with pytest.raises(SetupError, match="key_exists"):
        make_vault(tmp_path).create(new_uids())
    assert same(made, make_vault(tmp_path).open())


def test_no_new_keys_beside_a_database(tmp_path: Path) -> None:
    (tmp_path / "station.db").write_bytes(b"records")
    with pytest.raises(SetupError, match="key_absent"):
        make_vault(tmp_path).create(new_uids())
    assert [each.name for each in tmp_path.iterdir()] == ["station.db"]


def test_a_secret_that_vanished_is_absent_and_one_out_of_reach_is_locked(tmp_path: Path) -> None:
    store = KeyringStore(allowed=[MemoryKeyring])
    make_vault(tmp_path, store).create(new_uids())
    MemoryKeyring.locked = True
    with pytest.raises(SetupError, match="key_locked"):
        make_vault(tmp_path, store).open()
    MemoryKeyring.locked = False
    MemoryKeyring.entries.clear()
    with pytest.raises(SetupError, match="key_absent"):
        make_vault(tmp_path, store).open()


def test_a_locked_keyring_at_set_up_leaves_nothing_behind(tmp_path: Path) -> None:
    MemoryKeyring.locked = True
    with pytest.raises(SetupError, match="key_locked"):
        make_vault(tmp_path, KeyringStore(allowed=[MemoryKeyring])).create(new_uids())
    assert list(tmp_path.iterdir()) == []


def test_a_keyring_that_does_not_keep_what_it_is_given_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="key_store_unsafe"):
        make_vault(tmp_path, KeyringStore(allowed=[ForgetfulKeyring])).create(new_uids())
    assert not (tmp_path / "station.keys").exists()


def test_another_secret_does_not_open_the_keys(tmp_path: Path) -> None:
    make_vault(tmp_path).create(new_uids())
    (tmp_path / "station.secret").write_text("A" * 43)
    with pytest.raises(SetupError, match="keys_damaged"):
        make_vault(tmp_path).open()


@pytest.mark.parametrize("name", ["station", "site", "salt"])
def test_a_changed_header_does_not_open(tmp_path: Path, name: str) -> None:
    make_vault(tmp_path).create(new_uids())
    document = json.loads((tmp_path / "station.keys").read_text())
    document["header"][name] = "00" * 16
    (tmp_path / "station.keys").write_text(json.dumps(document))
    with pytest.raises(SetupError, match="keys_damaged"):
        make_vault(tmp_path).open()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"header": 1, "sealed": ""}',
        b'{"header": {"format": 2}, "sealed": ""}',
        b'{"header": {"format": []}, "sealed": ""}',
        HEADER_ONLY % b"no hex",
        HEADER_ONLY % b"",
    ],
)
def test_a_file_that_is_no_key_file_is_damaged(tmp_path: Path, content: bytes) -> None:
    KeyFileStore(tmp_path / "station.secret").write("any", "A" * 43)
    (tmp_path / "station.keys").write_bytes(content)
    with pytest.raises(SetupError, match="keys_damaged"):
        make_vault(tmp_path).open()


def test_a_new_site_key_wraps_and_the_old_one_goes_on_opening(tmp_path: Path) -> None:
    made = make_vault(tmp_path).create(new_uids())
    wrapped = made.sealer.new_subject_key(STUDENT)
    changed = add_site_key(tmp_path)
    assert same(made, changed)
    assert (made.sealer.current_version, changed.sealer.current_version) == (1, 2)
    assert changed.sealer.rewrap(STUDENT, wrapped).key_version == 2


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_vault(tmp_path).create(new_uids())

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(key_files.os, "fsync", full)
    with pytest.raises(SetupError, match="key_store_failed"):
        add_site_key(tmp_path)
    monkeypatch.undo()
    opened = make_vault(tmp_path).open()
    assert same(made, opened)
    assert opened.sealer.current_version == 1


class Steps:
    """Counts what reaches the disk, and cuts the power before or after one of them."""

    def __init__(self, patch: pytest.MonkeyPatch, *, cut_at: int | None = None, after: bool = False) -> None:
        self.done: list[str] = []
        self._cut_at = cut_at
        self._after = after
        for owner, name in [
            (os, "open"),
            (os, "fsync"),
            (Path, "replace"),
            (Path, "unlink"),
            (Path, "mkdir"),
        ]:
            patch.setattr(owner, name, self._watched(name, getattr(owner, name)))

    def _watched(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object, **named: object) -> object:
            self.done.append(name)
            cut = len(self.done) - 1 == self._cut_at
            if cut and not self._after:
                raise PowerCut
            result = real(*arguments, **named)
            if cut:
                raise PowerCut
            return result

        return step


def steps_of(act: Callable[[], object]) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        steps = Steps(patch)
        act()
    return steps.done


def cut(act: Callable[[], object], at: int, *, after: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        Steps(patch, cut_at=at, after=after)
        with pytest.raises(PowerCut):
            act()


def test_a_file_is_on_the_disk_before_its_name_and_its_name_before_the_answer(tmp_path: Path) -> None:
    done = steps_of(lambda: key_files.write_durably(tmp_path / "file", b"content"))
    folder_synced = [] if os.name == "nt" else ["open", "fsync"]
    assert done == ["mkdir", "unlink", "open", "fsync", "replace", *folder_synced]


@pytest.mark.parametrize("after", [False, True], ids=["before the step", "after the step"])
@pytest.mark.parametrize("kind", ["key_file", "keyring"])
def test_a_crash_at_any_step_of_the_set_up_leaves_nothing_that_stops_the_next(
    tmp_path: Path, kind: str, after: bool
) -> None:
    def vault_in(folder: Path) -> Vault:
        folder.mkdir(exist_ok=True)
        return make_vault(folder, KeyringStore(allowed=[MemoryKeyring]) if kind == "keyring" else None)

    count = len(steps_of(lambda: vault_in(tmp_path / "whole").create(new_uids())))
    assert count > 7
    for at in range(1, count):  # the first step is the test's own mkdir
        folder = tmp_path / str(at)
        uids = new_uids(1000 * at)

        def create(folder: Path = folder, uids: Callable[[], UUID] = uids) -> StationKeys:
            return vault_in(folder).create(uids)

        cut(create, at, after=after)
        keys = vault_in(folder).open() if (folder / "station.keys").exists() else create()
        assert same(keys, vault_in(folder).open())


@pytest.mark.parametrize("after", [False, True], ids=["before the step", "after the step"])
def test_a_crash_at_any_step_of_a_key_change_loses_no_key(tmp_path: Path, after: bool) -> None:
    (tmp_path / "whole").mkdir()
    make_vault(tmp_path / "whole").create(new_uids())
    count = len(steps_of(lambda: add_site_key(tmp_path / "whole")))
    assert count > 3
    for at in range(count):
        folder = tmp_path / str(at)
        folder.mkdir()
        made = make_vault(folder).create(new_uids())
        wrapped = made.sealer.new_subject_key(STUDENT)
        cut(lambda folder=folder: add_site_key(folder), at, after=after)  # type: ignore[misc]
        opened = make_vault(folder).open()
        assert same(made, opened)
        assert opened.sealer.open_subject(STUDENT, wrapped).subject_uid == STUDENT
        assert add_site_key(folder).sealer.current_version == opened.sealer.current_version + 1
