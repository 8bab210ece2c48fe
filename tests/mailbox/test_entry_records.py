"""A record of an entry speaks for one item of one tip, to the holder of one code."""

from typing import Any

import pytest

from crypto.keys import SigningKey
from crypto.notes import NoteSigner, sign_json
from tipline.ids import ItemId, TipId
from tipline.mailbox.records import confirms_entry

LOG = NoteSigner("test.tipline.example/log", SigningKey.generate())
TIP, ITEM = TipId(bytes(16)), ItemId(bytes(range(16)))
DIGEST, CLAIM = bytes(32), bytes(range(32))
STATED: dict[str, Any] = {
    "v": 1,
    "type": "record",
    "log": LOG.name,
    "index": 7,
    "day": "2026-03-03",
    "statement": "00" * 32,
    "kind": "entry",
    "tip": TIP.hex(),
    "claim": CLAIM.hex(),
    "sheet": "",
    "items": [{"item": ITEM.hex(), "hash": DIGEST.hex()}, {"item": "ab" * 16, "hash": "cd" * 32}],
}


def confirmed(record: bytes) -> bool:
    return confirms_entry(record, LOG.verifier, TIP, ITEM, DIGEST, CLAIM)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "reply"},
        {"type": "directory"},
        {"log": "elsewhere.example/log"},
        {"tip": "ab" * 16},
        {"claim": "ab" * 32},
        {"items": [{"item": ITEM.hex(), "hash": "cd" * 32}]},
        {"items": [{"item": "ab" * 16, "hash": DIGEST.hex()}]},
        {"items": []},
    ],
    ids=str,
)
def test_a_record_of_something_else_confirms_no_entry(changes: dict[str, Any]) -> None:
    assert not confirmed(sign_json(STATED | changes, LOG))


@pytest.mark.parametrize(
    "record", [b"", b"no note", sign_json(STATED, NoteSigner(LOG.name, SigningKey.generate()))]
)
def test_what_the_log_did_not_sign_confirms_no_entry(record: bytes) -> None:
    assert not confirmed(record)


def test_the_record_of_an_entry_confirms_its_items() -> None:
    assert confirmed(sign_json(STATED, LOG))
