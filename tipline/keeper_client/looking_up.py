"""The questions of an auditor's room: entries that fit a filter, counts of them, and the roster as it was.

Every entry is proved to stand in the log and is held against the filter here. That none is left out, and that
counts are right, only the whole log can tell: `tipline log verify` reads it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crypto.statements import Entry, Statement
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.entries import read_objects
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.roster import RosterCopy
from tipline.keeper_client.trust import Proven, Trust
from tipline.keeper_client.types import Row
from tipline.lookups.filters import Filter
from tipline.lookups.views import By
from tipline.roster import Roster

_KEYS: Final[Mapping[By, tuple[type, ...]]] = {
    By.DAY_DESK: (str, str),
    By.WEEKDAY_HOUR: (int, int),
    By.TYPE: (str,),
    By.MEMBER: (str, str, str),
    By.OUTCOME: (str,),
}
"""What a line of each count is counted by."""


@dataclass(frozen=True)
class Found:
    """Entries that fit, the newest first, and how many fit in the whole log."""

    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True)
class RosterVersion:
    """The roster from one entry on; `at` is when that was logged, in Unix seconds."""

    index: int
    at: int
    roster: Roster


class LookUps:
    """An auditor's questions. Errors are those of `AdminKeeper`."""

    def __init__(
        self,
        connections: Connections,
        trust: Trust,
        copy: RosterCopy,
        ask_roster: Callable[[int], tuple[list[Proven], bool]],
    ) -> None:
        self._connections = connections
        self._trust = trust
        self._copy = copy
        self._ask_roster = ask_roster

    def find(self, audit: Statement, before: int, count: int) -> Found:
        """At most `count` entries under an audit statement that was logged before, from below `before`."""
        asked = Filter.from_fields(audit.body.get("filter"))
        found: list[Row] = []
        total = 0
        while True:
            answer = self._ask(audit.digest, before, count - len(found), counted=not found)
            for row in answer.rows:
                _require_asked_for(row, asked, before)
                before = row[0]
            total = total or answer.total
            found += answer.rows
            if len(found) > count or (answer.more and not answer.rows):
                raise KeeperLied("the answer holds another number of entries than it says")
            if not answer.more:
                return Found(tuple(found), total)

    def count(self, audit: Statement, by: By) -> tuple[tuple[Any, ...], ...]:
        """Counts of what fits an audit statement, each line what it is counted by, and last how often."""
        answer = self._connections.ask({"op": "tally", "statement": audit.digest, "by": by.value})
        lines = answer.get("lines")
        wanted = (*_KEYS[by], int)
        if not isinstance(lines, list) or not all(_is_line(line, wanted) for line in lines):
            raise KeeperLied("the answer holds no counts")
        return tuple(tuple(line) for line in lines)

    def rosters(self) -> Iterator[RosterVersion]:
        """The roster after each entry that changed it, from the genesis on; all of them proved and signed."""
        known: Roster | None = None
        more = True
        while more:
            changes, more = self._ask_roster(known.version if known else -1)
            for change in changes:
                known = self._copy.applied(known, change)
                yield RosterVersion(change.index, change.entry.at, known)
            if more and not changes:
                raise KeeperLied("the answer promises more and brings nothing")

    def _ask(self, digest: str, before: int, count: int, *, counted: bool) -> "_Answer":
        seen = self._trust.seen_size()
        answer = self._connections.ask(
            {
                "op": "look-up",
                "statement": digest,
                "before": before,
                "count": count,
                "counted": int(counted),
                "seen": seen,
            }
        )
        checkpoint = self._trust.checkpoint(answer, seen)
        total = answer.get("total")
        if type(total) is not int:
            raise KeeperLied("an answer lacks a number")
        rows = [self._trust.row(row, checkpoint) for row in read_objects(answer, "rows")]
        return _Answer(rows, total, answer.get("more") is True)


@dataclass(frozen=True)
class _Answer:
    rows: list[Row]
    total: int
    more: bool


def _require_asked_for(row: Row, asked: Filter, before: int) -> None:
    index, _, data = row
    if index >= before:
        raise KeeperLied("the answer holds other entries than were asked for")
    if not data or not asked.fits(Entry.decode(data)):
        raise KeeperLied("the answer holds an entry that does not fit what was asked for")


def _is_line(line: object, wanted: tuple[type, ...]) -> bool:
    return (
        isinstance(line, list)
        and len(line) == len(wanted)
        and all(type(value) is kind for value, kind in zip(line, wanted, strict=True))
    )
