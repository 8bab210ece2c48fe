"""Entries that are missing, and whether they may be: a later `forget` names each, and its time had passed.

    missing, missing, present (logged at t) … forget {"entries":[[first,last]…],"before":day} … end of the log

The order of the log proves the age: what stands before an entry was not logged after it. So a missing entry
is old enough where the next one that is there was logged before `before`, and `before` lies at least the term
before the `forget` itself.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tipline.deadlines import Clocks
from tipline.evidence.errors import VerificationFailed
from tipline.roster.forgetting import forgotten_before


@dataclass(frozen=True)
class _Run:
    """Neighbours that are missing, and when the entry behind them was logged (Unix seconds)."""

    first: int
    last: int
    followed: int


class Missing:
    """The entries that are missing so far, and those of them that nothing has allowed yet."""

    def __init__(self) -> None:
        self.count = 0
        self._open: tuple[int, int] | None = None  # the run that is not followed by an entry yet
        self._runs: list[_Run] = []  # in order, and not yet named by a `forget`

    def miss(self, index: int) -> None:
        """An entry is missing here."""
        self.count += 1
        self._open = (self._open[0] if self._open else index, index)

    def stands(self, at: int) -> None:
        """An entry is here, logged at a time (Unix seconds)."""
        if self._open:
            self._runs.append(_Run(*self._open, at))
            self._open = None

    def forget(self, body: Mapping[str, Any], index: int, at: int, clocks: Clocks) -> None:
        """Take up a `forget` that was logged at a time, under the terms of that place.

        Raises:
            VerificationFailed: it has another form, or names what was not old enough.
        """
        before = _day(body.get("before"), index)
        if before > forgotten_before(clocks, datetime.fromtimestamp(at, UTC).date()):
            raise VerificationFailed(index, "it forgets what was not old enough")
        midnight = int(datetime(before.year, before.month, before.day, tzinfo=UTC).timestamp())
        for first, last in _ranges(body.get("entries"), index):
            self._allow(first, last, midnight, index)

    def require_all(self) -> None:
        """Check that whatever is missing was allowed to be.

        Raises:
            VerificationFailed: the first entry that was not.
        """
        first = self._runs[0].first if self._runs else self._open[0] if self._open else None
        if first is not None:
            raise VerificationFailed(first, "it is missing, and no later entry says that its time was over")

    def _allow(self, first: int, last: int, midnight: int, index: int) -> None:
        start = bisect_left(self._runs, first, key=lambda run: run.last)
        stop = start
        left: list[_Run] = []
        while stop < len(self._runs) and self._runs[stop].first <= last:
            run = self._runs[stop]
            if run.followed >= midnight:
                raise VerificationFailed(max(first, run.first), f"entry {index} forgets it before its time")
            if run.first < first:
                left.append(_Run(run.first, first - 1, run.followed))
            if run.last > last:
                left.append(_Run(last + 1, run.last, run.followed))
            stop += 1
        self._runs[start:stop] = left


def _ranges(value: object, index: int) -> list[tuple[int, int]]:
    """Pairs of first and last index, ascending and apart, all before the entry that names them."""
    pairs: list[tuple[int, int]] = []
    for pair in value if isinstance(value, list) else [None]:
        if not isinstance(pair, list) or len(pair) != 2 or not all(type(end) is int for end in pair):
            raise VerificationFailed(index, "it does not say what is forgotten")
        first, last = pair
        if not (pairs[-1][1] if pairs else 0) < first <= last < index:
            raise VerificationFailed(index, "it does not say what is forgotten")
        pairs.append((first, last))
    return pairs


def _day(value: object, index: int) -> date:
    try:
        day = date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise VerificationFailed(index, "it names no day") from error
    if day.isoformat() != value:
        raise VerificationFailed(index, "it names no day")
    return day
