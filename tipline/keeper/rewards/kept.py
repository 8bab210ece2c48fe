"""Awards, vouchers and the routes of their tips in memory, as the rows have them.

    all rows, page by page ─▶ in memory ─▶ brought forward by the rows that the writer has written since

To read 100,000 rows beside their digests takes ten seconds. So each is read once, some at a time, and after
that only those that were written. A row that somebody else has changed is no such row: therefore questions,
and a look in every minute, go through all rows again beside their digests, some at a time, round by round.
Where there are few, those are all of them, each time.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sqlalchemy import Connection

from tipline.keeper.digests.buckets import BucketHashes
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import AWARDS, TIPS, VOUCHERS, Guarded, Values
from tipline.keeper.rewards.awards import awards_of, count_of
from tipline.keeper.rewards.money import VoucherRow
from tipline.rewards.award import Award, AwardState

PAGE: Final = 500
"""Rows of each table that are looked at in one question."""
PAGES_AT_FIRST: Final = 5
"""So many pages in one question, before all was read once."""
MOST_BEHIND: Final = 5_000
"""Rows by which it is brought forward in one question."""
_DESKS, _EXCLUDED = TIPS.columns.index("desks"), TIPS.columns.index("excluded")


class Place(NamedTuple):
    """Where the tip of an award stands."""

    desks: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass
class Changes:
    """What changed since somebody emptied these: tips whose awards or places did, and vouchers."""

    tips: set[bytes] = field(default_factory=set)
    vouchers: set[bytes] = field(default_factory=set)

    def taken(self) -> tuple[set[bytes], set[bytes]]:
        """All of it; nothing is left."""
        tips, vouchers = self.tips, self.vouchers
        self.tips, self.vouchers = set(), set()
        return tips, vouchers


@dataclass
class _Walk:
    """How far a walk over a table has come: behind which key, how many rows of so many at the least."""

    table: Guarded
    after: Values | None = None
    seen: int = 0
    least: int = 0
    is_over: bool = False
    """Whether all rows were looked at once."""


class Kept:
    """The rows in memory. One thread at a time may use it; it never writes any."""

    def __init__(self) -> None:
        self.begun = 0
        self._begin(None)

    def _begin(self, hashes: BucketHashes | None, turn: int = 0) -> None:
        self._hashes, self._turn = hashes, turn
        self._walks = (_Walk(AWARDS), _Walk(VOUCHERS))
        self._states = Counter[AwardState]()
        self.awards: dict[bytes, tuple[Award, ...]] = {}
        """By tip, the latest last."""
        self.vouchers: dict[bytes, VoucherRow] = {}
        """By hash."""
        self.places: dict[bytes, Place] = {}
        """By tip."""
        self.begun += 1
        """How often it began anew: then whoever follows does, too."""
        self._followers: list[Changes] = []

    def follow(self, instead: Changes | None = None) -> Changes:
        """What changes from now on, at first all there is; `instead` of one that nobody looks at any more."""
        changes = Changes({*self.awards}, {*self.vouchers})
        self._followers = [*(one for one in self._followers if one is not instead), changes]
        return changes

    @property
    def is_whole(self) -> bool:
        """Whether all rows were read once."""
        return all(walk.is_over for walk in self._walks)

    def go_on(self, connection: Connection, rows: Rows, *, looks: bool = True) -> bool:
        """Bring it forward, and look at some more rows beside their digests; whether it is all there is.

        Once it is, `looks` may be False: then nothing is looked at again.

        Rows that two people let count as they are, are others: then it begins anew.

        Raises:
            RowsChanged: a row is not as it was written, or is gone.
        """
        if rows.hashes is not self._hashes:
            self._begin(rows.hashes, rows.turn)
        is_up = self._catch_up(rows)
        for walk in self._walks:
            if looks or not walk.is_over:
                self._walk_on(walk, connection, rows)
        if not is_up or not self.is_whole:
            return False
        self._require_counts(rows)
        rows.require_still()
        return True

    def _catch_up(self, rows: Rows) -> bool:
        """Read what was written since the last time; whether that was all."""
        written = rows.hashes.since(self._turn)
        if written is None:
            self._begin(rows.hashes, rows.turn)
            return True
        some = written[: min(rows.turn - self._turn, MOST_BEHIND)]
        keys = {name: [key for of, key in some if of == name] for name in {name for name, _ in some}}
        found = rows.find(
            {
                AWARDS: keys.get(AWARDS.name, []),
                VOUCHERS: keys.get(VOUCHERS.name, []),
                TIPS: [key for key in keys.get(TIPS.name, []) if key[0] in self.awards],
            }
        )
        self._take_awards(list(found[AWARDS].values()), rows)
        self._take_vouchers(list(found[VOUCHERS].values()))
        self._take_places(list(found[TIPS].values()))
        self._turn += len(some)
        return self._turn >= rows.turn

    def _walk_on(self, walk: _Walk, connection: Connection, rows: Rows) -> None:
        for _ in range(1 if walk.is_over else PAGES_AT_FIRST):
            if walk.after is None:
                walk.least = rows.count(walk.table.name)
            page = walk.table.page(connection, walk.after, PAGE)
            rows.check(walk.table, page)
            if not walk.is_over:
                self._take(walk.table, page, rows)
            seen = walk.seen + len(page)
            if len(page) == PAGE:
                walk.after, walk.seen = walk.table.key_of(page[-1]), seen
                continue
            if seen < walk.least:
                raise RowsChanged(walk.table.name)
            walk.after, walk.seen, walk.is_over = None, 0, True
            return

    def _require_counts(self, rows: Rows) -> None:
        counted = {count_of(state): self._states[state] for state in AwardState}
        counted |= {AWARDS.name: len(self.awards), VOUCHERS.name: len(self.vouchers)}
        for name, number in counted.items():
            if rows.count(name) != number:
                raise RowsChanged(AWARDS.name if name != VOUCHERS.name else name)

    def _take(self, table: Guarded, page: Sequence[Values], rows: Rows) -> None:
        if table is AWARDS:
            self._take_awards(page, rows)
        else:
            self._take_vouchers(page)

    def _take_awards(self, found: Sequence[Values], rows: Rows) -> None:
        new = [(row[0],) for row in found if row[0] not in self.awards]
        for row in found:
            tip, before = row[0], self.awards.get(row[0], ())
            self.awards[tip] = after = awards_of(row)
            self._states.subtract(one.state for one in before[-1:])
            self._states.update(one.state for one in after[-1:])
            self._tell_tip(tip)
        self._take_places(list(rows.find({TIPS: new})[TIPS].values()))

    def _take_vouchers(self, found: Sequence[Values]) -> None:
        self.vouchers.update({row[0]: VoucherRow(*row) for row in found})
        for changes in self._followers:
            changes.vouchers.update(row[0] for row in found)

    def _take_places(self, found: Sequence[Values]) -> None:
        for row in found:
            place = Place(tuple(row[_DESKS].split()), tuple(row[_EXCLUDED].split()))
            if self.places.get(row[0]) != place:
                self.places[row[0]] = place
                self._tell_tip(row[0])

    def _tell_tip(self, tip: bytes) -> None:
        for changes in self._followers:
            changes.tips.add(tip)
