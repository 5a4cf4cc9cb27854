# SPDX-License-Identifier: Apache-2.0
"""The texts of the errors that mean: the station itself is not set up right. For an administrator."""

from __future__ import annotations

from app.ui.common.error_text import QT_TRANSLATE_NOOP, ErrorText

SETUP_TEXTS: dict[str, ErrorText] = {
    "display_missing": ErrorText(
        QT_TRANSLATE_NOOP("errors", "There is no screen to show the window on."),
        QT_TRANSLATE_NOOP(
            "errors", "Start the program from a desktop, or use the command: enrollment-station walkthrough"
        ),
    ),
    "folder_unusable": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The folder {path} cannot be written."),
        QT_TRANSLATE_NOOP(
            "errors", "Give this account the right to write to it, or see that the disk is there."
        ),
    ),
    "key_absent": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The key that opens this station's records is not on this computer."),
        QT_TRANSLATE_NOOP(
            "errors",
            "Start it with the account that set it up, or restore keys and records from the same backup. "
            "Do not set it up anew: a new key cannot open the old records.",
        ),
    ),
    "key_exists": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This station already has a key, which is never replaced."),
        QT_TRANSLATE_NOOP("errors", "Start the station as it is, or choose another profile for a new one."),
    ),
    "key_locked": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The station's key is there but cannot be reached right now."),
        QT_TRANSLATE_NOOP("errors", "Unlock the key store of this computer account, then start again."),
    ),
    "key_store_failed": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The station's key could not be saved in {path}. Nothing was changed."),
        QT_TRANSLATE_NOOP(
            "errors", "See that the disk has room and the folder can be written, then try again."
        ),
    ),
    "key_store_unsafe": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This computer has no place for the station's key that is safe enough."),
        QT_TRANSLATE_NOOP(
            "errors",
            "Use a desktop session with a key store, or set the station up with a pass phrase. "
            "A key file must be readable by its owner only.",
        ),
    ),
    "keys_damaged": ErrorText(
        QT_TRANSLATE_NOOP(
            "errors", "The key file {path} was changed or does not belong to this computer account."
        ),
        QT_TRANSLATE_NOOP("errors", "Put it back from the newest backup. Keep the file that is there."),
    ),
    "passphrase_missing": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The station is locked with a pass phrase."),
        QT_TRANSLATE_NOOP(
            "errors", "Type it in the window, or give it in the variable ENROLLMENT_STATION_PASSPHRASE."
        ),
    ),
    "passphrase_short": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This pass phrase is too short."),
        QT_TRANSLATE_NOOP(
            "errors", "Use at least {minimum} characters; four or five unrelated words are good."
        ),
    ),
    "passphrase_wrong": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This pass phrase does not open the station."),
        QT_TRANSLATE_NOOP("errors", "Type it again; check Caps Lock and the keyboard's language."),
    ),
    "profile_in_use": ErrorText(
        QT_TRANSLATE_NOOP("errors", 'The station "{profile}" is already open on this computer.'),
        QT_TRANSLATE_NOOP("errors", "Go to its window, or close it and start again."),
    ),
    "profile_unknown": ErrorText(
        QT_TRANSLATE_NOOP("errors", 'There is no profile "{profile}", or it cannot be called so.'),
        QT_TRANSLATE_NOOP(
            "errors", "Check the name. Names have small letters, digits, - and _, and at most 32 of them."
        ),
    ),
    "seal_broken": ErrorText(
        QT_TRANSLATE_NOOP(
            "errors", "A saved finger or signature was changed outside this program and does not open."
        ),
        QT_TRANSLATE_NOOP(
            "errors", "Capture it again, and tell the administrator: somebody may have tampered with it."
        ),
    ),
    "seal_unsupported": ErrorText(
        QT_TRANSLATE_NOOP(
            "errors", "A saved finger or signature is locked in a way that this station cannot open."
        ),
        QT_TRANSLATE_NOOP(
            "errors", "Open it at the station that holds the school's keys, or use a newer version."
        ),
    ),
    "server_closed": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The computer {host} was found, but no database server answers there."),
        QT_TRANSLATE_NOOP(
            "errors", "Check the number behind the colon (usually 5432), and whether the server is running."
        ),
    ),
    "server_database_absent": ErrorText(
        QT_TRANSLATE_NOOP("errors", 'The server has no database named "{database}".'),
        QT_TRANSLATE_NOOP(
            "errors", "Check the last part of the address, or ask the server's administrator to make it."
        ),
    ),
    "server_login_refused": ErrorText(
        QT_TRANSLATE_NOOP("errors", 'The server answered, but did not let "{user}" in.'),
        QT_TRANSLATE_NOOP(
            "errors",
            "Check the account before the @ and its password in PostgreSQL's password file (~/.pgpass, "
            "or the file that PGPASSFILE names), or ask the server's administrator.",
        ),
    ),
    "server_silent": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The computer {host} did not answer."),
        QT_TRANSLATE_NOOP(
            "errors", "Check the network and the address. A firewall on the way may be the reason."
        ),
    ),
    "server_unknown": ErrorText(
        QT_TRANSLATE_NOOP("errors", 'No computer named "{host}" is known here.'),
        QT_TRANSLATE_NOOP("errors", "Check the spelling of the address, and the network."),
    ),
    "server_unprepared": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The server can be reached, but its database is still empty."),
        QT_TRANSLATE_NOOP(
            "errors", "Test the connection and prepare it there, or run: enrollment-station db upgrade"
        ),
    ),
    "server_url_invalid": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This is no address of a database server."),
        QT_TRANSLATE_NOOP("errors", "It has the form postgresql://account@server/database."),
    ),
    "server_url_secret": ErrorText(
        QT_TRANSLATE_NOOP("errors", "There is a password in the address. Settings must not hold one."),
        QT_TRANSLATE_NOOP(
            "errors",
            "Take it out and put it into PostgreSQL's password file (~/.pgpass, or the file that "
            "PGPASSFILE names).",
        ),
    ),
    "setting_invalid": ErrorText(
        QT_TRANSLATE_NOOP("errors", 'The setting "{key}" is unknown or has a value that cannot be used.'),
        QT_TRANSLATE_NOOP("errors", "Correct it, or leave it out to use the usual value."),
    ),
    "setting_locked": ErrorText(
        QT_TRANSLATE_NOOP("errors", 'The setting "{key}" was fixed by the administrator of this computer.'),
        QT_TRANSLATE_NOOP("errors", "Ask the administrator to change it in {file}."),
    ),
    "setting_secret": ErrorText(
        QT_TRANSLATE_NOOP(
            "errors", 'The setting "{key}" in {file} holds a password, which settings must not.'
        ),
        QT_TRANSLATE_NOOP(
            "errors",
            "Take the password out of the address, change it on the server, and put the new one into "
            "PostgreSQL's password file (~/.pgpass, or the file that PGPASSFILE names).",
        ),
    ),
    "server_changed": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This is another server than the one that this station worked with."),
        QT_TRANSLATE_NOOP(
            "errors",
            "Correct database.url, or take the new server for the school's: delivery accept-server.",
        ),
    ),
    "server_missing": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This station works for itself: no server is named in its settings."),
        QT_TRANSLATE_NOOP("errors", "Name one with setup --database-url, or choose another profile."),
    ),
    "server_rolled_back": ErrorText(
        QT_TRANSLATE_NOOP("errors", "The server was put back from an older copy."),
        QT_TRANSLATE_NOOP(
            "errors", "Have this station send again what the copy lacks: delivery accept-server."
        ),
    ),
    "setup_missing": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This station has not been set up yet."),
        QT_TRANSLATE_NOOP("errors", "Set it up with the command: enrollment-station setup"),
    ),
    "site_key_absent": ErrorText(
        QT_TRANSLATE_NOOP("errors", "This station does not have the school's key number {version}."),
        QT_TRANSLATE_NOOP("errors", "Have the administrator hand the school's keys to this station."),
    ),
}
