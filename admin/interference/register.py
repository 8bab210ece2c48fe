"""The register as a member sees it: where each entry stands, and when it must next be reported upward."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from admin.errors import NotFound
from admin.visit import Visit
from tipline.ids import AUDITORS, INTEGRITY, UnitId
from tipline.interference.schedule import Schedule, schedule
from tipline.interference.storing import altered
from tipline.keeper_client.interference import Filed, FiledAnswer, Known
from tipline.roster import Roster

MOST_DIGITS = 15
"""Of an entry's index: a statement may name one of 2^53 at most."""


@dataclass(frozen=True)
class Line:
    """An entry as the list shows it: how it stands is a code of `admin.interference.words`."""

    filed: Filed
    altered: frozenset[str]
    reader: str

    @property
    def stands(self) -> str:
        """Where it stands; what is not stored as it was signed comes before all else."""
        if self.altered:
            return "altered"
        return "answered" if self.filed.answers else "waiting"

    @property
    def is_mine(self) -> bool:
        """Whether the member at hand filed it."""
        return self.filed.by == self.reader

    def is_altered(self, one: FiledAnswer) -> bool:
        """Whether the entry itself, or one of its answers, is missing or changed."""
        return one.item in self.altered


@dataclass(frozen=True)
class RegisterPage:
    """All that a member may know of; entries are in the order of the log."""

    lines: Sequence[Line]
    known: Known
    roster: Roster
    today: date
    reads: bool
    answers: bool

    @property
    def mine(self) -> Sequence[Line]:
        """What the member filed, the newest first."""
        return [one for one in reversed(self.lines) if one.is_mine]

    @property
    def newest(self) -> Sequence[Line]:
        """Everything, the newest first: for who reads it."""
        return self.lines[::-1]

    @property
    def waiting(self) -> int:
        """How many entries nobody has answered."""
        return sum(not one.filed.answers for one in self.lines)

    @cached_property
    def schedule(self) -> Schedule:
        """Where the reports stand, by what this member may know of."""
        return schedule(self.known.entries, self.known.reports, self.roster.clocks, self._covers)

    @property
    def reportable(self) -> Sequence[Line]:
        """What the next report holds: entries that are in none, and those that are still not answered."""
        uncovered = set(self.schedule.uncovered)
        return [one for one in self.lines if one.filed.index in uncovered or not one.filed.answers]

    def find(self, index: int) -> Line:
        """One entry.

        Raises:
            NotFound: there is none, or none that this member may know of.
        """
        for one in self.lines:
            if one.filed.index == index:
                return one
        raise NotFound

    def _covers(self, report: int, entry: int) -> bool:
        [maker] = [one.by for one in self.known.reports if one.index == report]
        excluded = [UnitId(unit) for unit in self.find(entry).filed.excluded]
        return not self.roster.is_excluded(maker, excluded, self.today)


def register_page(visit: Visit) -> RegisterPage:
    """Ask the keeper what stands, and compare with it what is stored.

    Raises:
        KeeperError: the keeper does not answer.
    """
    known = visit.services.keeper.interference.of_member(visit.member.id)
    signed = {item: digest for one in known.entries for item, digest in one.signed.items()}
    with visit.services.database.reading() as session:
        wrong = altered(session, signed)
    lines = [Line(one, wrong.intersection(one.signed), visit.member.id) for one in known.entries]
    desks, today = visit.member.desks, visit.services.clock.today()
    reads = not desks.isdisjoint((AUDITORS, INTEGRITY))
    return RegisterPage(lines, known, visit.roster, today, reads, INTEGRITY in desks)


def number_in(text: str) -> int:
    """The number of an entry in an address.

    Raises:
        NotFound: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise NotFound
    return int(text)
