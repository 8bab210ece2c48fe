"""The report upward: what was filed, how, what was done, and chosen texts; signed as it is printed."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template
from flask_babel import get_locale
from markupsafe import Markup

from admin.interference.errors import OtherEntries
from admin.interference.reading import OpenEntry, read_entries
from admin.interference.register import Line, RegisterPage
from admin.members.names import Names
from admin.readings.errors import refusal
from admin.reports.papers import STYLES
from admin.visit import Visit
from tipline.interference.ways import INTERFERENCE, WAYS
from tipline.keeper_client import Refused
from tipline.reports.monthly import Month

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Paper:
    """A report as it leaves the site: the file's name and bytes, and where it stands in the log."""

    name: str
    content: bytes
    index: int


@dataclass(frozen=True)
class Figures:
    """What the report counts. `ways` are by code, `days` from filing to the first answer, by entry."""

    lines: Sequence[Line]
    ways: Mapping[str, int]
    days: Mapping[int, int]
    opened: Mapping[int, OpenEntry]
    chosen: Set[int]

    @property
    def answered(self) -> int:
        """How many entries were answered."""
        return len(self.days)

    @property
    def altered(self) -> int:
        """How many are missing or changed."""
        return sum(bool(line.altered) for line in self.lines)


def make_report(visit: Visit, page: RegisterPage, chosen: Set[int]) -> Paper:
    """Open the entries, print them, and sign what was printed.

    Raises:
        OtherEntries: a chosen one is not in this report.
        AdminError: a reading, or the report, was refused.
        KeeperError: nothing was proved to be logged; no report leaves then.
    """
    lines = page.reportable
    if not chosen <= {line.filed.index for line in lines}:
        raise OtherEntries
    content = _printed(visit, page, _figures(lines, read_entries(visit, lines), chosen)).encode()
    month = str(Month.of(page.today))
    fields = {"kind": INTERFERENCE, "period": month, "hash": hashlib.sha256(content).hexdigest()}
    try:
        index = visit.services.keeper.append(visit.sign("report", fields)).index
    except Refused as refused:
        raise refusal(refused.reason) from refused
    return Paper(f"interference-{page.today.isoformat()}.html", content, index)


def _figures(lines: Sequence[Line], opened: Mapping[int, OpenEntry], chosen: Set[int]) -> Figures:
    found = Counter(one.account.way.value for one in opened.values() if one.account is not None)
    days = {
        line.filed.index: _days(line.filed.day, line.filed.answers[0].day)
        for line in lines
        if line.filed.answers
    }
    return Figures(lines, {way: found[way] for way in WAYS if found[way]}, days, opened, chosen)


def _days(first: date, last: date) -> int:
    return (last - first) // _DAY


def _printed(visit: Visit, page: RegisterPage, figures: Figures) -> str:
    language = "zh" if str(get_locale()).startswith("zh") else "en"
    place = visit.services.deployment
    return render_template(
        "interference_paper.html",
        page=page,
        figures=figures,
        names=Names.of(visit),
        styles=Markup(render_template(STYLES)),  # our own, from a template  # noqa: S704
        office=place.body.said_in(language) or place.place.said_in(language),
        origin=visit.services.settings.origin,
        genesis=visit.services.settings.genesis,
        maker=visit.session.member.name,
    )
