"""The interference register as a member may know it. Every statement is proved to stand in the log."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from crypto.statements import DONE, Entry
from tipline.interference.ways import ANSWER, INTERFERENCE
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.entries import read_objects
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.trust import Trust

_REPORT: Final = "report"
_NOWHERE: Final = -1


@dataclass(frozen=True)
class Stated:
    """One statement: its index, the UTC day of its entry, and who made it."""

    index: int
    day: date
    by: str


@dataclass(frozen=True)
class FiledAnswer(Stated):
    """What was done about an entry: the sealed item (hex), with its SHA-256 (hex)."""

    item: str
    digest: str


@dataclass(frozen=True)
class Filed(FiledAnswer):
    """An entry of the register, the units that must not read it, and its answers in their order."""

    excluded: tuple[str, ...]
    answers: tuple[FiledAnswer, ...] = ()

    @property
    def signed(self) -> Mapping[str, str]:
        """The hashes of all its items, by item."""
        return {one.item: one.digest for one in (self, *self.answers)}


@dataclass(frozen=True)
class Reported(Stated):
    """A report upward: the month that it was made in, and the SHA-256 (hex) of what was printed."""

    period: str
    digest: str


@dataclass(frozen=True)
class Known:
    """What a member may know of: entries and reports, each in the order of the log."""

    entries: tuple[Filed, ...]
    reports: tuple[Reported, ...]


class Register:
    """The question for the register; errors are those of `AdminKeeper`."""

    def __init__(self, connections: Connections, trust: Trust) -> None:
        self._connections = connections
        self._trust = trust

    def of_member(self, member: str) -> Known:
        """The member's own entries, and, at the integrity desk and the auditors', all not kept from them."""
        entries: dict[int, Filed] = {}
        reports: list[Reported] = []
        for index, entry in self._stated(member):
            body = entry.statement.body
            kind, stated = body["type"], _stated(index, entry)
            if kind == INTERFERENCE:
                entries[index] = Filed(*stated, body["item"], body["hash"], tuple(body["excluded"]))
            elif kind == ANSWER and body["entry"] in entries:
                answer = FiledAnswer(*stated, body["item"], body["hash"])
                about = entries[body["entry"]]
                entries[about.index] = replace(about, answers=(*about.answers, answer))
            elif kind == _REPORT and body["kind"] == INTERFERENCE:
                reports.append(Reported(*stated, body["period"], body["hash"]))
            else:
                raise KeeperLied("the answer holds something else than the register")
        return Known(tuple(entries.values()), tuple(reports))

    def _stated(self, member: str) -> Iterator[tuple[int, Entry]]:
        after, last = _NOWHERE, _NOWHERE
        while True:
            seen = self._trust.seen_size()
            asked = {"op": "interference", "member": member, "after": after, "seen": seen}
            answer: Mapping[str, Any] = self._connections.ask(asked)
            checkpoint = self._trust.checkpoint(answer, seen)
            for row in read_objects(answer, "rows"):
                index, _, data = self._trust.row(row, checkpoint)
                if not data or index <= last:
                    raise KeeperLied("the answer is not in the order of the log")
                last, entry = index, Entry.decode(data)
                if entry.outcome != DONE:
                    raise KeeperLied("the answer holds what was refused")
                yield index, entry
            following = answer.get("last")
            if type(following) is not int or (following != _NOWHERE and following <= after):
                raise KeeperLied("the answer does not say where it ends")
            if following == _NOWHERE:
                return
            after = following


def _stated(index: int, entry: Entry) -> tuple[int, date, str]:
    return index, datetime.fromtimestamp(entry.at, UTC).date(), entry.statement.body["by"][0]
