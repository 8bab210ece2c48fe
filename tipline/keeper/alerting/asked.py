"""What was said of an alert before its review: that its member was asked to explain it, and their answer."""

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, select

from crypto.statements import DONE, Entry
from tipline.alerts.rules import UNASKED
from tipline.keeper import models
from tipline.keeper.alerting.models import OPEN, AlertRow, alerts
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import ALERTS
from tipline.keeper.prepared import Prepared
from tipline.keeper_client.alerting import ANSWER, ASK

MOST_ASKED: Final = 100
"""Open alerts about one member that are looked at: they are asked about a few."""

_ABOUT: Final = Prepared(
    select(*ALERTS.all_columns)
    .where(alerts.c.review == OPEN, alerts.c.member == bindparam("member"))
    .order_by(alerts.c.index.desc())
    .limit(MOST_ASKED)
)


def find_alert(rows: Rows, index: int) -> AlertRow | None:
    """The alert that was stated at an index.

    Raises:
        RowsChanged: its row is not as it was written, or is gone.
    """
    row = rows.one(ALERTS, index)
    return None if row is None else AlertRow(*row)


def said_of(
    connection: Connection, alert: int, size: int, added: Iterable[tuple[int, bytes]] = ()
) -> Mapping[str, int]:
    """By type the first entry that asks about an alert or answers.

    Args:
        size: of the log; what a table holds beyond is nobody's entry.
        added: entries that are in no table yet.
    """
    table, found = models.entries.c, dict[str, int]()
    later = (table.index > alert) & (table.index < size) & table.type.in_((ASK, ANSWER))
    stored = connection.execute(select(table.index, table.entry).where(later).order_by(table.index))
    for index, data in (*((place, data) for place, data in stored), *added):
        if not data:
            continue
        entry = Entry.decode(data)
        body = entry.statement.body
        if entry.outcome == DONE and body["type"] in (ASK, ANSWER) and body["alert"] == alert:
            found.setdefault(body["type"], index)
    return found


def waiting_for(connection: Connection, rows: Rows, member: str, size: int) -> list[int]:
    """Alert and question by turns: those that a member was asked about and has not answered, newest first.

    Raises:
        RowsChanged: an alert is not as it was written.
    """
    about = _ABOUT.run(connection, {"member": member}).fetchall()
    rows.check(ALERTS, about)
    found: list[int] = []
    for alert in (AlertRow(*row) for row in about):
        said = said_of(connection, alert.index, size)
        if alert.rule not in UNASKED and ASK in said and ANSWER not in said:
            found += [alert.index, said[ASK]]
    return found
