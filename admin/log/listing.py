"""Entries as lines of a page, with the names that auditors see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from admin.log.entries import LoggedEntry, log_size
from admin.log.looking import Looked, look_up
from admin.log.people import Person, people
from admin.log.rows import LogRow, log_row, stored_files
from admin.visit import Visit
from tipline.lookups.filters import Filter
from tipline.lookups.views import View

PAGE: Final = 50


@dataclass(frozen=True)
class Listing:
    """One page of entries that fit, the newest first.

    Attributes:
        before: the page holds entries below this index.
        size: how many entries the log had when the page was asked for.
    """

    rows: Sequence[LogRow]
    looked: Looked
    before: int
    size: int

    @property
    def total(self) -> int:
        """How many entries fit in the whole log."""
        return self.looked.total

    @property
    def is_newest(self) -> bool:
        """Whether no page lies before this one."""
        return self.before >= self.size

    @property
    def older(self) -> int | None:
        """Where the next page begins, if this one is full."""
        return self.rows[-1].index if len(self.rows) == PAGE and self.rows[-1].index else None


def list_entries(visit: Visit, view: View, asked: Filter, before: int | None) -> Listing:
    """A page of what fits; without `before` the newest, but for the question itself."""
    size = log_size(visit)
    below = size if before is None else min(max(before, 1), size)
    looked = look_up(visit, view, asked, PAGE, before=below)
    return Listing(lines(visit, looked.entries), looked, below, size)


def lines(visit: Visit, entries: Sequence[LoggedEntry]) -> list[LogRow]:
    """Entries as lines."""
    with visit.services.database.reading() as session:
        known, files = people(session, visit.roster), stored_files(session, entries)
    return [log_row(entry, known, files) for entry in entries]


def everybody(visit: Visit) -> Mapping[str, str]:
    """All members that there ever were by id, sorted by name; without a name that the log knows, by id."""
    with visit.services.database.reading() as session:
        known = people(session, visit.roster)
    named = {member: _called(known.get(member), member) for member in visit.roster.members}
    return dict(sorted(named.items(), key=lambda pair: pair[1]))


def _called(found: Person | None, member: str) -> str:
    return found.name if found and found.trusted else member
