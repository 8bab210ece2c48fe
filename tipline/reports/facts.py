"""Who knew of a tip since when, and what was done or left undone: pure functions over its entries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final

from crypto.statements import DONE, Entry
from tipline.deadlines import Clocks
from tipline.ids import PROTECTION
from tipline.protection.states import PROTECTION_MOVES
from tipline.roster.rules import KEEPER
from tipline.tips.cases import UMBRELLA_STEPS
from tipline.tips.moves import ENDED, PROTECTION_STATES, TIP_MOVES, TipState, state_named
from tipline.tips.purposes import Purpose

QUIET_DAYS: Final = 5
"""Working days without any step after which a pause in the work is named."""
_READ, _RECEIVED, _MOVE, _MISSED, _ROUTE = "read", "received", "move", "missed", "route"
_UMBRELLA, _STEP, _PAUSE, _SPAM, _ERASE = "umbrella", "umbrella-step", "pause", "close-spam", "erase"
_OF_AUDITORS: Final = frozenset(("alert", "alert-review", "decoy"))

Logged = tuple[int, Entry]
"""An entry and where it stands in the log."""


@dataclass(frozen=True)
class FirstReading:
    """When a member first opened the tip, at which desk, and how often they did in all."""

    member: str
    desk: str
    index: int
    day: date
    readings: int


@dataclass(frozen=True)
class Missed:
    """A deadline that passed; `late` counts the working days until the next move, `level` how far it went."""

    state: str
    due: date
    level: int
    index: int
    late: int


@dataclass(frozen=True)
class Gap:
    """Days after `first` and before `last` on which nobody took a step; `days` of them were worked."""

    first: date
    last: date
    days: int


@dataclass(frozen=True)
class UmbrellaStep:
    """One of the three things that must happen to an umbrella tip. `index` is -1 while it has not."""

    step: str
    due: date
    done_on: date | None
    by: str
    index: int
    late: int


@dataclass(frozen=True)
class TipFacts:
    """What the entries tell.

    Attributes:
        came: the day on which the tip came; where the log does not say, that of its first entry.
        readers: everybody who opened it, in the order in which they first did.
        deadlines: how many there were, those that run among them.
        state: where it stands after these entries.
        gaps: times without any step of more than `QUIET_DAYS` working days.
        idle: working days after the last step and before today, while the tip is open; 0 once it has ended.
        escalated: whether it went to the integrity desk for a missed deadline.
        steps: indices of everything that is no reading.
        umbrella: the three steps, where it is an umbrella tip.
    """

    came: date
    readers: tuple[FirstReading, ...]
    deadlines: int
    missed: tuple[Missed, ...]
    state: str
    gaps: tuple[Gap, ...]
    idle: int
    pauses: int
    escalated: bool
    steps: tuple[int, ...]
    umbrella: tuple[UmbrellaStep, ...]

    @property
    def ended(self) -> bool:
        """Whether nothing is due any more."""
        return state_named(self.state) in ENDED


def facts_of(entries: Iterable[Logged], clocks: Clocks, today: date) -> TipFacts | None:
    """What done entries about one tip tell, in their order; None where there are none."""
    done = [(index, entry) for index, entry in entries if entry.outcome == DONE]
    done = [(index, entry) for index, entry in done if _type(entry) not in _OF_AUDITORS]
    if not done:
        return None
    came = next((_received(entry) for _, entry in done if _type(entry) == _RECEIVED), _day(done[0][1]))
    moves = [entry for _, entry in done if _type(entry) == _MOVE]
    state = _state(done)
    ended = state_named(state) in ENDED
    acts = [came, *(_day(entry) for _, entry in done if _is_step(entry))]
    return TipFacts(
        came=came,
        readers=_readers(done),
        deadlines=1 + sum(state_named(str(move.statement.body["to"])) not in ENDED for move in moves),
        missed=_missed(done, clocks, today),
        state=state,
        gaps=_gaps([*acts, *([] if ended else [today])], clocks),
        idle=0 if ended else _quiet(acts[-1], today, clocks),
        pauses=sum(_type(entry) == _PAUSE for _, entry in done),
        escalated=any(_type(entry) == _MISSED and entry.statement.body["level"] > 1 for _, entry in done),
        steps=tuple(index for index, entry in done if _type(entry) != _READ),
        umbrella=_umbrella(done, clocks, today),
    )


def _readers(done: Sequence[Logged]) -> tuple[FirstReading, ...]:
    found: dict[str, FirstReading] = {}
    for index, entry in done:
        if _type(entry) != _READ:
            continue
        member, desk = entry.statement.signers[0], str(entry.statement.body["desk"])
        known = found.get(member)
        found[member] = (
            FirstReading(member, desk, index, _day(entry), 1)
            if known is None
            else FirstReading(member, known.desk, known.index, known.day, known.readings + 1)
        )
    return tuple(found.values())


def _missed(done: Sequence[Logged], clocks: Clocks, today: date) -> tuple[Missed, ...]:
    """One for each deadline, however far it went; late until the tip moved on, or until today."""
    found: dict[tuple[str, str], Missed] = {}
    for place, (index, entry) in enumerate(done):
        body = entry.statement.body
        if body["type"] != _MISSED or not body["due"]:
            continue
        due = date.fromisoformat(body["due"])
        following = (_day(later) for _, later in done[place:] if _type(later) in (_MOVE, _SPAM))
        late = clocks.calendar.between(due, next(following, today))
        known = found.get((body["state"], body["due"]))
        first = known.index if known else index
        found[body["state"], body["due"]] = Missed(body["state"], due, int(body["level"]), first, late)
    return tuple(found.values())


def _gaps(acts: Sequence[date], clocks: Clocks) -> tuple[Gap, ...]:
    quiet = (Gap(first, last, _quiet(first, last, clocks)) for first, last in pairwise(acts))
    return tuple(gap for gap in quiet if gap.days > QUIET_DAYS)


def _quiet(first: date, last: date, clocks: Clocks) -> int:
    """How many working days lie after one day and before another: whole days on which nothing was done."""
    return clocks.calendar.between(first, last - timedelta(days=1))


def _umbrella(done: Sequence[Logged], clocks: Clocks, today: date) -> tuple[UmbrellaStep, ...]:
    begun = next((_day(entry) for _, entry in done if _type(entry) == _UMBRELLA), None)
    if begun is None:
        return ()
    steps = []
    for step in UMBRELLA_STEPS:
        due = clocks.due(f"umbrella-{step}", begun)
        index, entry = next(
            (one for one in done if _type(one[1]) == _STEP and one[1].statement.body["step"] == step),
            (-1, None),
        )
        day, by = (_day(entry), entry.statement.signers[0]) if entry else (None, "")
        late = clocks.calendar.between(due, day or today)
        steps.append(UmbrellaStep(step, due, day, by, index, late))
    return tuple(steps)


def _state(done: Sequence[Logged]) -> str:
    state: str = (PROTECTION_MOVES if any(_protects(entry) for _, entry in done) else TIP_MOVES).start.value
    for _, entry in done:
        body = entry.statement.body
        if body["type"] in (_MOVE, "silence"):
            state = str(body["to"])
        elif body["type"] == _SPAM:
            state = TipState.CLOSED.value
        elif body["type"] == _ERASE:
            state = TipState.ERASED.value
    return state


def _protects(entry: Entry) -> bool:
    """Whether an entry is about a protection case."""
    body = entry.statement.body
    named = (body.get("state"), body.get("from"), body.get("desk"))
    return body.get("purpose") == Purpose.PROTECTION or not {*PROTECTION_STATES, PROTECTION}.isdisjoint(named)


def _is_step(entry: Entry) -> bool:
    """Whether somebody did something: what the keeper states by itself, and reading, move nothing."""
    return _type(entry) != _READ and entry.statement.signers[0] != KEEPER


def _type(entry: Entry) -> str:
    return str(entry.statement.body["type"])


def _received(entry: Entry) -> date:
    return date.fromisoformat(entry.statement.body["day"])


def _day(entry: Entry) -> date:
    return datetime.fromtimestamp(entry.at, UTC).date()
