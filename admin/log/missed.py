"""Deadlines that were missed: per desk and month, and which tips."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from admin.log.listing import Listing, list_entries
from admin.visit import Visit
from tipline.lookups.filters import Filter
from tipline.lookups.views import By, View

MISSED: Final = Filter(type="missed", outcome="done")
_MONTH: Final = len("2026-01")


@dataclass(frozen=True)
class Missed:
    """Counts by month (the newest first) and desk, and one page of the entries."""

    months: Sequence[tuple[str, Sequence[int]]]
    desks: Sequence[str]
    page: Listing


def missed(visit: Visit, before: int | None) -> Missed:
    """Look at them; asking is an entry.

    Raises:
        AuditRefused: this member may not see it.
        KeeperError: the keeper does not answer.
    """
    page = list_entries(visit, View.MISSED, MISSED, before)
    counts: Counter[tuple[str, str]] = Counter()
    for day, desk, count in page.looked.count(By.DAY_DESK):
        counts[day[:_MONTH], desk] += count
    desks = sorted({desk for _, desk in counts})
    months = sorted({month for month, _ in counts}, reverse=True)
    return Missed([(month, [counts[month, desk] for desk in desks]) for month in months], desks, page)
