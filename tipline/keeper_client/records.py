"""Which statements leave a signed record, and which of their fields it repeats.

A record stands in the main database beside what it is about; both sites check it instead of trusting the row.
"""

from collections.abc import Mapping
from typing import Any, Final

from crypto.statements import Statement
from tipline.tips.case_file import CaseFile

RECORDED: Final[Mapping[str, tuple[str, ...]]] = {
    "reply": ("item", "hash"),
    "note": ("item", "hash"),
    "tags": ("item", "hash", "after"),
    "accused": ("item", "hash", "after"),
    "identity": ("item", "hash"),
    "route": ("desks", "excluded"),
    "sheets": ("sheets",),
    "entry": ("claim", "sheet", "items"),
}

STANDING_TYPES: Final = frozenset(
    (
        *("move", "pause", "resume", "extend", "close-spam", "missed", "silence", "pause-end", "erase"),
        *("watch", "checked-in"),
    )
)
"""Statements after which a tip stands otherwise than before; each tip gets a signed record of it."""


RESTATED: Final = "restated"
"""Stands in a record for a statement's type: the record was lost, and the tip's standing is said again."""


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


def standing_body(statement: Statement, index: int, day: str, tip: str, case: CaseFile) -> dict[str, Any]:
    """What the record of a tip's new standing says: for its reporter, so no desk, unit or member."""
    return {
        "v": 1,
        "type": "standing",
        "log": statement.body["log"],
        "index": index,
        "day": day,
        "statement": statement.digest,
        "kind": statement.body["type"],
        "tip": tip,
        **case.standing(),
    }


def restated_body(log: str, index: int, day: str, tip: str, case: CaseFile) -> dict[str, Any]:
    """The same said again of a tip as it stands when the log has reached an entry, for no statement."""
    return {
        "v": 1,
        "type": "standing",
        "log": log,
        "index": index,
        "day": day,
        "statement": "",
        "kind": RESTATED,
        "tip": tip,
        **case.standing(),
    }
