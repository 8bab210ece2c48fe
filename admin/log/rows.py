"""An entry as a line of the auditors' table: what it says, and nothing of any tip's content."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.log.details import details, listed, subject, text
from admin.log.entries import LoggedEntry
from admin.log.people import Person, person
from admin.queue.service import handle
from crypto.statements import DONE
from tipline.ids import NO_TIP
from tipline.interference.ways import INTERFERENCE
from tipline.lookups.facets import desk_of
from tipline.tips.models import Item

ITEM: Final = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class LogRow:
    """One line. `tip` is its handle, `tip_id` its 32 hex digits; both empty where there is no one tip.

    `reason` is the code of a refusal, `sealed_reason` the item of a reason in free text.
    """

    index: int
    at: datetime
    who: Sequence[Person]
    action: str
    desk: str
    tip: str
    tip_id: str
    items: int
    withheld: int
    purpose: str
    details: Sequence[tuple[str, str]]
    excluded: Sequence[str]
    done: bool
    reason: str
    sealed_reason: str


def stored_files(session: Session, entries: Iterable[LoggedEntry]) -> frozenset[str]:
    """Which items of these entries' readings are files: the database says so, the log names no kinds."""
    read = {item for one in entries for item in _read_items(one.entry.statement.body)}
    query = select(Item.id).where(Item.id.in_([bytes.fromhex(item) for item in read]), Item.kind == "file")
    return frozenset(item.hex() for item in session.scalars(query))


def log_row(logged: LoggedEntry, known: Mapping[str, Person], files: Collection[str]) -> LogRow:
    """Read an entry into a line; `files` are the items that are files."""
    entry = logged.entry
    body = entry.statement.body
    read, tip = _read_items(body), text(body, "tip")
    tip = tip if ITEM.fullmatch(tip) and tip != NO_TIP.hex() else ""
    return LogRow(
        index=logged.index,
        at=datetime.fromtimestamp(entry.at, UTC),
        who=[person(known, signer) for signer in entry.statement.signers],
        action="read-file" if read and all(item in files for item in read) else _action(body),
        desk=desk_of(body),
        tip=handle(tip) if tip else "",
        tip_id=tip,
        items=_count(body),
        withheld=len(entry.withheld),
        purpose=text(body, "purpose"),
        details=[*subject(body, known), *details(body, logged.index, known)],
        excluded=_excluded(body),
        done=entry.outcome == DONE,
        reason=entry.reason,
        sealed_reason=_sealed(body),
    )


def _excluded(body: Mapping[str, Any]) -> Sequence[str]:
    """The units that a statement shuts out; not those that must not know of an entry in the register."""
    return () if body["type"] == INTERFERENCE else listed(body, "excluded")


def _sealed(body: Mapping[str, Any]) -> str:
    """The item with words in free text: a reason, or what somebody searched for."""
    reason = body.get("reason")
    if body["type"] == "search":
        return text(body, "item") if ITEM.fullmatch(text(body, "item")) else ""
    return str(reason.get("item", "")) if isinstance(reason, dict) else ""


def _read_items(body: Mapping[str, Any]) -> list[str]:
    """The items that a reading names; none where one of them is not named as it should be."""
    items = body.get("items")
    if body["type"] != "read" or not isinstance(items, list):
        return []
    names = [str(one.get("item")) if isinstance(one, dict) else "" for one in items]
    return names if all(ITEM.fullmatch(name) for name in names) else []


def _action(body: Mapping[str, Any]) -> str:
    taken = body["type"] == "role" and body.get("held") is False
    return "role-taken" if taken else str(body["type"])


def _count(body: Mapping[str, Any]) -> int:
    """How many items, sheets, or tips a statement is about."""
    for name in ("items", "sheets", "tips"):
        if isinstance(body.get(name), list):
            return len(body[name])
    return int("item" in body and body["type"] != "search")
