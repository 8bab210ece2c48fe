"""Asking for entries under a statement, and taking an answer's fields apart."""

from collections.abc import Mapping
from typing import Any, Final

from crypto.errors import BadFormat
from crypto.merkle import HASH_LENGTH
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.frames import to_bytes
from tipline.keeper_client.types import Row

MAX_PROOF: Final = 128  # hashes; a tree of 2^63 leaves needs fewer


def entries_request(digest: str, first: int, count: int, seen: int, *, proofs: int) -> dict[str, Any]:
    """The question for entries under the statement of a digest (hex)."""
    return {
        "op": "entries",
        "statement": digest,
        "first": first,
        "count": count,
        "seen": seen,
        "proofs": proofs,
    }


def read_objects(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A field with a list of objects.

    Raises:
        KeeperLied: it holds something else.
    """
    values = answer.get(name)
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise KeeperLied("an answer lacks a list")
    return values


def plain_row(row: Mapping[str, Any]) -> Row:
    """An entry that comes without its proof, or the leaf that is left of a forgotten one.

    Raises:
        KeeperLied: a field is missing, or an entry is empty.
    """
    index = row.get("index")
    if type(index) is not int:
        raise KeeperLied("an answer names no index")
    if "leaf" in row:
        return index, read_bytes(row["leaf"]), b""
    data = read_bytes(row.get("entry"))
    if not data:
        raise KeeperLied("an entry is empty")
    return index, read_bytes(row.get("salt")), data


def read_hashes(answer: Mapping[str, Any], name: str) -> list[bytes]:
    """A proof: hashes one after the other.

    Raises:
        KeeperLied: no whole number of hashes, or too many.
    """
    data = read_bytes(answer.get(name))
    if len(data) % HASH_LENGTH or len(data) > MAX_PROOF * HASH_LENGTH:
        raise KeeperLied("a proof has no form that a proof may have")
    return [data[start : start + HASH_LENGTH] for start in range(0, len(data), HASH_LENGTH)]


def read_bytes(value: object) -> bytes:
    """The bytes of a field.

    Raises:
        KeeperLied: it is missing, or not base64.
    """
    try:
        return to_bytes(value)
    except BadFormat as error:
        raise KeeperLied("an answer lacks a field") from error
