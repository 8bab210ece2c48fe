"""The board: awards by where they stand, what waits for the budget, and how long awards take."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from statistics import median
from typing import Final

from admin.rewards.known import Part, ShownAward, part_of
from admin.rewards.offers import takes
from admin.visit import Visit
from tipline.rewards.award import OVER, AwardState
from tipline.roster.types import APPROVER, VERIFIER

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
_DECIDED: Final = {AwardState.PROPOSED: VERIFIER, AwardState.CHECKED: APPROVER}
"""States from which a member takes the next step, and who that is."""


@dataclass(frozen=True)
class Group:
    """Awards of one state. `more` is where the others stand; "" where these are all."""

    state: AwardState
    awards: Sequence[ShownAward]
    more: str


@dataclass(frozen=True)
class Board:
    """The page.

    Attributes:
        groups: the awards that were asked for, by state, those that wait longest first.
        counts: how many there are in each view, as far as that was counted.
        more: the address of the next part of a view that stands page by page; "" for none.
        missing: what this year's budget lacks for all that is approved, in yuan.
        to_grant, to_collect: median days from the confirmed outcome, of the awards in the lists at hand; None
            while there is none.
    """

    view: str
    groups: Sequence[Group]
    counts: Mapping[str, str]
    more: str
    missing: int
    to_grant: float | None
    to_collect: float | None


def board_of(visit: Visit, view: str, beyond: int | None = None) -> Board:
    """Put the board together; an unknown view is that of all open ones.

    Raises:
        KeeperError: the keeper does not answer.
    """
    view = view if view in VIEWS else OPEN
    parts = {state.value: part_of(visit, state, newest=state not in RUNNING) for state in AwardState}
    parts[ALL] = _joined(parts[state.value] for state in AwardState)
    parts[OPEN] = _joined(parts[state.value] for state in RUNNING)
    parts[MINE] = _mine(visit)
    chosen = parts[view] if beyond is None and view != ALL else _further(visit, view, beyond)
    at_hand = [one for state in AwardState for one in parts[state.value].awards]
    return Board(
        view=view,
        groups=_groups(chosen, parts if view == OPEN else {}),
        counts={name: parts[name].size for name in VIEWS},
        more="" if chosen.last is None or view == OPEN else f"/rewards?show={view}&beyond={chosen.last}",
        missing=parts[AwardState.APPROVED.value].lacking,
        to_grant=_median(at_hand, "granted"),
        to_collect=_median(at_hand, "collected"),
    )


def _further(visit: Visit, view: str, beyond: int | None) -> Part:
    """The part of a view that comes there; nothing of the view of all open ones."""
    if view == OPEN:
        return Part((), None)
    if view == MINE:
        return _mine(visit, beyond)
    state = None if view == ALL else AwardState(view)
    return part_of(visit, state, beyond, newest=state not in RUNNING)


def _joined(parts: Iterable[Part]) -> Part:
    found = list(parts)
    last = next((part.last for part in found if part.last is not None), None)
    return Part([one for part in found for one in part.awards], last)


def _mine(visit: Visit, beyond: int | None = None) -> Part:
    """Awards whose next step waits for this member, the oldest first; nobody takes two kinds of them."""
    states = (state for state, role in _DECIDED.items() if role in visit.member.roles)
    state = next(states, None)
    if state is None:
        return Part((), None)
    return part_of(visit, state, beyond, fits=partial(takes, visit))


def _groups(chosen: Part, parts: Mapping[str, Part]) -> Sequence[Group]:
    """By state; `parts` tell of which states there are more than stand here."""
    found = []
    for state in (*RUNNING, AwardState.COLLECTED, AwardState.SETTLED, *sorted(OVER)):
        awards = _longest_first(chosen.awards, state)
        cut = state.value in parts and parts[state.value].last is not None
        if awards:
            found.append(Group(state, awards, f"/rewards?show={state.value}" if cut else ""))
    return found


def _longest_first(awards: Sequence[ShownAward], state: AwardState) -> list[ShownAward]:
    return sorted(
        (one for one in awards if one.award.state is state), key=lambda one: (-one.waited, one.award.index)
    )


def _median(awards: Iterable[ShownAward], until: str) -> float | None:
    days = []
    for one in awards:
        last, first = getattr(one.award, until), one.known.confirmed or date.fromisoformat(one.award.proposed)
        if last:
            days.append((date.fromisoformat(last) - first).days)
    return median(days) if days else None
