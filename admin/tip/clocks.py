"""What the clocks of a tip say on its page: by when, how many working days are left, what was missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tipline.deadlines import Clocks
from tipline.tips import cases
from tipline.tips.case_file import CaseFile
from tipline.tips.moves import TipState

_DONE = "+"


@dataclass(frozen=True)
class Left:
    """A day, and how many working days are left up to and with it; below zero when it has passed."""

    day: date
    working_days: int

    @property
    def over(self) -> int:
        """How many working days it has passed by."""
        return -self.working_days


@dataclass(frozen=True)
class UmbrellaClock:
    """One of the three clocks of an umbrella tip; `done_on` is None while it runs."""

    step: str
    due: Left | None
    done_on: date | None


@dataclass(frozen=True)
class Clockface:
    """Everything that the page says of time.

    Attributes:
        due: the last day for leaving the state; None when nothing is due.
        paused_on: since when the clock stands still; `pause_ends` the last day on which it may.
        may_pause: whether it runs, and has not stood still for as long as it may in this state.
        level: 0, or to whom the missed deadline went: 1 to the desk's lead, 2 to the integrity desk.
        level_on: since when.
        may_extend: whether verification can be given more time.
    """

    since: date
    due: Left | None
    paused_on: date | None
    pause_ends: date | None
    may_pause: bool
    level: int
    level_on: date | None
    may_extend: bool
    umbrella: Sequence[UmbrellaClock]


def clockface(case: CaseFile, clocks: Clocks, today: date) -> Clockface:
    """The clocks of a case on a day."""
    return Clockface(
        since=case.since,
        due=_left(case.due, clocks, today) if case.due else None,
        paused_on=case.paused_on,
        pause_ends=cases.pause_ends(case, clocks),
        may_pause=cases.may_pause(case, clocks),
        level=case.level,
        level_on=case.level_on,
        may_extend=case.state is TipState.VERIFYING and not case.extended and case.due is not None,
        umbrella=[_umbrella(step, day, clocks, today) for step, day in case.umbrella.items()],
    )


def _umbrella(step: str, text: str, clocks: Clocks, today: date) -> UmbrellaClock:
    if text.startswith(_DONE):
        return UmbrellaClock(step, None, date.fromisoformat(text.removeprefix(_DONE)))
    return UmbrellaClock(step, _left(date.fromisoformat(text), clocks, today), None)


def _left(day: date, clocks: Clocks, today: date) -> Left:
    calendar = clocks.calendar
    if day >= today:
        return Left(day, calendar.between(today, day))
    return Left(day, -max(calendar.between(day, today), 1))  # passed, though no working day lies between
