"""Calendar and terms together: they say when something is due."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from tipline.deadlines.calendar import Calendar
from tipline.deadlines.terms import TERMS, Term


@dataclass(frozen=True)
class Clocks:
    """What the roster says of time. `set_days` holds the terms that were changed."""

    calendar: Calendar = field(default_factory=Calendar)
    set_days: Mapping[str, int] = field(default_factory=dict)

    def term(self, name: str) -> Term:
        """How long a step may take; `name` is one of `TERMS`."""
        default = TERMS[name]
        return replace(default, days=self.set_days.get(name, default.days))

    @property
    def statement_days(self) -> int:
        """How many days a statement stays in the log at the least, whatever two people have set."""
        return max(self.term("statement").days, LEAST_STATEMENT_DAYS)

    def due(self, name: str, since: date) -> date:
        """The last day of a step that began on a day."""
        term = self.term(name)
        if term.working:
            return self.calendar.after(since, term.days)
        return since + timedelta(days=term.days)

    def moved_on(self, name: str, due: date, first: date, last: date) -> date:
        """A due day after a pause from `first` to `last`: later by as many days of its kind."""
        if self.term(name).working:
            return self.calendar.after(due, self.calendar.between(first, last))
        return due + (last - first)


LEAST_STATEMENT_DAYS: Final = 365
"""Whoever is accused of a reading must find the log of the year whole."""

DEFAULT_CLOCKS: Final = Clocks()
