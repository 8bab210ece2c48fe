"""Asking the keeper for alerts; each question is an entry, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from admin.errors import NotFound
from admin.log.entries import LoggedEntry, explained, logged
from admin.log.listing import lines
from admin.log.looking import NEWEST
from admin.log.rows import LogRow
from admin.visit import Visit
from crypto.statements import Statement
from tipline.alerts.rules import UNASKED
from tipline.ids import AUDITORS
from tipline.keeper_client import Reason, Refused
from tipline.keeper_client.alerting import AlertPage, StatedAlert
from tipline.lookups.facets import tips_of
from tipline.lookups.filters import Filter
from tipline.lookups.groups import ALERTS
from tipline.lookups.views import View
from tipline.tips.models import Tip

PAGE: Final = 50
_ONE: Final = 26
"""An alert, its review, question and answer, and the entries that it names."""


@dataclass(frozen=True)
class AlertBehind:
    """An alert with what is behind it.

    Attributes:
        rows: the entries that it names, as lines; what was forgotten is missing.
        tips: those that it or its entries name (32 hex digits), and that are stored.
        is_own: whether it is about the auditor who looks, and another could look into it.
        may_ask: whether there is somebody whom the auditor may ask to explain it.
        is_secret: whether to be asked would tell its member of a tip that they may not know of.
    """

    alert: StatedAlert
    rows: Sequence[LogRow]
    tips: Sequence[str]
    is_own: bool
    may_ask: bool
    is_secret: bool


def find_alerts(visit: Visit, *, is_open: bool, before: int | None) -> AlertPage:
    """A page of alerts, the newest first.

    Raises:
        AuditRefused: this member may not see them.
        KeeperError: the keeper does not answer.
    """
    below = NEWEST if before is None else max(before, 0)
    audit = ask(visit, below, PAGE)
    try:
        return visit.services.keeper.alerts.page(audit, below, is_open=is_open)
    except Refused as refused:
        raise explained(refused) from refused


def find_alert(visit: Visit, index: int) -> AlertBehind:
    """One alert and what is behind it.

    Raises:
        NotFound: there is no alert at this index.
        AuditRefused: this member may not see it.
        KeeperError: the keeper does not answer.
    """
    audit = ask(visit, index + 1, _ONE)
    try:
        alert, rows = visit.services.keeper.alerts.one(audit, index)
    except Refused as refused:
        if refused.reason is Reason.NOT_ALLOWED:
            raise NotFound from refused
        raise explained(refused) from refused
    behind = [LoggedEntry(*row) for row in rows if row[2]]
    named = [alert.body["tip"], *(tip for one in behind for tip in sorted(tips_of(one.entry)))]
    return AlertBehind(
        alert,
        lines(visit, behind),
        _stored(visit, named),
        _is_own(visit, alert),
        _may_ask(visit, alert),
        alert.body["rule"] in UNASKED,
    )


def ask(visit: Visit, before: int, count: int) -> Statement:
    """A logged question for alerts below an index."""
    return logged(
        visit,
        "audit",
        {
            "first": max(before - 1, 0),
            "count": count,
            "view": View.ALERTS.value,
            "filter": Filter(type=ALERTS).to_fields(),
        },
    )


def _stored(visit: Visit, tips: Sequence[str]) -> list[str]:
    with visit.services.database.reading() as session:
        return [
            tip for tip in dict.fromkeys(tips) if tip and session.get(Tip, bytes.fromhex(tip)) is not None
        ]


def _may_ask(visit: Visit, alert: StatedAlert) -> bool:
    member = visit.roster.members.get(alert.body["member"])
    is_open = alert.review is None and alert.asked_index < 0 and alert.body["rule"] not in UNASKED
    return is_open and member is not None and member.active and member.id != visit.member.id


def _is_own(visit: Visit, alert: StatedAlert) -> bool:
    others = (one for one in visit.roster.holders(AUDITORS) if one.id != visit.member.id)
    return alert.body["member"] == visit.member.id and any(others)
