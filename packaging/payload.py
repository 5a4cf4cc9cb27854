# SPDX-License-Identifier: Apache-2.0
"""What goes into the frozen program and what stays out: lists, used by ``app.spec`` and by the tests.

Every omission below was tried with the self-test. Names are compared with the file's name in the payload.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

APPLICATION = "enrollment-station"

# Alembic's env.py and the migrations are data to the freezer, drivers and dialects are loaded by name.
HIDDEN_IMPORTS = (
    "alembic.ddl.postgresql",
    "alembic.ddl.sqlite",
    "logging.config",
    "psycopg_binary",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "sqlcipher3.dbapi2",
    "serial.urlhandler.protocol_socket",
    "serial.tools.list_ports",
)
HIDDEN_IMPORTS_OF = {
    "win32": ("keyring.backends.Windows", "win32ctypes.core.ctypes", "tzdata"),
    "linux": ("keyring.backends.SecretService", "keyring.backends.kwallet"),
    "darwin": ("keyring.backends.macOS",),
}

EXCLUDED_MODULES = (
    "IPython",
    "PIL",
    "PySide6.QtDesigner",
    "PySide6.QtNetwork",
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtQuickControls2",
    "PySide6.QtQuickWidgets",
    "PySide6.QtSql",
    "PySide6.QtTest",
    "PySide6.QtUiTools",
    "PySide6.QtXml",
    "matplotlib",
    "pytest",
    "setuptools",
    "tkinter",
)

# Packages of the freezing environment that are not part of the program.
BUILD_TOOLS = ("altgraph", "pip", "pyinstaller", "pyinstaller-hooks-contrib", "setuptools", "wheel")

# Qt libraries and plug-ins that open-source Qt licenses under the GPL only; they must never be shipped.
GPL_ONLY = re.compile(
    r"(Qt6?|q|Q)?(Lottie|VirtualKeyboard|WaylandCompositor|QuickTimeline|Charts|DataVisualization|Graphs|NetworkAuth"
    r"|HttpServer|Quick3D)",
)

# Plug-in folder -> the plug-ins kept in it; a folder that is not named is left out.
QT_PLUGINS = {
    "platforms": r"(lib)?q(xcb|wayland.*|windows|cocoa|offscreen)",
    "imageformats": r"(lib)?q(jpeg|svg|ico|webp|gif)",
    "iconengines": r"(lib)?qsvgicon",
    "styles": r".*",
    "printsupport": r".*",
    "platforminputcontexts": r"(lib)?(composeplatforminputcontext|ibusplatforminputcontext)plugin",
    "platformthemes": r"(lib)?qxdgdesktopportal",
    "xcbglintegrations": r".*",
    "wayland-shell-integration": r"(lib)?(xdg-shell|xdgshell).*",
    "wayland-decoration-client": r".*",
    "wayland-graphics-integration-client": r".*",
}

# Languages of the program; Qt's own dialogs are translated in the same ones.
LANGUAGES = ("en",)

UNUSED_QT_LIBRARIES = (
    r"(lib)?Qt6(Qml|Quick|Designer|Sql|Test|OpenGL|OpenGLWidgets|UiTools|Xml|ShaderTools|LabsAnimation|LabsFolder"
    r"|LabsQml|LabsSettings|LabsShared|LabsSynchronizer|LabsWavefront|LabsPlatform|Concurrent|EglF[sS]|Network).*"
)

# Software rendering for machines without OpenGL (20 MB) serves Qt Quick, which is not here; the GTK libraries
# come in from the build machine's theme plug-in.
UNUSED_FILES = (
    r"opengl32sw\.dll",
    r"d3dcompiler_.*\.dll",
    r"lib(gtk|gdk|gdk_pixbuf|atk|atk-bridge|atspi|cairo|pango|pangocairo|pangoft2|epoxy|cairo-gobject)-?[0-9.]*\.so.*",
    r"libopencv_videoio_ffmpeg.*",
)


# Compiled with debugging symbols, 30 MB together. Nothing else may be stripped: libraries patched while
# their wheel was made (numpy's OpenBLAS) do not load afterwards.
STRIPPED = ("libpython3*.so*", "sqlcipher3/*.so")


def _matches(pattern: str, name: str) -> bool:
    return re.fullmatch(pattern, name) is not None


def keeps(destination: str) -> bool:
    """Whether a file of the payload stays, by its place in it (any slashes)."""
    path = PurePosixPath(destination.replace("\\", "/"))
    name, folders = path.name, path.parts[:-1]
    if "PySide6" in folders or name.startswith(("Qt6", "libQt6")):
        if GPL_ONLY.search(name) or _matches(UNUSED_QT_LIBRARIES, name):
            return False
        if "plugins" in folders:
            kind = folders[folders.index("plugins") + 1]
            return kind in QT_PLUGINS and _matches(QT_PLUGINS[kind], name.partition(".")[0])
        if "qml" in folders:
            return False
        if "translations" in folders:
            return _matches(rf"qt(base)?_({'|'.join(LANGUAGES)})\.qm", name)
    return not any(_matches(pattern, name) for pattern in UNUSED_FILES)


def trimmed(entries: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The freezer's list (place, source, kind) without what the program does not need."""
    return [entry for entry in entries if keeps(entry[0])]
