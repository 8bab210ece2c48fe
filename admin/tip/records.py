"""Reading a record that the keeper returned, before anything rests on it."""

from collections.abc import Mapping
from typing import Any

from crypto.errors import CryptoError
from crypto.notes import NoteVerifier, open_json
from tipline.keeper_client import KeeperLied


def check_returned(record: bytes, log_key: NoteVerifier, expected: Mapping[str, Any]) -> dict[str, Any]:
    """Check the record of a statement that was just logged.

    Raises:
        KeeperLied: it is not the log's, or says something else.
    """
    try:
        fields = open_json(record, log_key)
    except CryptoError as error:
        raise KeeperLied("the record is not signed by the log") from error
    wanted = {"type": "record", "log": log_key.name, **expected}
    if {name: fields.get(name) for name in wanted} != wanted:
        raise KeeperLied("the record says something else than the statement")
    return fields


def record_index(record: bytes, log_key: NoteVerifier) -> int:
    """Where a stored record stands in the log; -1 for what is no record of this log."""
    try:
        return int(open_json(record, log_key)["index"])
    except (CryptoError, KeyError, TypeError, ValueError):
        return -1
