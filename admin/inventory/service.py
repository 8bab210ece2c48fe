"""Asking the keeper what its nightly lists found, under an audit statement."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from admin.log.errors import AuditRefused
from admin.readings.errors import refusal
from admin.visit import Visit
from tipline.keeper_client import HarmedItem, HeldReport, Night, Reason, Refused
from tipline.lookups.views import View

LATE: Final = timedelta(days=2)
"""How old the last list may be before the page says that the nights are missed."""


@dataclass(frozen=True)
class Findings:
    """What the page shows. `more` are harmed items beyond those that one answer names."""

    report: HeldReport
    today: date

    @property
    def last(self) -> Night | None:
        """The last list."""
        return self.report.nights[0] if self.report.nights else None

    @property
    def is_late(self) -> bool:
        """Whether a newer list should be there."""
        return self.last is not None and self.today - self.last.day > LATE

    @property
    def altered(self) -> Night | None:
        """The newest list before which what the keeper remembered was altered."""
        return next((night for night in self.report.nights if night.altered), None)

    @property
    def more(self) -> int:
        """How many are not named here."""
        last = self.last
        return max(last.missing + last.changed + last.unvouched - len(self.report.items), 0) if last else 0

    def lost(self) -> list[HarmedItem]:
        """What was accepted and is missing or changed."""
        return [item for item in self.report.items if item.found is not None]

    def strange(self) -> list[HarmedItem]:
        """Stored rows that nobody vouches for."""
        return [item for item in self.report.items if item.found is None]


def look(visit: Visit) -> Findings:
    """What the lists found; asking is an entry, too.

    Raises:
        AuditRefused: this member may not see it.
        KeeperError: the keeper does not answer.
    """
    fields: dict[str, Any] = {"first": 0, "count": 1, "view": View.INVENTORY.value, "filter": {}}
    audit, keeper = visit.sign("audit", fields), visit.services.keeper
    try:
        keeper.append(audit)
        return Findings(keeper.held.report(audit), visit.services.clock.today())
    except Refused as refused:
        if refused.reason in (Reason.STALE, Reason.REPLAYED, Reason.TOO_MANY):
            raise refusal(refused.reason) from refused
        raise AuditRefused from refused
