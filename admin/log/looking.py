"""Asking the keeper for entries that fit a filter, and for counts of them. Each question is an entry, too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from admin.log.entries import LoggedEntry, explained, logged
from admin.log.errors import TooManyFit
from admin.visit import Visit
from crypto.statements import Statement
from tipline.keeper_client import Refused
from tipline.lookups.filters import Filter
from tipline.lookups.views import By, View

NEWEST: Final = 2**53
"""In place of an index: from the newest entry downwards."""
MOST_EXPORTED: Final = 20_000
"""Rows of one spreadsheet."""

Lines = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Looked:
    """Entries that fit, the newest first, and how many fit in the whole log."""

    visit: Visit
    audit: Statement
    entries: tuple[LoggedEntry, ...]
    total: int

    @property
    def last(self) -> int:
        """The newest of them; 0 where there is none."""
        return self.entries[0].index if self.entries else 0

    def count(self, by: By) -> Lines:
        """Counts of all that fits, each line what it is counted by, and last how often."""
        try:
            return self.visit.services.keeper.look_ups.count(self.audit, by)
        except Refused as refused:
            raise explained(refused) from refused


def look_up(visit: Visit, view: View, asked: Filter, count: int, *, before: int = NEWEST) -> Looked:
    """The newest `count` entries that fit and stand below `before`; asking for them is an entry, too.

    Raises:
        AuditRefused: this member may not see them.
        KeeperError: the keeper does not answer, or answers with something else.
    """
    fields = {
        "first": max(before - 1, 0),
        "count": count,
        "view": view.value,
        "filter": asked.to_fields(),
    }
    return _found(visit, logged(visit, "audit", fields), count, before)


def export_fitting(visit: Visit, asked: Filter) -> Looked:
    """All entries that fit, to leave the service.

    Raises:
        SecondLookNeeded: so much at once needs the member's passkey, or password and code.
        TooManyFit: over `MOST_EXPORTED`.
        AuditRefused: this member may not see them.
        KeeperError: the keeper does not answer, or answers with something else.
    """
    fields: Mapping[str, Any] = {"act": "export", "filter": asked.to_fields()}
    audit = logged(visit, "audit-all", fields)
    lines = visit.services.keeper.look_ups.count(audit, By.OUTCOME)
    if sum(count for _, count in lines) > MOST_EXPORTED:
        raise TooManyFit
    return _found(visit, audit, MOST_EXPORTED, NEWEST)


def _found(visit: Visit, audit: Statement, count: int, before: int) -> Looked:
    try:
        found = visit.services.keeper.look_ups.find(audit, before, count)
    except Refused as refused:
        raise explained(refused) from refused
    entries = tuple(LoggedEntry(index, salt, data) for index, salt, data in found.rows)
    return Looked(visit, audit, entries, found.total)
