# SPDX-License-Identifier: Apache-2.0
"""The settings: what they are, their defaults and their limits. See ``settings_files`` for reading and
writing them.

No secret is a setting: the password of a database server is in the server client's password file
(``PGPASSFILE``, https://www.postgresql.org/docs/current/libpq-pgpass.html), keys are in the keyring.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Annotated, Literal, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from app.domain.fingerprints import Finger, SkipReason
from app.domain.policy import LEAST_DUPLICATE_ONE_IN, MOST_DUPLICATE_ONE_IN, Policy, VerifyTouch

#: Type of the validation error that says: this value holds a password.
SECRET_IN_SETTING = "secret_in_setting"  # noqa: S105 - the name of an error
AUTOMATIC_READER = "auto"

_DATABASE_SCHEMES = {"postgresql", "postgresql+psycopg"}
_Choice = TypeVar("_Choice", Finger, SkipReason)


def _word(choice: Enum) -> str:
    """How a choice is written in a settings file: ``right_index``, ``bandaged``."""
    return choice.name.lower() if isinstance(choice, IntEnum) else str(choice.value)


def _choices(kind: type[_Choice], value: object) -> object:
    """A list of words as a tuple of choices; anything else is left for pydantic to refuse."""
    if not isinstance(value, list | tuple):
        return value
    by_word = {_word(choice): choice for choice in kind}
    words = [_word(word) if isinstance(word, kind) else word for word in value]
    if not all(isinstance(word, str) and word in by_word for word in words):
        raise PydanticCustomError("unknown_word", "not a list of: {words}", {"words": ", ".join(by_word)})
    if len(set(words)) != len(words):
        raise PydanticCustomError("word_twice", "names something twice")
    return tuple(by_word[word] for word in words)


def _choice(kind: type[VerifyTouch], value: object) -> object:
    """A word as the choice it names."""
    by_word = {_word(choice): choice for choice in kind}
    if isinstance(value, kind):
        return value
    if not isinstance(value, str) or value not in by_word:
        raise PydanticCustomError("unknown_word", "none of: {words}", {"words": ", ".join(by_word)})
    return by_word[value]


def _words(choices: tuple[Enum, ...]) -> list[str]:
    return [_word(choice) for choice in choices]


def _without_secret(url: str) -> str:
    """A PostgreSQL URL without a password, or empty."""
    if not url:
        return url
    try:
        parts = urlsplit(url)
        password = parts.password is not None or "password" in parse_qs(parts.query, keep_blank_values=True)
    except ValueError:
        raise PydanticCustomError("database_url", "not a database URL") from None
    if password:
        raise PydanticCustomError(SECRET_IN_SETTING, "holds a password")
    if parts.scheme not in _DATABASE_SCHEMES or not parts.path.strip("/"):
        raise PydanticCustomError("database_url", "not of the form postgresql://user@host/database")
    return url


_Fingers = Annotated[
    tuple[Finger, ...],
    BeforeValidator(lambda value: _choices(Finger, value)),
    PlainSerializer(_words),
]
_SkipReasons = Annotated[
    tuple[SkipReason, ...],
    BeforeValidator(lambda value: _choices(SkipReason, value)),
    PlainSerializer(_words),
]
_VerifyTouch = Annotated[
    VerifyTouch,
    BeforeValidator(lambda value: _choice(VerifyTouch, value)),
    PlainSerializer(_word),
]
_Quality = Annotated[int, Field(ge=0, le=100)]
_Name = Annotated[str, Field(max_length=200)]


class _Section(BaseModel):
    # strict: "3" is not 3 and 1 is not true; a threshold must be what its writer meant.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class StationSettings(_Section):
    """Which station this is."""

    school: _Name = ""
    name: _Name = ""
    training: bool = False


class DatabaseSettings(_Section):
    """Where the records are. ``url`` empty: in the profile's own encrypted file."""

    url: Annotated[str, AfterValidator(_without_secret)] = ""


class ReaderSettings(_Section):
    """Which fingerprint reader. ``id``: ``auto``, or what the list of devices shows, e.g.
    ``r30x:/dev/ttyUSB0``."""

    id: Annotated[str, Field(min_length=1, max_length=200)] = AUTOMATIC_READER


class LookSettings(_Section):
    """How the windows look and sound. ``language``: ``system`` or a code such as ``en`` or ``de``."""

    language: Annotated[str, Field(pattern=r"^(system|[a-z]{2,3}(_[A-Z]{2})?)$")] = "system"
    theme: Literal["light", "dark", "system"] = "system"
    sounds: bool = True
    reduced_motion: bool = False


class PenSettings(_Section):
    """How signatures are written. ``pen_only``: touch and mouse do not draw."""

    pen_only: bool = False
    left_handed: bool = False


class DeskSettings(_Section):
    """The desk. ``idle_lock_s``: seconds without input after which student data is hidden."""

    idle_lock_s: Annotated[int, Field(ge=60, le=900)] = 300


class CaptureSettings(_Section):
    """The rules for capturing; see ``app.domain.policy.Policy`` for what each means."""

    required_fingers: _Fingers = Policy().required_fingers
    impressions_per_finger: Annotated[int, Field(ge=1, le=10)] = Policy().impressions_per_finger
    refuse_below: _Quality = Policy().refuse_below
    ask_again_below: _Quality = Policy().ask_again_below
    good_from: _Quality = Policy().good_from
    max_poor_attempts: Annotated[int, Field(ge=1, le=20)] = Policy().max_poor_attempts
    keep_images: bool = Policy().keep_images
    skip_reasons: _SkipReasons = Policy().skip_reasons
    temp_enrollment_ttl_s: Annotated[int, Field(ge=60, le=7 * 86_400)] = Policy().temp_enrollment_ttl_s
    visit_idle_days: Annotated[int, Field(ge=1, le=365)] = Policy().visit_idle_days
    xp_per_answer: Annotated[int, Field(ge=0, le=10_000)] = Policy().xp_per_answer
    late_after_s: Annotated[int, Field(ge=0, le=86_400)] = Policy().late_after_s
    verify_touch: _VerifyTouch = Policy().verify_touch
    duplicate_one_in: Annotated[int, Field(ge=LEAST_DUPLICATE_ONE_IN, le=MOST_DUPLICATE_ONE_IN)] = (
        Policy().duplicate_one_in
    )


class Settings(_Section):
    """All settings of a profile; the sections are the tables of the file."""

    station: StationSettings = StationSettings()
    database: DatabaseSettings = DatabaseSettings()
    reader: ReaderSettings = ReaderSettings()
    look: LookSettings = LookSettings()
    pen: PenSettings = PenSettings()
    desk: DeskSettings = DeskSettings()
    capture: CaptureSettings = CaptureSettings()

    def policy(self) -> Policy:
        """The capture rules as the value that services take.

        Raises:
            ValueError: rules that contradict each other; the message starts with the rule's name and a colon.
        """
        rules = self.capture
        return Policy(**{name: getattr(rules, name) for name in CaptureSettings.model_fields})
