"""The few facts of an entry by which it is found and counted: the keeper stores them, who asks checks them.

Only what has its proper form counts: a refused body may hold anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from crypto.statements import DONE, Entry
from tipline.ids import INTEGRITY

HOUR: Final = 3600
UNREADABLE: Final = "unreadable"
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TIP: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Facets:
    """One entry's facts.

    Attributes:
        hour: hours since 1970 (UTC) in which it was logged.
        type: of its statement; empty when that is no name.
        member: who signed first, also of what is logged as its digest alone.
        also: who signed second, third …, with a space between; empty for most.
        desk: the desk that the statement names.
        purpose: what a reading was for.
        reason: why it was refused; empty when it was done.
    """

    hour: int
    type: str
    member: str
    also: str
    desk: str
    purpose: str
    reason: str

    @property
    def signers(self) -> tuple[str, ...]:
        """Everybody who signed."""
        return (self.member, *self.also.split())


def facets_of(entry: Entry) -> Facets:
    """The facts of an entry."""
    return facets_of_body(entry.at, entry.reason, entry.statement.body)


def facets_of_body(at: int, reason: str, body: Mapping[str, Any]) -> Facets:
    """The same from an entry's parts: its time in Unix seconds, why it was refused, its statement's body."""
    first, *others = (_name(signer) for signer in signers_of(body))
    return Facets(
        hour=at // HOUR,
        type=_name(body["type"]),
        member=first,
        also=" ".join(filter(None, others)),
        desk=desk_of(body),
        purpose=_name(body.get("purpose")),
        reason=reason,
    )


def signers_of(body: Mapping[str, Any]) -> list[str]:
    """Who signed; of what the keeper logged as its digest alone, the members who are known to have."""
    members = body.get("members") if body["type"] == UNREADABLE else None
    known = isinstance(members, list) and bool(members) and all(isinstance(one, str) for one in members)
    return list(members if known and members else body["by"])


def desk_of(body: Mapping[str, Any]) -> str:
    """The desk that a statement names, be it by its id or as a whole; empty when it names none.

    A missed deadline names the desks that the tip is at: the one beside the integrity desk missed it.
    """
    desk, desks = body.get("desk"), body.get("desks")
    if desk is None and isinstance(desks, list):
        return next((_name(one) for one in desks if one != INTEGRITY), INTEGRITY if desks else "")
    return _name(desk.get("id") if isinstance(desk, dict) else desk)


def tips_of(entry: Entry) -> frozenset[str]:
    """The tips (32 hex digits) that an entry is about; of several at once only where it was done."""
    body = entry.statement.body
    tips = body.get("tips") if entry.outcome == DONE else None
    named = [body.get("tip"), *(tips if isinstance(tips, list) else ())]
    return frozenset(tip for tip in named if isinstance(tip, str) and _TIP.fullmatch(tip))


def _name(value: object) -> str:
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""
