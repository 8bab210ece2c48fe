"""The leaders' figures as tables: what the page shows, no more and no less."""

from collections.abc import Iterator, Sequence
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin.leaders.figures import LeadersFigures, QuarterOutcomes
from admin.leaders.rewards import RewardFigures
from admin.words import word
from tipline.results.figures import Coarse
from tipline.spreadsheets.tables import Cell, Table
from tipline.tips.moves import Outcome

BANDS: Final = (_l("up to 7 days"), _l("8 to 30 days"), _l("31 to 90 days"), _l("more than 90 days"))
FEW: Final = "0–4"
"""How fewer than five are shown."""


def figures_tables(figures: LeadersFigures) -> Sequence[Table]:
    """One table for each part of the page, and how to read them."""
    return (
        _banded(_("Open tips by age"), figures.ages),
        Table(
            _("Deadlines kept and missed"),
            (_("Month"), _("State"), _("Left in time"), _("Deadline missed")),
            list(_deadlines(figures)),
        ),
        Table(
            _("Confirmed outcomes"),
            (_("Quarter"), *(str(word("outcome", outcome.value)) for outcome in Outcome)),
            [(quarter_name(quarter), *map(_shown, quarter.outcomes.parts)) for quarter in figures.quarters],
        ),
        _banded(_("Time until a tip is closed"), figures.times),
        Table(_("How to read them"), (_("How to read them"),), [(line,) for line in explained(figures)]),
    )


def rewards_table(rewards: RewardFigures) -> Table:
    """The year's rewards, as the page has them."""
    share = rewards.collected
    return Table(
        _("Rewards of %(year)d", year=rewards.year),
        (_("What"), _("Number")),
        [
            (_("Awards granted, at least"), _shown(rewards.granted)),
            *([(_("Of these collected, in percent"), share)] if share is not None else []),
            (_("Paid in yuan, at least"), rewards.paid),
        ],
    )


def explained(figures: LeadersFigures) -> tuple[str, str]:
    """What the numbers are, and as of when."""
    return (
        _(
            "Each number is rounded down to a multiple of five, and “0–4” stands for fewer than five. "
            "So the numbers do not add up exactly, and none points at one tip."
        ),
        _(
            "All of it is as of the end of Sunday, %(day)s (UTC). "
            "What has come or changed since then counts from next Monday on.",
            day=figures.day.isoformat(),
        ),
    )


def quarter_name(quarter: QuarterOutcomes) -> str:
    """A quarter as people say it, and as the public page of results does."""
    return _("%(year)d, quarter %(number)d", year=quarter.year, number=quarter.number)


def _banded(title: str, counted: Coarse) -> Table:
    rows = [(str(band), _shown(count)) for band, count in zip(BANDS, counted.parts, strict=True)]
    return Table(title, (_("Days"), _("Tips, at least")), [*rows, (_("Together"), _shown(counted.total))])


def _deadlines(figures: LeadersFigures) -> Iterator[tuple[Cell, ...]]:
    for month in figures.months:
        for state, counted in month.states.items():
            yield month.name, str(word("state", state)), *map(_shown, counted.parts)


def _shown(count: int) -> Cell:
    return count or FEW
