"""A tip's life as the log tells it: what was done, who could have read it, and who did.

Who could have is worked out anew from proved statements: the tip's route at each moment, held against the
roster as it was then. The log does not tell the route under which a tip came: where nothing has changed it,
it is the present one; otherwise what was before the first change stays unknown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Final

from admin.log.entries import LoggedEntry
from admin.log.listing import lines
from admin.log.looking import Lines, look_up
from admin.log.rows import LogRow
from admin.visit import Visit
from crypto.statements import DONE
from tipline.ids import AUDITORS
from tipline.keeper_client.looking_up import RosterVersion
from tipline.lookups.filters import Filter
from tipline.lookups.views import By, View
from tipline.roster import Roster

LISTED: Final = 300
"""Entries that the page lists."""
READ: Final = "read"
_ROUTED: Final = "route"
_MISSED: Final = "missed"


@dataclass(frozen=True)
class Route:
    """Which desks a tip stood at, and whom it excluded, from an entry on; `at` in Unix seconds."""

    index: int
    at: int
    desks: tuple[str, ...]
    excluded: tuple[str, ...]


@dataclass
class Reader:
    """One member and the tip. Days are UTC; None where they could never have read it, or may still."""

    member: str
    could_from: date | None = None
    could_until: date | None = None
    readings: int = 0
    others: int = 0
    refused: int = 0

    @property
    def could(self) -> bool:
        """Whether they could have read it at some time."""
        return self.could_from is not None


@dataclass(frozen=True)
class TipLife:
    """What the log tells of one tip.

    Attributes:
        rows: the entries, oldest first, at most the newest `LISTED`.
        routes: every route that the log tells, the oldest first.
        since: the entry from which on the route is known; None where the log tells none.
        from_change: whether that is a change, so that nothing tells the route before it.
        readers: everybody who could have read it or tried to.
    """

    tip: str
    rows: Sequence[LogRow]
    total: int
    routes: Sequence[Route]
    since: int | None
    from_change: bool
    readers: Sequence[Reader]


@dataclass
class _Could:
    since: dict[str, date] = field(default_factory=dict)
    until: dict[str, date | None] = field(default_factory=dict)


def tip_life(visit: Visit, tip: str) -> TipLife:
    """What the log tells of a tip (32 hex digits); asking is two entries.

    Raises:
        AuditRefused: this member may not see it.
        KeeperError: the keeper does not answer.
    """
    looked = look_up(visit, View.TIP, Filter(tip=tip), LISTED)
    routed = look_up(visit, View.TIP, Filter(tip=tip, type="all-steps", outcome="done"), LISTED)
    routes = list(_changes(routed.entries[::-1]))
    from_change = bool(routes)
    routes = routes or _unchanged(visit, tip, looked.entries[::-1])
    could = _could(visit, routes, visit.services.clock.today())
    _note_readers(could, looked.entries)
    readers = _readers(could, looked.count(By.MEMBER))
    return TipLife(
        tip=tip,
        rows=lines(visit, looked.entries[::-1]),
        total=looked.total,
        routes=routes,
        since=routes[0].index if routes else None,
        from_change=from_change,
        readers=readers,
    )


def _unchanged(visit: Visit, tip: str, entries: Sequence[LoggedEntry]) -> list[Route]:
    """The present route, which is that under which the tip came: nothing has changed it."""
    view = visit.services.keeper.states([tip]).get(tip)
    if view is None or not entries:
        return []
    first = entries[0]
    return [Route(first.index, first.entry.at, view.desks, view.excluded)]


def _changes(steps: Sequence[LoggedEntry]) -> Iterator[Route]:
    excluded: tuple[str, ...] = ()
    known: tuple[str, ...] | None = None
    for one in steps:
        body = one.entry.statement.body
        if body["type"] == _ROUTED:
            known, excluded = tuple(body["desks"]), tuple(body["excluded"])
            yield Route(one.index, one.entry.at, known, excluded)
        elif body["type"] == _MISSED and known is not None and tuple(body["desks"]) != known:
            known = tuple(body["desks"])  # it escalates to one more desk; whom it excludes stays
            yield Route(one.index, one.entry.at, known, excluded)


def _could(visit: Visit, routes: Sequence[Route], today: date) -> _Could:
    found = _Could()
    if not routes:
        return found
    versions = list(visit.services.keeper.look_ups.rosters())
    for route, following in pairwise([*routes, None]):
        if route is not None:
            until = _day(following.at) if following else today
            for roster, day in _rosters(versions, route, following, until):
                _note(found, route, roster, day)
    now = versions[-1].roster.as_of(today)
    for member in found.since:
        if _may(now, member, routes[-1], today):
            found.until[member] = None
    return found


def _note_readers(found: _Could, entries: Sequence[LoggedEntry]) -> None:
    """Who did read could: also before the first route that the log tells."""
    for one in entries:
        entry = one.entry
        body = entry.statement.body
        if entry.outcome == DONE and body["type"] == READ and body["desk"] != AUDITORS:
            member, day = body["by"][0], _day(entry.at)
            found.since[member] = min(day, found.since.get(member, day))
            found.until.setdefault(member, day)


def _rosters(
    versions: Sequence[RosterVersion], route: Route, following: Route | None, until: date
) -> Iterator[tuple[Roster, date]]:
    """The roster at the beginning of a route, after each change while it held, and at its end."""
    at_first = [one for one in versions if one.index <= route.index][-1]
    later = [
        one
        for one in versions
        if one.index > route.index and (following is None or one.index < following.index)
    ]
    yield at_first.roster, _day(route.at)
    for one in later:
        yield one.roster, _day(one.at)
    yield (later or [at_first])[-1].roster, until


def _note(found: _Could, route: Route, roster: Roster, day: date) -> None:
    present = roster.as_of(day)
    for member in present.members:
        if _may(present, member, route, day):
            found.since.setdefault(member, day)
            found.until[member] = day


def _may(roster: Roster, member: str, route: Route, day: date) -> bool:
    holds = any(roster.members[member].holds(desk) for desk in route.desks)
    return holds and not roster.is_excluded(member, route.excluded, day)


def _readers(could: _Could, counts: Lines) -> list[Reader]:
    found: dict[str, Reader] = {
        member: Reader(member, since, could.until[member]) for member, since in could.since.items()
    }
    for member, kind, reason, count in counts:
        reader = found.setdefault(member, Reader(member))
        if reason:
            reader.refused += count
        elif kind == READ:
            reader.readings += count
        else:
            reader.others += count
    return sorted(found.values(), key=lambda one: (-one.readings, not one.could, one.member))


def _day(at: int) -> date:
    return datetime.fromtimestamp(at, UTC).date()
