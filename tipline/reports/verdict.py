"""One sentence about a tip, as numbers: the words stand at the site that shows it."""

from dataclasses import dataclass

from tipline.deadlines import Clocks
from tipline.reports.facts import TipFacts


@dataclass(frozen=True)
class Verdict:
    """What is said of a tip.

    Attributes:
        read_after: working days from the day it came to the first reading; -1 when nobody has read it.
        missed: how many of `deadlines` were missed; `longest` is the working days of the longest miss.
        on_arrival: whether it was first read on the day it came: a day off may lie between, too.
        idle: working days after the last step of a tip that is open and before today, 0 otherwise.
        umbrella_late: which of the three steps of an umbrella tip came too late, or not at all so far.
    """

    read_after: int
    missed: int
    deadlines: int
    longest: int
    idle: int
    ended: bool
    on_arrival: bool = False
    umbrella_late: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to reproach anybody with."""
        return self.read_after >= 0 and not self.missed and not self.umbrella_late


def verdict_of(facts: TipFacts, clocks: Clocks) -> Verdict:
    """The verdict that follows from the facts alone."""
    first = min((reader.day for reader in facts.readers), default=None)
    missed = len(facts.missed)
    return Verdict(
        read_after=-1 if first is None else clocks.calendar.between(facts.came, first),
        missed=missed,
        deadlines=max(facts.deadlines, missed),
        longest=max((one.late for one in facts.missed), default=0),
        idle=facts.idle,
        ended=facts.ended,
        on_arrival=first == facts.came,
        umbrella_late=tuple(step.step for step in facts.umbrella if step.late),
    )
