"""The questions of the room of alerts. Every entry is proved to stand in the log before it is handed on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from crypto.statements import DONE, Entry, Statement
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.entries import read_objects
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.trust import Trust
from tipline.keeper_client.types import Row
from tipline.roster.rules import KEEPER

ASK: Final = "alert-ask"
ANSWER: Final = "alert-answer"


@dataclass(frozen=True)
class StatedAlert:
    """An alert and, where an auditor has looked into it, what they stated.

    `asked_index` is where its member was asked to explain it, `answer` what they stated then.
    """

    index: int
    entry: Entry
    review_index: int = -1
    review: Entry | None = None
    asked_index: int = -1
    answer_index: int = -1
    answer: Entry | None = None

    @property
    def body(self) -> Mapping[str, Any]:
        """The alert's statement."""
        return self.entry.statement.body


@dataclass(frozen=True)
class AlertPage:
    """Alerts, the newest first; `more` lie below the last of them."""

    alerts: tuple[StatedAlert, ...]
    more: bool


class AlertQuestions:
    """What an auditor asks, each under an `audit` over alerts. Errors are those of `AdminKeeper`."""

    def __init__(self, connections: Connections, trust: Trust) -> None:
        self._connections = connections
        self._trust = trust

    def page(self, audit: Statement, before: int, *, is_open: bool) -> AlertPage:
        """Alerts that stand below an index, open or reviewed."""
        request = {"op": "alerts", "before": before, "open": int(is_open)}
        rows, answer = self._ask(request, audit)
        found = _paired(rows)
        if any((each.review is None) is not is_open or each.index >= before for each in found):
            raise KeeperLied("the answer holds other alerts than were asked for")
        return AlertPage(tuple(found), answer.get("more") is True)

    def one(self, audit: Statement, index: int) -> tuple[StatedAlert, tuple[Row, ...]]:
        """An alert, and the entries that it names as far as they were not forgotten."""
        rows, _ = self._ask({"op": "alert", "index": index}, audit)
        reviewed = len(rows) > 1 and _type_of(rows[1]) == "alert-review"
        found = _paired(rows[: 2 if reviewed else 1])
        if len(found) != 1 or found[0].index != index:
            raise KeeperLied("the answer holds another alert")
        alert, behind = _with_answer(found[0], rows[2 if reviewed else 1 :])
        if not {row[0] for row in behind} <= set(alert.body["entries"]):
            raise KeeperLied("the answer holds entries that the alert does not name")
        return alert, tuple(behind)

    def asked(self, member: str) -> tuple[StatedAlert, ...]:
        """The alerts that a member was asked to explain and has not: nobody signs this question."""
        seen = self._trust.seen_size()
        answer = self._connections.ask({"op": "asked", "member": member, "seen": seen})
        checkpoint = self._trust.checkpoint(answer, seen)
        rows = [self._trust.row(row, checkpoint) for row in read_objects(answer, "rows")]
        found = [
            _with_answer(_paired(rows[at : at + 1])[0], rows[at + 1 : at + 2])
            for at in range(0, len(rows), 2)
        ]
        if any(one.body["member"] != member or one.asked_index < 0 or rest for one, rest in found):
            raise KeeperLied("the answer holds something else than questions to this member")
        return tuple(one for one, _ in found)

    def decoys(self, audit: Statement) -> Mapping[str, int]:
        """The tips (32 hex digits) that were planted, each with the index of its statement."""
        rows, _ = self._ask({"op": "decoys"}, audit)
        planted = {}
        for index, _, data in rows:
            body = Entry.decode(data).statement.body if data else {}
            if body.get("type") == "decoy":
                planted[body["tip"]] = index
        return planted

    def _ask(self, request: Mapping[str, Any], audit: Statement) -> tuple[list[Row], Mapping[str, Any]]:
        seen = self._trust.seen_size()
        answer = self._connections.ask({**request, "statement": audit.digest, "seen": seen})
        checkpoint = self._trust.checkpoint(answer, seen)
        return [self._trust.row(row, checkpoint) for row in read_objects(answer, "rows")], answer


def _paired(rows: list[Row]) -> list[StatedAlert]:
    """Alerts, each with the review that follows it."""
    found: list[StatedAlert] = []
    for index, _, data in rows:
        if not data:
            raise KeeperLied("an alert was forgotten")
        entry = Entry.decode(data)
        body = entry.statement.body
        if body["type"] == "alert" and list(body["by"]) == [KEEPER]:
            found.append(StatedAlert(index, entry))
        elif body["type"] == "alert-review" and found and body["alert"] == found[-1].index:
            found[-1] = StatedAlert(found[-1].index, found[-1].entry, index, entry)
        else:
            raise KeeperLied("the answer holds something else than alerts")
        if entry.outcome != DONE:
            raise KeeperLied("the answer holds what was refused")
    return found


def _with_answer(alert: StatedAlert, rows: list[Row]) -> tuple[StatedAlert, list[Row]]:
    """The alert with the question and the answer that stand first among these rows, and the rows behind."""
    place = 0
    while place < len(rows) and _type_of(rows[place]) in (ASK, ANSWER) and rows[place][2]:
        index, entry = rows[place][0], Entry.decode(rows[place][2])
        body = entry.statement.body
        if entry.outcome != DONE or body["alert"] != alert.index:
            break
        if body["type"] == ASK:
            alert = replace(alert, asked_index=index)
        else:
            alert = replace(alert, answer_index=index, answer=entry)
        place += 1
    return alert, rows[place:]


def _type_of(row: Row) -> str:
    return str(Entry.decode(row[2]).statement.body["type"]) if row[2] else ""
