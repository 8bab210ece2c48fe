"""What happened to a tip and who read it, from the log: asked for under the reading at hand."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, Final

from crypto.statements import Statement
from tipline.keeper_client import AdminKeeper
from tipline.keeper_client.trust import Proven

ENTERED: Final = "entry"
_STATED_BY_ITSELF: Final = "keeper"
_HAS_ITEM: Final = frozenset(("reply", "note"))
_OF_A_DAY: Final = frozenset(("received", "checked-in"))
_OF_TWO_TIPS: Final = frozenset(("link", "unlink"))

Visible = Callable[[Collection[bytes]], Collection[bytes]]
"""Of tips by id, those that this session may know of."""


@dataclass(frozen=True)
class Event:
    """One line of the timeline.

    Attributes:
        at: when, in UTC; None where the day alone is told: what the keeper states by itself, and how a tip
            came.
        who: the members who signed; empty where the keeper states it by itself.
        kind: the statement's type.
        details: what else it says, each (kind of word, code).
        times: how often, for readings of one member on one day.
    """

    index: int
    day: date
    at: datetime | None
    who: tuple[str, ...]
    kind: str
    details: tuple[tuple[str, str], ...]
    times: int = 1


@dataclass(frozen=True)
class History:
    """The timeline, oldest first, and of each reply and note (by item, 32 hex digits) who wrote it.

    `written` has the entry of the log in which it is.
    """

    events: Sequence[Event]
    writers: Mapping[str, str]
    written: Mapping[str, int]


def history_of(keeper: AdminKeeper, reading: Statement | None, visible: Visible) -> History:
    """What the log says of the tip of a reading that was made a moment ago.

    What was stated of it and of a tip that this session may not know of is left out whole: the line alone
    would say that there is such a tip.

    Raises:
        KeeperError: the keeper does not answer.
    """
    rows = keeper.history(reading) if reading is not None else []
    items = [row for row in rows if row.entry.statement.body["type"] in _HAS_ITEM]
    writers = {row.entry.statement.body["item"]: row.entry.statement.signers[0] for row in items}
    written = {row.entry.statement.body["item"]: row.index for row in items}
    return History(list(_joined(map(_event, _shown(rows, visible)))), writers, written)


def _shown(rows: Sequence[Proven], visible: Visible) -> Iterable[Proven]:
    others = {row.index: _other(row.entry.statement.body) for row in rows}
    known = frozenset(visible({other for other in others.values() if other}))
    return (row for row in rows if not others[row.index] or others[row.index] in known)


def _other(body: Mapping[str, Any]) -> bytes:
    """The other tip that a statement about this one names; empty where there is none."""
    return bytes.fromhex(body["to"]) if body["type"] in _OF_TWO_TIPS else b""


def _event(row: Proven) -> Event:
    statement, at = row.entry.statement, datetime.fromtimestamp(row.entry.at, UTC)
    body, signers = statement.body, tuple(statement.signers)
    kind, by_itself = str(body["type"]), signers == (_STATED_BY_ITSELF,)
    day = date.fromisoformat(body["day"]) if kind in _OF_A_DAY else at.date()
    exact = None if by_itself or kind == ENTERED else at.replace(second=0)
    return Event(row.index, day, exact, () if by_itself else signers, kind, tuple(_details(kind, body)))


def _details(kind: str, body: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Nothing here names another tip: the reader may not know of it."""
    if kind == "read":
        yield "purpose", body["purpose"]
    if kind in ("move", "silence"):
        yield from (("state", body["from"]), ("text", "→"), ("state", body["to"]))
    if kind == "move" and "outcome" in body["detail"]:
        yield "outcome", body["detail"]["outcome"]
    if kind == "move" and "number" in body["detail"]:
        yield "text", body["detail"]["number"]
    if kind == "missed":
        yield from (("state", body["state"]), ("level", str(body["level"])))
        yield from [("result", "check-in")] if body.get("check_in") is True else ()
    if kind == "watch":
        yield "every", str(body["every"])
    if kind == "assign":
        yield "member", body["to"]
    if kind == "route":
        yield from (("desk", desk) for desk in body["desks"])
        yield from (("unit", unit) for unit in body["excluded"])
    if kind == "umbrella-step":
        yield "umbrella", body["step"]
    if kind == ENTERED:
        yield "channel", body["channel"]


def _joined(events: Iterable[Event]) -> Iterable[Event]:
    """Readings that follow each other, of one member on one day for one purpose, as one line."""
    for _, group in groupby(events, key=_sameness):
        first, *again = group
        yield replace(first, times=1 + len(again)) if again else first


def _sameness(event: Event) -> Hashable:
    return (event.who, event.day, event.details) if event.kind == "read" else event.index
