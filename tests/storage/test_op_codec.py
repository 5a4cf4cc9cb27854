# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from app.domain.errors import StorageError
from app.domain.operations import Operation
from app.storage.apply.registry import appliers
from app.storage.op_codec import decode, encode, payload_sha256, payload_types
from tests.storage.payload_samples import sample_payloads

OP_UID = UUID("0192f6d0-1111-7000-8000-000000000001")
AGGREGATE = UUID("0192f6d0-2222-7000-8000-000000000002")
AT = datetime(2026, 3, 2, 8, 30, 0, 123456, tzinfo=UTC)

SAMPLES = [
    Operation(op_uid=OP_UID, aggregate_uid=AGGREGATE, made_at=AT, payload=payload)
    for payload in sample_payloads()
]


@pytest.mark.parametrize("op", SAMPLES, ids=lambda op: op.kind)
def test_every_operation_of_the_product_survives_the_way_there_and_back(op: Operation) -> None:
    again = decode(encode(op))
    assert again == op
    assert encode(again) == encode(op)
    assert payload_sha256(again) == payload_sha256(op)


def test_every_kind_has_a_function_that_applies_it() -> None:
    assert set(payload_types()) == set(appliers())


def test_every_kind_was_sampled() -> None:
    assert {op.kind for op in SAMPLES} == set(payload_types())


def test_the_text_is_canonical() -> None:
    text = encode(SAMPLES[0])
    document = json.loads(text)
    assert list(document) == sorted(document)
    assert text == json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_one_instant_has_one_text_whatever_its_zone() -> None:
    op = SAMPLES[0]
    elsewhere = AT.astimezone(timezone(timedelta(hours=-7)))
    moved = Operation(OP_UID, AGGREGATE, elsewhere, op.payload)
    assert payload_sha256(moved) == payload_sha256(op)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"kind":"unheard.of","op_uid":"x","aggregate_uid":"x","made_at":"x","payload":{}}',
        encode(SAMPLES[0]).replace(str(OP_UID), "not a uid"),
    ],
)
def test_what_is_no_operation_is_refused(text: str) -> None:
    with pytest.raises(StorageError) as caught:
        decode(text)
    assert caught.value.code == "operation_mismatch"
