"""Counts of what the log says of deadlines and outcomes: for whoever answers for the work, and reads no tip.

One pass over a year's moves and misses. Raw counts: whoever shows them hides the small ones.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select, union_all

from crypto.statements import DONE, Entry
from tipline.keeper import models
from tipline.keeper_client.figures import LoggedFigures, last_counted
from tipline.tips.case_file import LEAD
from tipline.tips.moves import ENDED, PROTECTION_STATES, TipState

LOOKED_BACK: Final = timedelta(days=366)
_TYPES: Final = ("move", "silence", "missed", "close-spam")
_ENDING: Final = ("move", "silence", "close-spam", "erase")
_DAY: Final = 86_400


def count(connection: Connection, today: date) -> LoggedFigures:
    """Count what was done within a year, up to the end of last week; `open_then` is left to `open_then`."""
    end = _end(today)
    table = models.entries.c
    rows = connection.execute(
        select(table.at, table.entry)
        .where(table.type.in_(_TYPES), table.outcome == DONE)
        .where(table.at >= end - int(LOOKED_BACK.total_seconds()), table.at < end)
        .order_by(table.index)
    )
    counting = _Counting(_first_seen(connection))
    for at, data in rows:
        counting.take(at, Entry.decode(data).statement.body)
    return counting.found


def open_then(connection: Connection, today: date) -> dict[str, bool]:
    """The tips whose state has changed since the end of last week, and whether each was open then."""
    table = models.entries.c
    rows = connection.scalars(
        select(table.entry)
        .where(table.type.in_(_ENDING), table.outcome == DONE, table.at >= _end(today))
        .order_by(table.index)
    )
    found: dict[str, bool] = {}
    for data in rows:
        body = Entry.decode(data).statement.body
        was_open = body["type"] != "erase" and body.get("from") not in ENDED
        for tip in body.get("tips") or [body["tip"]]:
            found.setdefault(tip, was_open)
    return found


def _end(today: date) -> int:
    """The second, in Unix time, after the last day that counts."""
    following = last_counted(today) + timedelta(days=1)
    return int(datetime.combine(following, datetime.min.time(), UTC).timestamp())


def _first_seen(connection: Connection) -> Mapping[bytes, int]:
    """When the log first speaks of each tip, in Unix seconds."""
    entries, mentions = models.entries.c, models.mentions.c
    named = select(entries.tip.label("tip"), entries.at.label("at")).where(entries.tip != b"")
    among = select(mentions.tip, entries.at).join(models.entries, entries.index == mentions.index)
    both = union_all(named, among).subquery()
    rows = connection.execute(select(both.c.tip, func.min(both.c.at).label("at")).group_by(both.c.tip))
    return {row.tip: row.at for row in rows}


class _Counting:
    """One pass, oldest first."""

    def __init__(self, first_seen: Mapping[bytes, int]) -> None:
        self.found = LoggedFigures()
        self._first_seen = first_seen
        self._late: set[str] = set()
        self._outcomes: dict[str, str] = {}

    def take(self, at: int, body: Mapping[str, Any]) -> None:
        """Count one statement; those of protection cases count nowhere."""
        if body.get("from", body.get("state")) in PROTECTION_STATES:
            return
        day = datetime.fromtimestamp(at, UTC).date()
        if body["type"] == "missed":
            self._miss(day, body)
        elif body["type"] == "close-spam":
            self._close(at, body["tips"])
        else:
            self._leave(day, body)
            if body["to"] in ENDED:
                self._close(at, [body["tip"]])

    def _miss(self, day: date, body: Mapping[str, Any]) -> None:
        if body["level"] == LEAD or body["tip"] not in self._late:
            self.found.missed[_month(day), body["state"]] += 1
        self._late.add(body["tip"])

    def _leave(self, day: date, body: Mapping[str, Any]) -> None:
        tip = body["tip"]
        if tip in self._late:
            self._late.discard(tip)
        elif body["type"] == "move" and body["from"] not in ENDED:
            self.found.kept[_month(day), body["from"]] += 1
        self._outcomes[tip] = body.get("detail", {}).get("outcome", self._outcomes.get(tip, ""))
        if body["to"] == TipState.FEEDBACK and self._outcomes[tip]:
            self.found.outcomes[f"{day.year}-{(day.month - 1) // 3 + 1}", self._outcomes[tip]] += 1

    def _close(self, at: int, tips: Iterable[str]) -> None:
        for tip in tips:
            self._late.discard(tip)
            first = self._first_seen.get(bytes.fromhex(tip), at)
            self.found.days[(at - first) // _DAY] += 1


def _month(day: date) -> str:
    return f"{day.year}-{day.month:02}"
