"""The board: awards by where they stand, what waits for the budget, and how long awards take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

from admin.rewards.known import Office, ShownAward
from admin.rewards.offers import takes
from admin.visit import Visit
from tipline.rewards.award import OVER, AwardState

OPEN: Final = "open"
ALL: Final = "all"
MINE: Final = "mine"
VIEWS: Final = (OPEN, MINE, *(state.value for state in AwardState), ALL)
"""What the board can be narrowed to."""
RUNNING: Final = (
    AwardState.PROPOSED,
    AwardState.CHECKED,
    AwardState.APPROVED,
    AwardState.GRANTED,
    AwardState.NAMED,
)
"""Awards with which something is still to happen, in the order of the board."""


@dataclass(frozen=True)
class Board:
    """The page.

    Attributes:
        groups: the awards that were asked for, by state, those that wait longest first.
        counts: how many there are in each view.
        missing: what this year's budget lacks for all that is approved, in yuan.
        to_grant, to_collect: median days from the confirmed outcome; None while there is none.
    """

    view: str
    groups: Sequence[tuple[AwardState, Sequence[ShownAward]]]
    counts: Mapping[str, int]
    missing: int
    to_grant: float | None
    to_collect: float | None


def board_of(visit: Visit, office: Office, view: str) -> Board:
    """Put the board together; an unknown view is that of all open ones."""
    view = view if view in VIEWS else OPEN
    chosen = {name: [one for one in office.shown if _is_in(visit, one, name)] for name in VIEWS}
    order = [*RUNNING, AwardState.COLLECTED, AwardState.SETTLED, *sorted(OVER)]
    groups = [(state, _longest_first(chosen[view], state)) for state in order]
    return Board(
        view=view,
        groups=[(state, awards) for state, awards in groups if awards],
        counts={name: len(found) for name, found in chosen.items()},
        missing=max((one.missing for one in office.shown), default=0),
        to_grant=_median(office, "granted"),
        to_collect=_median(office, "collected"),
    )


def _is_in(visit: Visit, one: ShownAward, view: str) -> bool:
    if view == ALL:
        return True
    if view == OPEN:
        return one.award.state in RUNNING
    if view == MINE:
        return takes(visit, one.award)
    return one.award.state.value == view


def _longest_first(awards: Sequence[ShownAward], state: AwardState) -> list[ShownAward]:
    return sorted(
        (one for one in awards if one.award.state is state), key=lambda one: (-one.waited, one.award.index)
    )


def _median(office: Office, until: str) -> float | None:
    days = []
    for one in office.shown:
        last, first = getattr(one.award, until), one.known.confirmed or date.fromisoformat(one.award.proposed)
        if last:
            days.append((date.fromisoformat(last) - first).days)
    return median(days) if days else None
