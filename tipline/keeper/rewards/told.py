"""The ledger by day as the admin site is told it, brought forward by the rows that changed.

What is told follows from the log and the day alone (`yesterday`): so what changed since is counted out and in
again, and when a day is over, what happened on it.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tipline.keeper.rewards.kept import Changes, Kept, Place
from tipline.keeper.rewards.money import VoucherRow
from tipline.keeper.rewards.yesterday import awards_told, vouchers_told
from tipline.rewards.amounts import split
from tipline.rewards.award import Award, AwardState
from tipline.rewards.knowing import may_know
from tipline.rewards.lines import Kind, KindSum, Line, VoucherDays, award_lines, sum_line, sums_of
from tipline.rewards.totals import Total
from tipline.roster import Member, Roster

MONTHS: Final = 12
"""Months that the charts go back, the present one among them."""
_MONTH: Final = len("2026-01")
_YEAR: Final = len("2026")
_CHARTED: Final = frozenset((Kind.GRANTED, Kind.COLLECTED, Kind.NAMED, Kind.PAID, Kind.SETTLED))

_Sum = tuple[Kind, str, int, int, str]
"""What is told in sum: kind, day, year and value of the key, point."""
_Placed = tuple[tuple[int | str, ...], int, Line]


@dataclass(frozen=True)
class Selection:
    """Lines that somebody may see and asked for, and all of them in sum; at a size of the log, on a day."""

    lines: Sequence[Line]
    sums: Sequence[KindSum]


class Told:
    """What is told on a day. `keys` are the values of the mint keys of each year."""

    def __init__(self, kept: Kept, changes: Changes, today: str) -> None:
        self.day = today
        self._kept, self._changes = kept, changes
        self._keys: Mapping[int, Sequence[int]] = {}
        self._awards: dict[bytes, Sequence[Award]] = {}
        self._vouchers: dict[bytes, VoucherRow] = {}
        self._fresh: set[bytes] = set()  # tips of awards that were collected on this day
        self._fresh_vouchers: set[bytes] = set()
        self._totals: dict[tuple[int, AwardState], list[int]] = defaultdict(lambda: [0, 0])
        self._sums: Counter[_Sum] = Counter()
        self._changed: dict[_Sum, int] = {}  # sums as they were before
        self._months: Counter[tuple[str, Kind]] = Counter()
        self._lines: list[_Placed] = []
        self._new: list[Line] = []
        self._gone: list[Line] = []
        self._number = 0

    def bring_forward(self, proposed: Collection[int], keys: Mapping[int, Sequence[int]], today: str) -> None:
        """Take in what changed. An award that nobody proposed is no award.

        Args:
            proposed: the awards of which the log has a proposal.
        """
        kept, self._keys = self._kept, keys
        tips, vouchers = self._changes.taken()
        if self.day != today:
            tips, vouchers, self.day = tips | self._fresh, vouchers | self._fresh_vouchers, today
        for tip in tips:
            self._tell_awards(tip, kept.awards[tip], proposed)
        for spent in vouchers:
            self._tell_voucher(kept.vouchers[spent])
        self._put_sums()
        self._put_lines()

    @property
    def fresh_awards(self) -> list[Award]:
        """Awards that were collected on this day: told when it is over."""
        return [award for tip in self._fresh for award in self._kept.awards[tip]]

    @property
    def fresh_vouchers(self) -> list[VoucherRow]:
        """Vouchers that came back on this day."""
        return [self._kept.vouchers[spent] for spent in self._fresh_vouchers]

    def awards(self) -> Iterator[Award]:
        """All awards, as they are told."""
        return (award for of_tip in self._awards.values() for award in of_tip)

    def vouchers(self) -> Iterator[VoucherDays]:
        """All vouchers that came back, as they are told."""
        return map(_days, self._vouchers.values())

    def totals(self) -> list[Total]:
        """Awards by the year of the grant and by state."""
        return [Total(*key, *self._totals[key]) for key in sorted(self._totals) if self._totals[key][0]]

    def months(self, today: date) -> list[dict[str, Any]]:
        """For the charts: what was granted, collected and paid in the last months; {month, kind, amount}."""
        last = today.year * MONTHS + today.month - MONTHS  # of the month after which they begin
        first = f"{last // MONTHS}-{last % MONTHS + 1:02}"
        return [
            {"month": month, "kind": kind.value, "amount": amount}
            for (month, kind), amount in sorted(self._months.items())
            if month >= first and amount
        ]

    def select(self, fits: Callable[[Line], bool] | None, member: Member, roster: Roster) -> Selection:
        """The lines that fit (None: all), without those about awards that a member may not know of."""
        lines: Iterable[Line] = (line for _, _, line in self._lines)
        hidden = self._hidden(member, roster)
        if hidden:
            lines = (line for line in lines if line.award is None or line.award not in hidden)
        found = tuple(lines if fits is None else filter(fits, lines))
        return Selection(found, sums_of(found))

    def _hidden(self, member: Member, roster: Roster) -> set[int]:
        today, known = date.fromisoformat(self.day), dict[Place, bool]()
        for place in set(self._kept.places.values()):
            known[place] = may_know(roster, member, place.desks, place.excluded, today)
        if all(known.values()):
            return set()
        places = self._kept.places
        return {
            award.index for tip, of_tip in self._awards.items() if not known[places[tip]] for award in of_tip
        }

    def _tell_awards(self, tip: bytes, awards: Sequence[Award], proposed: Collection[int]) -> None:
        told = awards_told(awards, self.day)
        (self._fresh.discard if told == list(awards) else self._fresh.add)(tip)
        before = self._awards.get(tip, ())
        after = tuple(told)
        if before == after:
            return
        self._awards[tip] = after
        for of_tip, number in ((before, -1), (after, 1)):
            for award in of_tip:
                if award.index in proposed:
                    self._count(award, number)

    def _count(self, award: Award, number: int) -> None:
        total = self._totals[int(award.granted[:_YEAR] or 0), award.state]
        total[0] += number
        total[1] += number * award.amount
        for line in award_lines(award):
            self._count_line(line, number)
        if award.state is AwardState.COLLECTED:
            for value, count in split(award.amount, self._keys[award.year]):
                self._count_sum((Kind.MINTED, award.collected, award.year, value, ""), number * count)

    def _tell_voucher(self, voucher: VoucherRow) -> None:
        told = next(iter(vouchers_told([voucher], self.day)), None)
        is_fresh = voucher.day >= self.day
        (self._fresh_vouchers.add if is_fresh else self._fresh_vouchers.discard)(voucher.spent)
        before = self._vouchers.get(voucher.spent)
        if before is not None:
            self._count_voucher(before, -1)
        if told is not None:
            self._vouchers[voucher.spent] = told
            self._count_voucher(told, 1)

    def _count_voucher(self, voucher: VoucherRow, number: int) -> None:
        self._count_sum((Kind.PRESENTED, voucher.day, voucher.year, voucher.value, ""), number)
        if voucher.paid_day:
            paid = (Kind.PAID, voucher.paid_day, voucher.year, voucher.value, voucher.point)
            self._count_sum(paid, number)

    def _count_sum(self, which: _Sum, number: int) -> None:
        self._changed.setdefault(which, self._sums[which])
        self._sums[which] += number

    def _count_line(self, line: Line, number: int) -> None:
        (self._new if number > 0 else self._gone).append(line)
        if line.kind in _CHARTED:
            self._months[line.day[:_MONTH], line.kind] += number * line.amount

    def _put_sums(self) -> None:
        """Lines in sum, in place of those that they were."""
        for which, before in self._changed.items():
            for count, number in ((before, -1), (self._sums[which], 1)):
                if count and self._sums[which] != before:
                    self._count_line(sum_line(*which, count), number)
        self._changed.clear()

    def _put_lines(self) -> None:
        """Lines that are new, in their places, and no longer those that are gone."""
        for line in self._gone:
            at = bisect_left(self._lines, (line.place,))
            while self._lines[at][2] != line:
                at += 1
            del self._lines[at]
        for line in self._new:
            self._number += 1
            self._lines.append((line.place, self._number, line))
        if self._new:
            self._lines.sort()
        self._new.clear()
        self._gone.clear()


def _days(voucher: VoucherRow) -> VoucherDays:
    point = voucher.point if voucher.paid_day else ""
    return VoucherDays(voucher.year, voucher.value, voucher.day, voucher.paid_day, point)
