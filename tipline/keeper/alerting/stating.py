"""Stating alerts: what the rules find in the log, and that a decoy was opened."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import Connection, insert, select

from crypto.statements import Entry, Statement
from tipline.alerts.finding import Alert, decoy_opened, find, find_again
from tipline.alerts.rules import Rule
from tipline.alerts.seen import READ, Seen
from tipline.keeper import models
from tipline.keeper.alerting.models import OPEN, alerts, decoys
from tipline.keeper.alerting.window import read_window, remember
from tipline.keeper.clockwork import Stated
from tipline.keeper.rules.case import Granted
from tipline.keeper.state import Draft

NONE: Final = -1
"""In place of the index of an entry, while there is none."""


class _Earlier(NamedTuple):
    """An alert that was stated: the index of its entry, and of its review or `OPEN`."""

    at: int
    review: int


def look(draft: Draft) -> Iterator[Stated]:
    """Look over what came into the log since the last look; each alert is stated once."""
    rules = draft.roster.alert_rules
    window = read_window(draft.connection, rules, draft.now)
    if not window.new:
        return
    remember(draft.connection, window)
    calendar = draft.roster.clocks.calendar
    for alert in find(window, rules, calendar):
        if _is_waiting(alert, draft):
            continue
        last = _counted_before(alert, draft)
        again = alert if last == NONE else find_again(alert, window, rules, calendar, last)
        if again is not None:
            yield from _stated(again, draft)


def opened(statement: Statement, index: int, draft: Draft) -> Iterator[Stated]:
    """The alert of a reading that was just done, where its tip is a decoy."""
    body = statement.body
    if body["type"] != READ or not draft.roster.alert_rules.is_on(Rule.DECOY):
        return
    if not is_decoy(draft.connection, body["tip"]):
        return
    reading = Seen(index, draft.at, body["at"], READ, statement.signers, body["desk"], body["tip"])
    alert = decoy_opened(reading)
    if not _is_waiting(alert, draft):
        yield from _stated(alert, draft)


def is_decoy(connection: Connection, tip: str) -> bool:
    """Whether a tip (32 hex digits) was planted."""
    known = select(decoys.c.index).where(decoys.c.tip == bytes.fromhex(tip))
    return connection.scalar(known) is not None


def _counted_before(alert: Alert, draft: Draft) -> int:
    """The last entry that an alert like this one has counted already; `NONE` where all of it is news.

    A review closes what its alert counted, and nothing that comes later. And while the log's time is ahead
    of the clock, all entries stand on one day: what earlier days have stated is not stated again.
    """
    latest = _latest(alert, draft, any_day=_is_ahead(alert, draft))
    if latest is None:
        return NONE
    data = draft.connection.scalar(select(models.entries.c.entry).where(models.entries.c.index == latest.at))
    return int(Entry.decode(data).statement.body["entries"][-1]) if data else latest.at


def _stated(alert: Alert, draft: Draft) -> Iterator[Stated]:
    alert = _dated(alert, draft)
    rule, member, day, tip = alert.key
    row = {"rule": rule, "member": member, "day": day, "tip": tip}
    # Whoever takes this appends it before asking for the next.
    draft.connection.execute(insert(alerts).values(index=draft.growth.next_index, review=OPEN, **row))
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


def _latest(alert: Alert, draft: Draft, *, any_day: bool = False) -> _Earlier | None:
    rule, member, day, tip = alert.key
    table = alerts.c
    same = (table.rule == rule) & (table.member == member) & (table.tip == tip)
    query = select(table.index, table.review).where(same if any_day else same & (table.day == day))
    row = draft.connection.execute(query.order_by(table.index.desc()).limit(1)).first()
    return _Earlier(row[0], row[1]) if row is not None else None
