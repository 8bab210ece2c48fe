"""How long things may take: working days, the terms of each step, and the day on which one is due."""

from tipline.deadlines.calendar import Calendar
from tipline.deadlines.clocks import DEFAULT_CLOCKS, Clocks
from tipline.deadlines.errors import BadCalendar, DeadlineError
from tipline.deadlines.terms import TERMS, Term

__all__ = ["DEFAULT_CLOCKS", "TERMS", "BadCalendar", "Calendar", "Clocks", "DeadlineError", "Term"]
