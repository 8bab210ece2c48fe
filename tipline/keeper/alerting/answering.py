"""What an auditor is shown of alerts: those that are open or reviewed, and what is behind one."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, bindparam, select

from crypto.statements import Entry
from tipline.database import Database
from tipline.keeper.alerting.asked import find_alert, said_of, waiting_for
from tipline.keeper.alerting.models import OPEN, AlertRow, alerts
from tipline.keeper.answers import Answers
from tipline.keeper.digests import tables
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import DECOYS, OPEN_ALERTS
from tipline.keeper.errors import Refusal
from tipline.keeper.fields import read_number, read_text
from tipline.keeper.log import Log, Published, Row
from tipline.keeper.prepared import Prepared
from tipline.keeper.snapshots import Question, look
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
_DECOYS: Final = Prepared(select(*DECOYS.all_columns))
_OPEN: Final = Prepared(
    select(*tables.ALERTS.all_columns).where(alerts.c.review == OPEN).order_by(alerts.c.index.desc())
)
_REVIEWED: Final = Prepared(
    select(*tables.ALERTS.all_columns)
    .where(alerts.c.review != OPEN, alerts.c.index < bindparam("before"))
    .order_by(alerts.c.index.desc())
    .limit(bindparam("count"))
)

Found = TypeVar("Found")
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
        return {"alerts": self._list, "alert": self._one, "decoys": self._decoys, "asked": self._asked_of}

    def _list(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Alerts below an index, the newest first, open or reviewed, each with its review."""
        grant = self._asked(request)
        before, is_open = (
            min(read_number(request, "before"), grant.top + 1),
            read_number(request, "open") == 1,
        )
        most = min(grant.most or MOST, MOST)
        found = self._look(
            lambda connection, rows: (
                _open_below(connection, rows, before)
                if is_open
                else _reviewed_below(connection, rows, before, most + 1)
            )
        )
        shown = found[:most]
        wanted = [index for row in shown for index in (row.index, row.review) if index != OPEN]
        return self._answer(wanted, request) | {"more": len(found) > most}

    def _one(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """An alert, its review, what its member was asked and answered, and the entries that it names."""
        grant, index = self._asked(request), read_number(request, "index")
        if index != grant.top:
            raise Refusal(Reason.NOT_ALLOWED)
        size = self._writer.published.size
        alert, said = self._look(
            lambda connection, rows: (find_alert(rows, index), said_of(connection, index, size).values())
        )
        if alert is None:
            raise Refusal(Reason.NOT_ALLOWED)
        [(_, _, data)] = self._log.rows(index, 1, max_bytes=MAX_ROW_BYTES)
        named = Entry.decode(data).statement.body["entries"]
        behind = [index, *([alert.review] if alert.review != OPEN else []), *sorted(said), *named]
        return self._answer(behind[: grant.most], request)

    def _asked_of(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The alerts that a member was asked to explain and has not, each with the question."""
        member, size = read_text(request, "member"), self._writer.published.size
        indices = self._look(lambda connection, rows: waiting_for(connection, rows, member, size))
        return self._answer(indices, request)

    def _decoys(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The statements that planted decoys, the newest first."""
        grant = self._asked(request)
        planted = self._look(lambda connection, rows: _planted(connection, rows, grant))
        return self._answer(planted, request)

    def _look(self, question: Question[Found]) -> Found:
        return look(self._writer, self._database, question)

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


def _open_below(connection: Connection, rows: Rows, before: int) -> list[AlertRow]:
    """All that wait for a review are looked at: none is hidden from an auditor.

    Raises:
        RowsChanged: one is not as it was written, or is gone.
    """
    found = _OPEN.run(connection, {}).fetchall()
    rows.check(tables.ALERTS, found)
    if len(found) != rows.count(OPEN_ALERTS):
        raise RowsChanged(tables.ALERTS.name)
    return [AlertRow(*row) for row in found if row[0] < before]


def _reviewed_below(connection: Connection, rows: Rows, before: int, count: int) -> list[AlertRow]:
    found = _REVIEWED.run(connection, {"before": before, "count": count}).fetchall()
    rows.check(tables.ALERTS, found)
    return [AlertRow(*row) for row in found]


def _planted(connection: Connection, rows: Rows, grant: Grant) -> list[int]:
    """A statement that was forgotten since names no tip any more, and its tip is erased.

    Raises:
        RowsChanged: one is not as it was written, or is gone.
    """
    found = _DECOYS.run(connection, {}).fetchall()
    rows.check(DECOYS, found)
    if len(found) != rows.count(DECOYS.name):
        raise RowsChanged(DECOYS.name)
    newest = sorted((index for _, index in found if index <= grant.top), reverse=True)
    return newest[: min(grant.most or MOST, MOST_DECOYS)]
