# SPDX-License-Identifier: Apache-2.0
"""Where the station's secret may live, and where it may not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail, null

from app.domain.errors import SetupError
from app.security import secret_stores
from app.security.secret_stores import KeyFileStore, KeyringStore, PassphraseStore
from tests.security.memory_keyring import AbsentKeyring, MemoryKeyring, OtherKeyring

PHRASE = "four unrelated words here"


def test_the_list_of_real_backends_is_this_one() -> None:
    assert [f"{each.__module__}.{each.__name__}" for each in secret_stores.REAL_BACKENDS] == [
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
    ]


def test_a_secret_is_read_back_from_the_keyring() -> None:
    store = KeyringStore(allowed=[MemoryKeyring])
    store.write("station-a", "secret")
    assert KeyringStore(allowed=[MemoryKeyring]).read("station-a", store.holder) == "secret"
    assert store.holder.endswith(".MemoryKeyring")


def test_every_entry_is_a_service_of_its_own() -> None:
    store = KeyringStore(allowed=[MemoryKeyring])
    store.write("station-a", "one")
    store.write("station-b", "two")
    assert store.read("station-a", store.holder) == "one"
    assert {service for service, _ in MemoryKeyring.entries} == {
        "enrollment-station/station-a",
        "enrollment-station/station-b",
    }


def test_a_secret_is_never_replaced() -> None:
    store = KeyringStore(allowed=[MemoryKeyring])
    store.write("station-a", "one")
    with pytest.raises(SetupError, match="key_exists"):
        store.write("station-a", "two")
    assert store.read("station-a", store.holder) == "one"


@pytest.mark.parametrize("unsafe", [fail.Keyring, null.Keyring, OtherKeyring])
def test_a_backend_outside_the_list_is_refused(unsafe: type[keyring.backend.KeyringBackend]) -> None:
    """``OtherKeyring`` is a subclass of the allowed class: a real backend's child may keep its secret
    anywhere."""
    with pytest.raises(SetupError) as caught:
        KeyringStore(allowed=[MemoryKeyring], chosen=unsafe())
    assert caught.value.code == "key_store_unsafe"


def test_the_librarys_own_choice_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library would take this backend now; we do not."""
    monkeypatch.setattr(keyring.core, "_keyring_backend", MemoryKeyring())
    assert keyring.get_keyring().get_password("any", "any") is None
    with pytest.raises(SetupError, match="key_store_unsafe"):
        KeyringStore(allowed=[AbsentKeyring])


def test_without_a_running_backend_there_is_no_keyring() -> None:
    assert not KeyringStore.available([AbsentKeyring])
    assert KeyringStore.available([AbsentKeyring, MemoryKeyring])
    assert KeyringStore(allowed=[AbsentKeyring, OtherKeyring]).holder.endswith(".OtherKeyring")


def test_locked_and_absent_are_different() -> None:
    store = KeyringStore(allowed=[MemoryKeyring])
    with pytest.raises(SetupError, match="key_absent"):
        store.read("station-a", store.holder)
    store.write("station-a", "one")
    MemoryKeyring.locked = True
    with pytest.raises(SetupError, match="key_locked"):
        store.read("station-a", store.holder)
    with pytest.raises(SetupError, match="key_locked"):
        store.write("station-b", "two")


def test_the_recorded_backend_is_asked_even_when_another_is_preferred_today() -> None:
    recorded = KeyringStore(allowed=[OtherKeyring])
    recorded.write("station-a", "one")
    today = KeyringStore(allowed=[MemoryKeyring, OtherKeyring])
    assert today.holder != recorded.holder
    assert today.read("station-a", recorded.holder) == "one"


def test_a_recorded_backend_that_does_not_run_now_is_locked_not_absent() -> None:
    name = f"keyring:{AbsentKeyring.__module__}.{AbsentKeyring.__qualname__}"
    with pytest.raises(SetupError, match="key_locked"):
        KeyringStore(allowed=[MemoryKeyring, AbsentKeyring]).read("station-a", name)


@pytest.mark.parametrize(
    ("holder", "code"),
    [("keyring:keyrings.alt.file.PlaintextKeyring", "key_store_unsafe"), ("passphrase", "key_absent")],
)
def test_a_recorded_holder_that_a_keyring_is_not(holder: str, code: str) -> None:
    with pytest.raises(SetupError) as caught:
        KeyringStore(allowed=[MemoryKeyring]).read("station-a", holder)
    assert caught.value.code == code


def test_a_pass_phrase_opens_what_it_sealed_and_no_other_does(tmp_path: Path) -> None:
    store = PassphraseStore(tmp_path, "pass phrase of café", random_bytes=os.urandom)
    with pytest.raises(SetupError, match="key_absent"):
        store.read("station-a", "passphrase")
    store.write("station-a", "the secret")
    with pytest.raises(SetupError, match="key_exists"):
        store.write("station-a", "another")
    composed_otherwise = PassphraseStore(tmp_path, "pass phrase of cafe\u0301", random_bytes=os.urandom)
    assert composed_otherwise.read("station-a", "passphrase") == "the secret"
    with pytest.raises(SetupError, match="passphrase_wrong"):
        PassphraseStore(tmp_path, "Pass phrase of café", random_bytes=os.urandom).read(
            "station-a", "passphrase"
        )
    written = (tmp_path / "station-a.secret").read_bytes()
    assert b"the secret" not in written
    header = json.loads(written)["header"]
    assert (header["kdf"], header["passes"], header["memory_kib"]) == ("argon2id", 3, 65536)


def test_a_short_pass_phrase_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as caught:
        PassphraseStore(tmp_path, "eleven char", random_bytes=os.urandom).write("station-a", "secret")
    assert (caught.value.code, caught.value.facts) == ("passphrase_short", {"minimum": 12})
    assert list(tmp_path.iterdir()) == []


def test_a_pass_phrase_store_asks_for_its_own_secrets_only(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="key_absent"):
        PassphraseStore(tmp_path, PHRASE, random_bytes=os.urandom).read("station-a", "key_file")


@pytest.mark.parametrize(
    "header",
    [
        {"passes": 3, "memory_kib": 4_000_000_000, "lanes": 4, "salt": "00" * 16},
        {"passes": 3, "memory_kib": 65536, "lanes": 4, "salt": "no hex"},
        {"passes": 3, "memory_kib": 65536, "lanes": 4},
        {"passes": 0, "memory_kib": 65536, "lanes": 4, "salt": "00" * 16},
    ],
    ids=["a memory bomb", "no salt", "salt missing", "no passes"],
)
def test_a_secret_file_with_a_senseless_header_is_damaged(tmp_path: Path, header: dict[str, object]) -> None:
    (tmp_path / "station-a.secret").write_text(json.dumps({"header": header, "sealed": "AAAA"}))
    with pytest.raises(SetupError, match="keys_damaged"):
        PassphraseStore(tmp_path, PHRASE, random_bytes=os.urandom).read("station-a", "passphrase")


def test_a_key_file_is_private_and_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "station.secret"
    store = KeyFileStore(file)
    with pytest.raises(SetupError, match="key_absent"):
        store.read("any", "key_file")
    store.write("any", "the secret")
    assert store.read("any", "key_file") == "the secret"
    assert os.name == "nt" or file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SetupError, match="key_exists"):
        store.write("any", "another")
    with pytest.raises(SetupError, match="key_absent"):
        store.read("any", "passphrase")


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "station.secret"
    KeyFileStore(file).write("any", "the secret")
    file.chmod(0o640)
    if os.name != "nt":  # Windows has no such bits: the folder's access list guards the file
        with pytest.raises(SetupError, match="key_store_unsafe"):
            KeyFileStore(file).read("any", "key_file")


@pytest.mark.parametrize(("content", "code"), [(b"", "key_absent"), (b"\xff\xfe", "keys_damaged")])
def test_a_key_file_without_a_secret(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "station.secret"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SetupError) as caught:
        KeyFileStore(file).read("any", "key_file")
    assert caught.value.code == code


def test_a_folder_in_the_way_of_the_key_file_is_locked_not_absent(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(SetupError, match="key_locked"):
        KeyFileStore(tmp_path).read("any", "key_file")
