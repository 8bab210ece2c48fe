"""The figures of a month: counted by the keeper, signed by an auditor, and compared with what was signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from admin.errors import NotFound
from admin.log.looking import look_up
from admin.members.names import Names
from admin.readings.errors import refusal
from admin.reports.asking import all_fitting
from admin.reports.errors import OtherFigures, SignedBefore
from admin.reports.witnessing import witnesses_of
from admin.visit import Visit
from tipline.alerts.findings import MONTHLY
from tipline.keeper_client import Refused
from tipline.lookups.filters import Filter
from tipline.lookups.groups import ALERTS
from tipline.lookups.views import By, View
from tipline.reports.errors import BadMonth
from tipline.reports.monthly import Month, figures_of, hash_of, months_until, summed

_READ: Final = "read"


@dataclass(frozen=True)
class Signed:
    """A signature under the figures of a month, and where it stands in the log."""

    period: str
    digest: str
    name: str
    index: int


@dataclass(frozen=True)
class MonthReport:
    """A month: its figures, their hash, and who signed which."""

    month: Month
    figures: Mapping[str, Any]
    digest: str
    signed: Sequence[Signed]

    @property
    def sums(self) -> Mapping[str, int]:
        """What stands on the first page."""
        return summed(self.figures)

    @property
    def is_signed(self) -> bool:
        """Whether somebody signed these very figures."""
        return any(one.digest == self.digest for one in self.signed)


def all_months(visit: Visit) -> list[tuple[Month, Sequence[Signed]]]:
    """The months that are over, the latest first, each with who signed it.

    Raises:
        AuditRefused: this member may not see them.
        KeeperError: the keeper does not answer.
    """
    first = next(iter(visit.services.keeper.look_ups.rosters()))
    signed = _signed(visit)
    months = months_until(first.at, visit.services.clock.today())
    return [(month, [one for one in signed if one.period == str(month)]) for month in months]


def month_report(visit: Visit, text: str) -> MonthReport:
    """The figures of a month that is over, counted now; asking is five entries.

    Raises:
        NotFound: there is no such month, or it is not over.
        AuditRefused: this member may not see them.
        KeeperError: the keeper does not answer.
    """
    try:
        month = Month.parse(text)
    except BadMonth as error:
        raise NotFound from error
    if month.last >= visit.services.clock.today():
        raise NotFound
    days = {"since": month.first.isoformat(), "until": month.last.isoformat()}
    everything = look_up(visit, View.REPORT, Filter(**days), 1)
    readings = look_up(visit, View.REPORT, Filter(type=_READ, outcome="done", **days), 1)
    alerts, _total = all_fitting(visit, Filter(type=ALERTS, **days))
    desks: dict[str, int] = {}
    for _, desk, count in readings.count(By.DAY_DESK):
        desks[desk] = desks.get(desk, 0) + count
    figures = figures_of(
        visit.services.settings.origin,
        month,
        ((kind, count) for kind, count in everything.count(By.TYPE)),
        ((reason, count) for reason, count in everything.count(By.OUTCOME)),
        desks.items(),
        [(one.index, one.entry) for one in alerts],
        witnesses_of(visit, month),
    )
    signed = [one for one in _signed(visit) if one.period == str(month)]
    return MonthReport(month, figures, hash_of(figures), signed)


def sign_month(visit: Visit, report: MonthReport, shown: str) -> None:
    """Sign the figures that were shown.

    Raises:
        ReportsError: they are others, or signed already.
        KeeperError: nothing was proved to be logged.
    """
    if shown != report.digest:
        raise OtherFigures
    if report.is_signed:
        raise SignedBefore
    fields = {"kind": MONTHLY, "period": str(report.month), "hash": report.digest}
    try:
        visit.services.keeper.append(visit.sign("report", fields))
    except Refused as refused:
        raise refusal(refused.reason) from refused


def _signed(visit: Visit) -> list[Signed]:
    names = Names.of(visit)
    found, _total = all_fitting(visit, Filter(type="report", outcome="done"))
    return [
        Signed(body["period"], body["hash"], names.member(body["by"][0]), one.index)
        for one in reversed(found)
        for body in (one.entry.statement.body,)
        if body["kind"] == MONTHLY
    ]
