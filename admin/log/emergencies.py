"""Identities that were opened in an emergency, and whose alert nobody has reviewed yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from admin.alerts.asking import find_alerts
from admin.visit import Visit
from tipline.alerts.rules import Rule
from tipline.keeper_client.alerting import StatedAlert

_HOUR: Final = 3_600


@dataclass(frozen=True)
class Unreviewed:
    """An opening that waits for an auditor: its alert, who asked, when it was allowed, and its age."""

    alert: int
    requester: str
    at: datetime
    hours: int


def unreviewed(visit: Visit) -> list[Unreviewed]:
    """Those that wait, the oldest first; each page of alerts that is looked through is an entry.

    Raises:
        AuditRefused: this member may not see them.
        KeeperError: the keeper does not answer.
    """
    now = visit.services.clock.unix()
    found = [_waiting(one, now) for one in _open_alerts(visit) if one.body["rule"] == Rule.EMERGENCY]
    return sorted(found, key=lambda one: one.alert)


def _open_alerts(visit: Visit) -> Iterator[StatedAlert]:
    before: int | None = None
    while True:
        page = find_alerts(visit, is_open=True, before=before)
        yield from page.alerts
        if not page.more:
            return
        before = page.alerts[-1].index


def _waiting(one: StatedAlert, now: int) -> Unreviewed:
    at = one.entry.at
    return Unreviewed(
        one.index, one.body["member"], datetime.fromtimestamp(at, UTC), max(now - at, 0) // _HOUR
    )
