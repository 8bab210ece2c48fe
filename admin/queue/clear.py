"""Filtering, ordering and counting by what stands in clear, over indexes that hold all of it.

Each question is put so that SQLite, which keeps no statistics here, takes the index that is meant;
`tests/admin/test_queue_plans.py` looks at what it takes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from admin.queue.choice import ALL, MINE, NOBODY, OPEN, Choice
from admin.readings.card_keys import CardKeys
from tipline.tips.models import Item, Tip
from tipline.tips.moves import ENDED, PROTECTION_STATES, TipState

_CASES: Final = tuple(sorted(PROTECTION_STATES))
"""Protection cases stand in a list of their own."""
_ENDED: Final = tuple(sorted(ENDED | PROTECTION_STATES))
"""What is no open tip."""
_ORDER: Final = {state.value: place for place, state in enumerate(TipState)}
_RUNS: Final = Tip.paused == false()
_NOT_PAUSED: Final = Tip.paused.is_not(true())
"""The same, said so that no index is chosen for it."""
_WEEK: Final = timedelta(days=6)
_NEVER: Final = datetime(9999, 1, 1)  # noqa: DTZ001  the column has no zone

Keys = tuple[SQLColumnExpression[Any], ...]


@dataclass(frozen=True)
class Looking:
    """Who looks at the list, and when: `leads` are the desks whose lead this member is."""

    member: str
    leads: frozenset[str]
    keys: CardKeys
    now: datetime

    @property
    def naive(self) -> datetime:
        """Now in UTC without a zone, as the column has it."""
        return self.now.astimezone(UTC).replace(tzinfo=None)

    @property
    def held(self) -> ColumnElement[bool]:
        """The tips whose cards this session can open."""
        desks = sorted({key.desk for key in self.keys.groups.values()})
        return and_(Tip.desk.in_(desks), Tip.card_group.in_(sorted(self.keys.groups)))


@dataclass(frozen=True)
class Counts:
    """How many tips there are: by state, and of the open ones some that matter.

    `leads` means that this member leads a desk.
    """

    states: Mapping[str, int] = field(default_factory=dict)
    mine: int = 0
    nobody: int = 0
    escalated: int = 0
    overdue: int = 0
    hour: int = 0
    leads: bool = False

    @property
    def open(self) -> int:
        """How many have not ended."""
        return sum(count for state, count in self.states.items() if state not in ENDED)

    def of(self, state: str) -> int:
        """How many are in a state, open, or there at all."""
        if state == ALL:
            return sum(self.states.values())
        return self.open if state == OPEN else self.states.get(state, 0)

    def without(self, states: Iterable[str]) -> "Counts":
        """The counts by state without tips in these states, which do not count."""
        fewer = Counter(states)
        return replace(self, states={state: count - fewer[state] for state, count in self.states.items()})


def count(session: Session, looking: Looking) -> Counts:
    """All counts by one question, which runs along an index from end to end and reads no row.

    What is overdue stands together in other indexes: asked of each row, it would take as long as the rest.
    """
    by = (Tip.desk, Tip.card_group, Tip.state, Tip.assignee, Tip.level)
    by_hour, by_day = _open_parts(looking)
    overdue = [
        _size(by_hour.where(_has_passed(looking))),
        _size(by_day.where(_RUNS, Tip.due_on < looking.naive.date())),
    ]
    rows = session.execute(
        select(*by, func.count(), *overdue, _size(by_hour)).where(looking.held).group_by(*by)
    )
    states: dict[str, int] = {}
    more = dict.fromkeys(("mine", "nobody", "escalated", "overdue", "hour"), 0)
    for desk, _, state, assignee, level, number, *more_counts in rows:
        if state in PROTECTION_STATES:
            continue
        hours_over, days_over, hours = more_counts
        states[state] = states.get(state, 0) + number
        if state in ENDED:
            continue
        more["mine"] += number if assignee == looking.member else 0
        more["nobody"] += number if not assignee else 0
        more["escalated"] += number if level and desk in looking.leads else 0
        more |= {"overdue": hours_over + days_over, "hour": hours}
    return Counts(states, **more, leads=bool(looking.leads))


def filtered(looking: Looking, choice: Choice) -> ColumnElement[bool]:
    """The tips that a choice leaves, as far as that stands in clear."""
    wanted = [looking.held, _state(choice.state), _whose(looking, choice.whose), _due(looking, choice.due)]
    if choice.age:
        oldest = looking.naive.date() - timedelta(days=int(choice.age))
        wanted.append(Tip.arrived_on <= oldest)
    if choice.level:
        wanted.append(Tip.level > 0)
    if choice.level == MINE:
        wanted.append(Tip.desk.in_(sorted(looking.leads)))
    if choice.paused:
        wanted.append(Tip.paused.is_(choice.paused == "yes"))
    if choice.news:
        wanted.append(HAS_NEWS)
    return and_(*wanted)


HAS_NEWS: Final = (
    select(Item.id)
    .where(Item.tip_id == Tip.id, Item.kind == "message", Item.position > Tip.read_position)
    .correlate(Tip)
    .exists()
)
"""Whether the reporter wrote after the desk last read."""


def order_keys(looking: Looking, sort: str) -> Keys:
    """What a choice is ordered by, smallest first; none of it is ever empty."""
    due: Keys = (func.coalesce(Tip.due_at, literal(_NEVER)), Tip.due_on)
    place = case(
        (Tip.state.in_(_ENDED), 4),
        (_is_late(looking), 0),
        (Tip.due_at.is_not(None), 1),
        (Tip.paused, 3),
        else_=2,
    )
    keys: Mapping[str, Keys] = {
        "state": (case(_ORDER, value=Tip.state, else_=len(_ORDER)), Tip.due_on),
        "due": (Tip.due_on, func.coalesce(Tip.due_at, literal(_NEVER))),
        "age": (Tip.arrived_on,),
        "assignee": (Tip.assignee, Tip.due_on),
        "level": (-Tip.level, Tip.due_on),
        "paused": (case((Tip.paused, 0), else_=1), Tip.due_on),
    }
    return keys.get(sort, (place, *due))


def page_of(
    session: Session, looking: Looking, choice: Choice, start: int, most: int
) -> tuple[list[bytes], int]:
    """The ids of one page of a choice that opens no cards, and how many tips it leaves in all."""
    wanted = filtered(looking, choice)
    total = session.scalar(select(func.count()).select_from(Tip).where(wanted)) or 0
    keys = order_keys(looking, choice.sort)
    ordered = [key.desc() for key in keys] if choice.order else keys
    query = select(Tip.id).where(wanted).order_by(*ordered, Tip.id)
    return list(session.scalars(query.limit(most).offset(start))), total


def urgent_page(session: Session, looking: Looking, start: int, most: int) -> list[bytes]:
    """The ids of one page of the list as it opens, most urgent first, without sorting it.

    Overdue tips, those with an hour first; then danger tips by their hour; then by the due day; at the end
    those whose clock stands still. Each of these runs along one index.
    """
    today, late = looking.naive.date(), _has_passed(looking)
    by_hour, by_day = _open_parts(looking)
    hours, days = (Tip.due_at, Tip.id), (Tip.due_on, Tip.id)
    parts = (
        by_hour.where(late).order_by(*hours),
        by_day.where(_RUNS, Tip.due_on < today).order_by(*days),
        by_hour.where(not_(late)).order_by(*hours),
        by_day.where(_RUNS, Tip.due_on >= today).order_by(*days),
        by_day.where(Tip.paused == true()).order_by(*days),
    )
    return _along(session, parts, start, most)


def _open_parts(looking: Looking) -> tuple[Select[bytes], Select[bytes]]:
    """The open tips that are due by an hour, and the others."""
    is_open = and_(Tip.card_group.in_(sorted(looking.keys.groups)), Tip.state.not_in(_ENDED))
    return (
        select(Tip.id).where(is_open, Tip.due_at.is_not(None)),
        select(Tip.id).where(is_open, Tip.due_at.is_(None)),
    )


def _size(query: Select[bytes]) -> ColumnElement[int]:
    return query.with_only_columns(func.count()).scalar_subquery()


def _along(session: Session, parts: Sequence[Select[bytes]], start: int, most: int) -> list[bytes]:
    """So many ids from a place in several queries, one after the other."""
    found: list[bytes] = []
    for part in parts:
        if start:
            size = session.scalar(select(_size(part.order_by(None)))) or 0
            if start >= size:
                start -= size
                continue
        found += session.scalars(part.limit(most - len(found)).offset(start))
        start = 0
        if len(found) == most:
            break
    return found


def _has_passed(looking: Looking) -> ColumnElement[bool]:
    """Whether the hour or the day of an open tip has passed while its clock ran."""
    return and_(_NOT_PAUSED, or_(Tip.due_at <= looking.naive, Tip.due_on < looking.naive.date()))


def _is_late(looking: Looking) -> ColumnElement[bool]:
    return and_(Tip.state.not_in(_ENDED), _has_passed(looking))


def _state(state: str) -> ColumnElement[bool]:
    if state == ALL:
        return Tip.state.not_in(_CASES)
    return Tip.state.not_in(_ENDED) if state == OPEN else Tip.state == state


def _whose(looking: Looking, whose: str) -> ColumnElement[bool]:
    if not whose:
        return true()
    return Tip.assignee == {MINE: looking.member, NOBODY: ""}.get(whose, whose)


def _due(looking: Looking, due: str) -> ColumnElement[bool]:
    today = looking.naive.date()
    wanted = {
        "overdue": _is_late(looking),
        "hour": and_(Tip.due_at.is_not(None), Tip.state.not_in(_ENDED)),
        "today": Tip.due_on <= today,
        "week": Tip.due_on <= today + _WEEK,
    }
    return wanted.get(due, true())
