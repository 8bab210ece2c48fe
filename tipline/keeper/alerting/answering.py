"""What an auditor is shown of alerts: those that are open or reviewed, and what is behind one."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, select

from crypto.statements import Entry
from tipline.database import Database
from tipline.keeper.alerting.models import OPEN, alerts, decoys
from tipline.keeper.answers import Answers
from tipline.keeper.errors import Refusal
from tipline.keeper.fields import read_number
from tipline.keeper.log import Log, Published, Row
from tipline.keeper.state import Grant
from tipline.keeper.writer import Writer
from tipline.keeper_client.reasons import Reason
from tipline.lookups.filters import Filter
from tipline.lookups.groups import ALERTS
from tipline.lookups.views import View

MOST: Final = 100
"""Alerts in one answer."""
MOST_DECOYS: Final = 500
MAX_ROW_BYTES: Final = 2 * 1024 * 1024

Granted = Callable[[Mapping[str, Any]], Grant]
Proven = Callable[[list[Row], Published], list[dict[str, Any]]]


class Alerting:
    """The operations `alerts`, `alert` and `decoys`, each under an auditor's question for alerts."""

    def __init__(
        self, database: Database, log: Log, writer: Writer, answers: Answers, granted: Granted, proven: Proven
    ) -> None:
        """Answer from these; `granted` finds what a member's statement allows, `proven` adds proofs."""
        self._database = database
        self._log = log
        self._writer = writer
        self._answers = answers
        self._granted = granted
        self._proven = proven

    def operations(self) -> Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]]:
        """By their names on the admin site's socket."""
        return {"alerts": self._list, "alert": self._one, "decoys": self._decoys}

    def _list(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Alerts below an index, the newest first, open or reviewed, each with its review."""
        grant = self._asked(request)
        before, is_open = (
            min(read_number(request, "before"), grant.top + 1),
            read_number(request, "open") == 1,
        )
        table, most = alerts.c, min(grant.most or MOST, MOST)
        state = table.review == OPEN if is_open else table.review != OPEN
        query = select(table.index, table.review).where(state, table.index < before)
        with self._database.reading() as session:
            found = session.execute(query.order_by(table.index.desc()).limit(most + 1)).all()
        shown = found[:most]
        wanted = [index for row in shown for index in row if index != OPEN]
        return self._answer(wanted, request) | {"more": len(found) > most}

    def _one(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """An alert, its review, and the entries that it names."""
        grant, index = self._asked(request), read_number(request, "index")
        if index != grant.top:
            raise Refusal(Reason.NOT_ALLOWED)
        with self._database.reading() as session:
            connection = session.connection()
            review = connection.scalar(select(alerts.c.review).where(alerts.c.index == index))
        if review is None:
            raise Refusal(Reason.NOT_ALLOWED)
        [(_, _, data)] = self._log.rows(index, 1, max_bytes=MAX_ROW_BYTES)
        named = Entry.decode(data).statement.body["entries"]
        behind = [index, *([review] if review != OPEN else []), *named]
        return self._answer(behind[: grant.most], request)

    def _decoys(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The statements that planted decoys, the newest first."""
        grant = self._asked(request)
        with self._database.reading() as session:
            return self._answer(_planted(session.connection(), grant), request)

    def _answer(self, indices: Iterable[int], request: Mapping[str, Any]) -> dict[str, Any]:
        published = self._writer.published
        there = [index for index in indices if index < published.size]
        rows = self._log.rows_at(there, max_bytes=MAX_ROW_BYTES)
        seen = read_number(request, "seen")
        return {"rows": self._proven(rows, published), **self._answers.head(published, seen)}

    def _asked(self, request: Mapping[str, Any]) -> Grant:
        """An audit for this page, which narrows nothing: what it says is what it opens."""
        grant = self._granted(request)
        if grant.view != View.ALERTS or grant.filter != Filter(type=ALERTS):
            raise Refusal(Reason.NOT_ALLOWED)
        return grant


def _planted(connection: Connection, grant: Grant) -> list[int]:
    """A statement that was forgotten since names no tip any more, and its tip is erased."""
    query = select(decoys.c.index).where(decoys.c.index <= grant.top).order_by(decoys.c.index.desc())
    return list(connection.scalars(query.limit(min(grant.most or MOST, MOST_DECOYS))))
