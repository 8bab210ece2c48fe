"""An entry as a line of the auditors' table: what it says, and nothing of any tip's content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from admin.log.entries import LoggedEntry
from admin.log.people import Person, person
from admin.queue.service import handle
from crypto.statements import DONE


@dataclass(frozen=True)
class LogRow:
    """One line. `reason` is the code of a refusal, `sealed_reason` the item of a reason in free text."""

    index: int
    at: datetime
    who: Sequence[Person]
    action: str
    desk: str
    tip: str
    items: int
    withheld: int
    purpose: str
    details: Sequence[tuple[str, str]]
    done: bool
    reason: str
    sealed_reason: str


def log_row(logged: LoggedEntry, known: Mapping[str, Person]) -> LogRow:
    """Read an entry into a line."""
    entry = logged.entry
    body = entry.statement.body
    items, reason = body.get("items"), body.get("reason")
    return LogRow(
        index=logged.index,
        at=datetime.fromtimestamp(entry.at, UTC),
        who=[person(known, signer) for signer in entry.statement.signers],
        action=str(body["type"]),
        desk=_desk(body),
        tip=handle(_text(body, "tip")) if _text(body, "tip") else "",
        items=len(items) if isinstance(items, list) else int("item" in body),
        withheld=len(entry.withheld),
        purpose=_text(body, "purpose"),
        details=_details(body),
        done=entry.outcome == DONE,
        reason=entry.reason,
        sealed_reason=str(reason.get("item", "")) if isinstance(reason, dict) else "",
    )


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name, "")
    return value if isinstance(value, str) else ""


def _desk(body: Mapping[str, Any]) -> str:
    desk = body.get("desk", "")
    return str(desk["id"]) if isinstance(desk, dict) and "id" in desk else _text(body, "desk")


def _details(body: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """What else stands in a statement, each (kind of code, code)."""
    kind = body["type"]
    excluded = [("text", "−"), *(("unit", unit) for unit in _listed(body, "excluded"))]
    if kind == "move":
        return [("state", _text(body, "from")), ("text", "→"), ("state", _text(body, "to"))]
    if kind == "route":
        return [*(("desk", desk) for desk in _listed(body, "desks")), *excluded]
    if kind == "card-group":
        return excluded
    if kind in ("member", "member-unit", "grant", "revoke", "remove"):
        member = body.get("member", "")
        return [("text", str(member.get("id", "") if isinstance(member, dict) else member))]
    first, count = body.get("first"), body.get("count")
    if kind == "audit" and isinstance(first, int) and isinstance(count, int):
        return [("text", f"{first}–{first + count - 1}")]
    return []


def _listed(body: Mapping[str, Any], name: str) -> list[str]:
    value = body.get(name, [])
    return [str(one) for one in value] if isinstance(value, list) else []
