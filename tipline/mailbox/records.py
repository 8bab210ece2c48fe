"""The keeper's signed records, which alone make a stored row speak.

A row written by hand has no record over its own hash, so it cannot answer a
reporter and cannot redirect what the reporter adds.
"""

from collections.abc import Iterable
from typing import Any

from crypto.errors import CryptoError
from crypto.notes import NoteVerifier, open_json
from tipline.ids import ItemId, TipId
from tipline.routing import Route


def confirms_reply(record: bytes, log: NoteVerifier, tip: TipId, item: ItemId, digest: bytes) -> bool:
    """Whether the keeper logged exactly this reply of this tip.

    A filter, not a check that lets something through: rows for which it is
    false are skipped as if they were not there.
    """
    fields = _opened(record, log)
    wanted = {
        "type": "record",
        "log": log.name,
        "kind": "reply",
        "tip": tip.hex(),
        "item": item.hex(),
        "hash": digest.hex(),
    }
    return {name: fields.get(name) for name in wanted} == wanted


def confirms_entry(
    record: bytes, log: NoteVerifier, tip: TipId, item: ItemId, digest: bytes, claim: bytes
) -> bool:
    """Whether the keeper logged that a member entered exactly this item of this tip, for this claim key.

    A filter as well: where it is false, the reporter's own signature decides.
    """
    fields = _opened(record, log) if record else {}
    wanted = {
        "type": "record",
        "log": log.name,
        "kind": "entry",
        "tip": tip.hex(),
        "claim": claim.hex(),
    }
    if {name: fields.get(name) for name in wanted} != wanted:
        return False
    return {"item": item.hex(), "hash": digest.hex()} in fields["items"]


def latest_route(records: Iterable[bytes], log: NoteVerifier, tip: TipId) -> Route | None:
    """The route of the newest route record of this tip; None when there is no valid one."""
    best: tuple[int, Route] | None = None
    for record in records:
        fields = _opened(record, log)
        if (fields.get("type"), fields.get("log"), fields.get("kind"), fields.get("tip")) != (
            "record",
            log.name,
            "route",
            tip.hex(),
        ):
            continue
        route = Route(tuple(fields["desks"]), tuple(fields["excluded"]))
        if best is None or fields["index"] > best[0]:
            best = (fields["index"], route)
    return best[1] if best else None


def stands(record: bytes, log: NoteVerifier, tip: TipId) -> dict[str, Any] | None:
    """What the keeper's record says of where this tip stands (`CaseFile.standing`); None for any other note.

    The record of a move from before there were cases tells the state and its day; nothing was due by it.
    """
    fields = _opened(record, log)
    if {name: fields.get(name) for name in ("log", "tip")} != {"log": log.name, "tip": tip.hex()}:
        return None
    if fields.get("type") == "standing":
        return fields
    if (fields.get("type"), fields.get("kind")) != ("record", "move"):
        return None
    before_cases = {"due": "", "paused": False, "level": 0, "outcome": ""}
    return {"state": fields["to"], "since": fields["day"], **before_cases}


def _opened(record: bytes, log: NoteVerifier) -> dict[str, Any]:
    try:
        return open_json(record, log)
    except CryptoError:
        return {}
