"""Which statements leave a signed record, and which of their fields it repeats.

A record stands in the main database beside what it is about; both sites check it instead of trusting the row.
"""

from collections.abc import Mapping
from typing import Any, Final

from crypto.statements import Statement

RECORDED: Final[Mapping[str, tuple[str, ...]]] = {
    "reply": ("item", "hash"),
    "note": ("item", "hash"),
    "move": ("from", "to"),
    "route": ("desks", "excluded"),
    "sheets": ("sheets",),
    "entry": ("claim", "sheet", "items"),
}


def record_body(statement: Statement, index: int, day: str) -> dict[str, Any]:
    """What the record of a done statement says; `day` is the UTC day of its entry, ISO.

    A statement about no tip leaves `tip` empty.
    """
    body = statement.body
    record = {
        "v": 1,
        "type": "record",
        "log": body["log"],
        "index": index,
        "day": day,
        "statement": statement.digest,
        "kind": body["type"],
        "tip": body.get("tip", ""),
    }
    return record | {name: body[name] for name in RECORDED[body["type"]]}
