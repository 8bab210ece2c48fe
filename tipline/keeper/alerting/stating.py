"""Stating alerts: what the rules find in the log, and that a decoy was opened."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date
from typing import Final

from sqlalchemy import bindparam, or_, select

from crypto.statements import Entry, Statement
from tipline.alerts.finding import Alert, decoy_opened, find, find_again, opened_at_once
from tipline.alerts.rules import Rule
from tipline.alerts.seen import READ, Seen
from tipline.keeper import models
from tipline.keeper.alerting.knowing import who_knew
from tipline.keeper.alerting.models import OPEN, AlertRow, alerts
from tipline.keeper.alerting.window import read_window, remember
from tipline.keeper.clockwork import Stated
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import ALERTS, DECOYS, OPEN_ALERTS
from tipline.keeper.disclosing.standing import one_of
from tipline.keeper.prepared import Prepared
from tipline.keeper.rules.case import Granted
from tipline.keeper.state import Draft

DECISION: Final = "disclosure-decision"
NONE: Final = -1
"""In place of the index of an entry, while there is none."""
_ANY: Final = ""
"""In place of a day."""

_TABLE: Final = alerts.c
_LATEST: Final = Prepared(
    select(*ALERTS.all_columns)
    .where(*(_TABLE[name] == bindparam(name) for name in ("rule", "member", "tip")))
    .where(or_(bindparam("day") == _ANY, _TABLE.day == bindparam("day")))
    .order_by(_TABLE.index.desc())
    .limit(1)
)


def look(draft: Draft) -> Iterator[Stated]:
    """Look over what came into the log since the last look; each alert is stated once."""
    rules = draft.roster.alert_rules
    window = read_window(draft.connection, draft.rows, rules, draft.now)
    if not window.new:
        return
    remember(draft.rows, window)
    calendar = draft.roster.clocks.calendar
    for alert in find(window, rules, calendar):
        if _is_waiting(alert, draft):
            continue
        last = _counted_before(alert, draft)
        again = alert if last == NONE else find_again(alert, window, rules, calendar, last)
        if again is not None:
            yield from _stated(again, draft)


def opened(statement: Statement, index: int, draft: Draft) -> Iterator[Stated]:
    """The alert of what was just done.

    A reading whose tip is a decoy, a route that excludes who has read, a yes in an emergency.
    """
    knew = who_knew(statement, index, draft)
    if knew is not None:
        yield from _stated(knew, draft)
    body = statement.body
    if body["type"] == DECISION and body["approved"]:
        yield from _emergency(body["request"], index, draft)
    if body["type"] != READ or not draft.roster.alert_rules.is_on(Rule.DECOY):
        return
    if not is_decoy(draft.rows, body["tip"]):
        return
    reading = Seen(index, draft.at, body["at"], READ, statement.signers, body["desk"], body["tip"])
    alert = decoy_opened(reading)
    if not _is_waiting(alert, draft):
        yield from _stated(alert, draft)


def _emergency(request: int, decision: int, draft: Draft) -> Iterator[Stated]:
    """Each is stated, whatever else waits for a review."""
    asked = one_of(draft.rows, request)
    if asked.emergency:
        entries = (asked.index, decision)
        yield from _stated(
            opened_at_once(entries, asked.requester, asked.desk, asked.tip.hex(), draft.at), draft
        )


def is_decoy(rows: Rows, tip: str) -> bool:
    """Whether a tip (32 hex digits) was planted.

    Raises:
        RowsChanged: the row that says so is not as it was written, or is gone.
    """
    return rows.one(DECOYS, bytes.fromhex(tip)) is not None


def _counted_before(alert: Alert, draft: Draft) -> int:
    """The last entry that an alert like this one has counted already; `NONE` where all of it is news.

    A review closes what its alert counted, and nothing that comes later. And while the log's time is ahead
    of the clock, all entries stand on one day: what earlier days have stated is not stated again.
    """
    latest = _latest(alert, draft, any_day=_is_ahead(alert, draft))
    if latest is None:
        return NONE
    data = draft.connection.scalar(
        select(models.entries.c.entry).where(models.entries.c.index == latest.index)
    )
    return int(Entry.decode(data).statement.body["entries"][-1]) if data else latest.index


def _stated(alert: Alert, draft: Draft) -> Iterator[Stated]:
    alert = _dated(alert, draft)
    rule, member, day, tip = alert.key
    # Whoever takes this appends it before asking for the next.
    row = AlertRow(draft.growth.next_index, rule, member, day, tip, OPEN)
    draft.rows.put(ALERTS, [asdict(row)])
    draft.rows.count_one_more(OPEN_ALERTS)
    yield {"type": "alert", **alert.to_fields()}, Granted()


def _is_waiting(alert: Alert, draft: Draft) -> bool:
    """Whether one of the same key waits for its review."""
    latest = _latest(_dated(alert, draft), draft)
    return latest is not None and latest.review == OPEN


def _dated(alert: Alert, draft: Draft) -> Alert:
    """On the day of its entries, but on none that is still to come: each day has alerts of its own."""
    return replace(alert, day=draft.today.isoformat()) if _is_ahead(alert, draft) else alert


def _is_ahead(alert: Alert, draft: Draft) -> bool:
    """Whether its entries stand on a day that the clock has not come to: the log's time never goes back."""
    return date.fromisoformat(alert.day) > draft.today


def _latest(alert: Alert, draft: Draft, *, any_day: bool = False) -> AlertRow | None:
    """The last alert of the same key.

    Raises:
        RowsChanged: its row is not as it was written.
    """
    rule, member, day, tip = alert.key
    values = {"rule": rule, "member": member, "day": _ANY if any_day else day, "tip": tip}
    found = _LATEST.run(draft.connection, values).fetchall()
    draft.rows.check(ALERTS, found)
    return AlertRow(*found[0]) if found else None
