# SPDX-License-Identifier: Apache-2.0
"""One example of every payload there is, made from its annotations."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from uuid import UUID

from app.domain.operations import Payload
from app.storage.op_codec import payload_types

AT = datetime(2026, 3, 2, 8, 30, 0, 123456, tzinfo=UTC)


def sample_payloads() -> list[Payload]:
    """One payload per kind, its optional fields filled."""
    return [example(payload_type) for _, payload_type in sorted(payload_types().items())]


def example(annotation: object) -> typing.Any:
    """A value of the annotated type."""
    simple = {
        str: "São ✓",
        int: 7,
        float: 1.25,
        bool: True,
        UUID: UUID(int=11),
        datetime: AT,
        date: AT.date(),
    }
    if annotation in simple:
        return simple[typing.cast(type, annotation)]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(reversed(annotation))
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        hints = typing.get_type_hints(annotation)
        return annotation(
            **{field.name: example(hints[field.name]) for field in dataclasses.fields(annotation)}
        )
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in {types.UnionType, typing.Union}:
        return example(next(argument for argument in arguments if argument is not type(None)))
    if origin is tuple:
        inner = [argument for argument in arguments if argument is not Ellipsis]
        return tuple(example(argument) for argument in (inner * 2 if Ellipsis in arguments else inner))
    if origin in {list, Sequence}:
        return [example(arguments[0])]
    if origin in {dict, Mapping}:
        return {example(arguments[0]): example(arguments[1])}
    if annotation in {object, typing.Any}:
        return "anything"
    raise TypeError(f"no example for {annotation!r}")
