"""How long each step may take, by default. Sources: requirements, readings that bind, no. 8; domain, states.

Two people can set another number of days by a `deadlines` statement; the kind of days stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Term:
    """A number of days: working days, or days of the calendar."""

    days: int
    working: bool = False


def _working(days: int) -> Term:
    return Term(days, working=True)


TERMS: Final[Mapping[str, Term]] = MappingProxyType(
    {
        # How long a tip may stay in a state.
        "received": _working(1),
        "screening": _working(1),
        "triage": _working(3),
        "need-more": Term(30),
        "outside-remit": Term(10),
        "duplicate": Term(10),
        "transferred": _working(5),
        "verifying": Term(90),
        "outcome": _working(5),
        "feedback": Term(10),
        "review": Term(15),
        # How long a protection case may stay in a state. Danger is met the day that it is told; risk within
        # three working days; a review every thirty days (domain, "Protection").
        "asked": Term(0),
        "assessing": _working(3),
        "planning": _working(3),
        "approving": _working(1),
        "protected": Term(30),
        "ending": Term(20),
        # For how long of that the person may object before it ends.
        "protection-objection": Term(10),
        # What a reasoned extension adds to verifying; how long the lead has before the desk above is told.
        "extension": Term(90),
        "escalation": _working(2),
        # How long in all the clock of a state may stand still. Ours: the sources name no end of a pause.
        "pause": _working(30),
        # The reporter's window for an objection.
        "objection": Term(30),
        # What must happen to an umbrella tip (R36: not pursued, not reported, not transferred).
        "umbrella-pursued": _working(3),
        "umbrella-reported": _working(5),
        "umbrella-transferred": _working(10),
        # From one report on interference to the next (R32).
        "interference-report": Term(91),
        # How long a closed tip is kept, by how it ended.
        "keep-spam": Term(60),
        "keep-outside-remit": Term(60),
        "keep-duplicate": Term(60),
        "keep-not-established": Term(365),
        "keep-other": Term(1095),  # the reward's window of three years
        "keep-umbrella": Term(1826),
        "keep-protection": Term(1826),
        # How long a statement stays in the log, and never less than a year (`Clocks.statement_days`).
        "statement": Term(1826),
    }
)
MOST_DAYS: Final = 3660
