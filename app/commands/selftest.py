# SPDX-License-Identifier: Apache-2.0
"""``--selftest OUT.json``: exercises everything the program depends on, each part for real and by itself.

A package that lacks a library, a plugin or a data file fails here within seconds, with the part's name. It
writes a file because a windowed program has no standard output. It touches no station: its database, keys and
settings lie in a temporary folder.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import platform
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from app.security.vault import StationKeys

OPTION = "--selftest"

EXIT_OK, EXIT_FOUND, EXIT_FAILED = 0, 1, 2

#: What a check found out, as it stands in the report.
Facts = Mapping[str, object]

_READER_PATIENCE_S = 20.0
_KEY = bytes(range(32))
#: A port on which no server listens: reaching for it takes the whole client library and no server.
_NO_SERVER = "postgresql+psycopg://nobody@127.0.0.1:1/none"


def check_modules(folder: Path) -> Facts:
    """Every module of the program and every migration can be imported."""
    import app
    import migrations.versions

    names = [
        module.name
        for package in (app, migrations.versions)
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
        if not module.name.endswith("__main__")
    ]
    broken: dict[str, str] = {}
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - one broken module must not hide the others
            broken[name] = repr(error)
    if broken:
        raise ImportError("; ".join(f"{name}: {reason}" for name, reason in broken.items()))
    return {"modules": len(names)}


def check_resources(folder: Path) -> Facts:
    """The data files are there: the signature flows, the training roster, icons, fonts, migrations."""
    from importlib.resources import files

    from app.domain.signature_flow import parse_flows
    from app.storage.migrate import script_location

    root = files("resources")
    flows = parse_flows(root.joinpath("flows.toml").read_text("utf-8"))
    icons = [entry.name for entry in root.joinpath("icons").iterdir() if entry.name.endswith(".svg")]
    scripts = [entry.name for entry in (script_location() / "versions").glob("0*.py")]
    if not flows or not icons or not scripts or not (script_location() / "env.py").is_file():
        raise FileNotFoundError(f"{len(flows)} flows, {len(icons)} icons, {len(scripts)} migrations")
    return {"flows": len(flows), "icons": len(icons), "migrations": len(scripts)}


def check_qt(folder: Path) -> Facts:
    """Qt draws a window with the program's own font and icons, reads pictures and writes a PDF."""
    from PySide6.QtCore import QByteArray, QRectF, Qt, qVersion
    from PySide6.QtGui import QColor, QFontInfo, QGuiApplication, QImageReader, QPainter, QPdfWriter
    from PySide6.QtPrintSupport import QPrinterInfo
    from PySide6.QtWidgets import QApplication, QLabel

    from app.ui.common.assets import FONT_FILES, load_fonts, pixmap

    application = QApplication.instance() or QApplication([sys.argv[0]])
    load_fonts()
    label = QLabel("Enrollment")
    label.setStyleSheet("background: #ffffff; color: #000000; font-family: Inter; font-size: 32px")
    label.resize(240, 60)
    label.show()
    application.processEvents()
    picture = label.grab().toImage()
    dark = sum(
        QColor(picture.pixel(x, y)).lightness() < 128
        for x in range(picture.width())
        for y in range(picture.height())
    )
    if dark < 100:
        raise RuntimeError(f"the text has {dark} dark pixels")
    family = QFontInfo(label.font()).family()
    if pixmap("fingerprint", "#000000", 48).toImage().allGray() is False:
        raise RuntimeError("an icon came out in color")
    pdf = folder / "page.pdf"
    writer = QPdfWriter(str(pdf))
    painter = QPainter(writer)
    painter.drawText(QRectF(0, 0, 4000, 400), Qt.AlignmentFlag.AlignLeft, "Receipt")
    painter.end()
    if not pdf.read_bytes().startswith(b"%PDF-"):
        raise RuntimeError("no PDF was written")
    formats = sorted(bytes(name.data()).decode() for name in QImageReader.supportedImageFormats())
    needed = {"png", "jpeg", "svg", "webp"}
    if not needed <= set(formats):
        raise RuntimeError(f"picture formats missing: {sorted(needed - set(formats))}")
    label.deleteLater()
    return {
        "qt": qVersion(),
        "platform": QGuiApplication.platformName(),
        "font": family,
        "fonts": len(FONT_FILES),
        "formats": formats,
        "printers": len(QPrinterInfo.availablePrinterNames()),
        "byte_array": QByteArray(b"ok").toStdString() == "ok",
    }


def check_database(folder: Path) -> Facts:
    """An encrypted database goes through every migration up, down and up; so does a plain one."""
    from app.storage import migrate
    from app.storage.engine import open_local
    from app.storage.store import Store

    now = datetime.now(UTC)
    facts: dict[str, object] = {}
    for name, key in (("encrypted", _KEY), ("plain", None)):
        path = folder / f"{name}.db"
        upgraded = migrate.upgrade_local(path, key, folder / "backups", now)
        engine = open_local(path, key)
        migrate.downgrade(engine, migrate.BASE, now)
        migrate.upgrade(engine, now)
        migrate.ensure_head(engine)
        Store(engine).ping()
        engine.dispose()
        readable = path.read_bytes().startswith(b"SQLite format 3")
        if readable is not (key is None):
            raise RuntimeError(f"{name}: encryption is not what it should be")
        facts[name] = upgraded.after
    return facts


def check_server_client(folder: Path) -> Facts:
    """The PostgreSQL client is complete: it gets as far as finding no server."""
    from app.domain.errors import StorageError
    from app.storage.engine import open_url

    try:
        engine = open_url(_NO_SERVER)
    except StorageError as error:
        if error.code != "database_unavailable":
            raise
        return {"answer": error.code}
    engine.dispose()
    raise RuntimeError("a server answered where there is none")


def check_sealing(folder: Path) -> Facts:
    """Keys are made and opened again; a sealed value opens in its place and nowhere else."""
    from app.bootstrap import new_id
    from app.domain.errors import SetupError
    from app.security.sealed import SealContext
    from app.security.secret_stores import PassphraseStore
    from app.security.vault import Vault

    store = PassphraseStore(folder, "correct horse battery staple", random_bytes=os.urandom)
    vault = Vault(
        keys_file=folder / "station.keys",
        database_file=folder / "absent.db",
        store=store,
        random_bytes=os.urandom,
    )
    made = vault.create(new_id)
    opened = vault.open()
    if made.database_key != opened.database_key:
        raise RuntimeError("the keys changed between two openings")
    subject, row = new_id(), new_id()
    key = opened.sealer.open_subject(subject, made.sealer.new_subject_key(subject))
    place = SealContext("enrollment_sessions", "template_data", row, subject)
    token = key.seal(b"template", place)
    if key.open(token, place) != b"template":
        raise RuntimeError("a sealed value came back changed")
    _check_shared_key(opened)
    try:
        key.open(token, SealContext("enrollment_sessions", "template_data", UUID(int=1), subject))
    except SetupError as error:
        return {"moved_value": error.code, "holder": opened.holder}
    raise RuntimeError("a moved value opened")


def _check_shared_key(keys: StationKeys) -> None:
    """A site key is sealed to a recovery code and opened by what was typed of it."""
    from app.security.key_wraps import unwrap_site_key, wrap_site_key
    from app.security.recovery import kit_of, new_kit

    kit = kit_of(new_kit(os.urandom).code.lower())
    wrapped = wrap_site_key(bytes(32), keys.site_uid, 1, kit.recipient)
    if unwrap_site_key(wrapped, keys.site_uid, 1, kit.recipient.name, kit.seal_key) != bytes(32):
        raise RuntimeError("a site key that was sealed to a recovery code came back changed")


def check_keyring(folder: Path) -> Facts:
    """The system's keyring can be asked; whether one is running is a fact, not a fault."""
    from app.security.secret_stores import REAL_BACKENDS, KeyringStore

    needed = {"win32": ("win32ctypes.pywin32.win32cred",), "linux": ("secretstorage", "jeepney")}
    for name in needed.get(sys.platform, ()):
        importlib.import_module(name)
    available = KeyringStore.available()
    return {"available": available, "backends": [backend.__module__ for backend in REAL_BACKENDS]}


def check_pictures(folder: Path) -> Facts:
    """The numeric libraries work: a finger is grown, pressed on the glass and rated."""
    from app.biometrics.fingerprint.quality import assess
    from app.biometrics.synthetic.fingers import make_finger
    from app.biometrics.synthetic.impressions import Condition, make_impression

    finger = make_finger(1)
    good = assess(make_impression(finger, 1)).quality
    blank = assess(make_impression(None, 1, condition=Condition.BLANK)).quality
    if not good > blank:
        raise RuntimeError(f"a good impression is rated {good}, an empty glass {blank}")
    return {"good": good, "blank": blank}


def check_reader(folder: Path) -> Facts:
    """The serial driver reads an image from the emulated reader through pyserial."""
    from app.devices.emulator.emulator import Emulator
    from app.devices.emulator.timing import INSTANT
    from app.devices.registry import driver_names, list_readers, open_reader
    from app.domain.capture import Frame

    stop = threading.Event()
    deadline = time.monotonic() + _READER_PATIENCE_S
    with Emulator(timing=INSTANT) as emulator:
        reader = open_reader("r30x:" + emulator.serve_tcp())
        try:
            emulator.place_finger()
            for event in reader.watch(stop):
                if isinstance(event, Frame):
                    facts = {
                        "model": reader.info.model,
                        "width_px": event.width_px,
                        "height_px": event.height_px,
                    }
                    break
                if time.monotonic() > deadline:
                    raise TimeoutError("no image came")
        finally:
            stop.set()
            reader.close()
    return {**facts, "drivers": list(driver_names()), "ports": len(list_readers())}


def check_settings(folder: Path) -> Facts:
    """Settings are written, checked and read back; the profile's lock holds."""
    from app.config.paths import HOME_VARIABLE, profile_paths
    from app.config.profile_lock import ProfileLock
    from app.config.settings_files import load_settings, save_settings

    paths = profile_paths("selftest", {**os.environ, HOME_VARIABLE: str(folder / "home")})
    paths.make_folders()
    with ProfileLock(paths):
        save_settings(paths, {"station.school": "Selftest school"})
        read = load_settings(paths).settings.station.school
    if read != "Selftest school":
        raise RuntimeError("a setting was not kept")
    return {"settings_file": paths.settings_file.name}


CHECKS: Mapping[str, Callable[[Path], Facts]] = {
    "modules": check_modules,
    "resources": check_resources,
    "qt": check_qt,
    "database": check_database,
    "server_client": check_server_client,
    "sealing": check_sealing,
    "keyring": check_keyring,
    "pictures": check_pictures,
    "reader": check_reader,
    "settings": check_settings,
}


def run_checks(checks: Mapping[str, Callable[[Path], Facts]] = CHECKS) -> dict[str, object]:
    """Run each check in a folder of its own; one that fails does not stop the others."""
    # A machine that builds packages has no screen, and the test of a package shall not need one.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    results: list[dict[str, object]] = []
    for name, check in checks.items():
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="selftest-", ignore_cleanup_errors=True) as folder:
            try:
                outcome: dict[str, object] = {"ok": True, "facts": dict(check(Path(folder)))}
            except Exception as error:  # noqa: BLE001 - whatever a broken package raises belongs in the report
                outcome = {"ok": False, "error": repr(error), "trace": traceback.format_exc()}
        results.append({"name": name, "seconds": round(time.monotonic() - started, 3), **outcome})
    return {
        "ok": all(result["ok"] for result in results),
        "python": platform.python_version(),
        "system": platform.platform(),
        "frozen": bool(getattr(sys, "frozen", False)),
        "checks": results,
    }


def run_selftest(out: Path) -> int:
    """Run every check and write the report to ``out``; 0 when all passed, 1 when one did not."""
    report = run_checks()
    out.write_text(json.dumps(report, indent=2, default=str) + "\n", encoding="utf-8")
    return EXIT_OK if report["ok"] else EXIT_FOUND


def main(arguments: list[str]) -> int:
    """``--selftest OUT.json`` among the arguments; exit code 2 without a file to write to."""
    place = arguments.index(OPTION) + 1
    if place >= len(arguments):
        if sys.stderr is not None:
            print(f"{OPTION} needs the name of the report to write", file=sys.stderr)
        return EXIT_FAILED
    return run_selftest(Path(arguments[place]))
