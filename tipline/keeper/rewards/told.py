"""The ledger by day as the admin site is told it: made anew when the log has grown or a day is over.

What is told follows from the log and the day alone (`yesterday`), so whoever turns its pages gets pages of
one ledger, and the keeper reads its rows once for them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from tipline.keeper.digests.rows import Rows
from tipline.keeper.log import read_head
from tipline.keeper.pins import read_standings
from tipline.keeper.rewards import awards, money
from tipline.keeper.rewards.money import VoucherRow
from tipline.keeper.rewards.yesterday import awards_told, vouchers_told
from tipline.rewards.award import Award
from tipline.rewards.knowing import may_know
from tipline.rewards.lines import Kind, Line, VoucherDays, lines_of
from tipline.roster import Member, Roster

MONTHS: Final = 12
"""Months that the charts go back, the present one among them."""
_MONTH: Final = len("2026-01")
_CHARTED: Final = frozenset((Kind.GRANTED, Kind.COLLECTED, Kind.NAMED, Kind.PAID, Kind.SETTLED))


class Place(NamedTuple):
    """Where the tip of an award stands."""

    desks: Sequence[str]
    excluded: Sequence[str]


@dataclass(frozen=True)
class Told:
    """What is told at a size of the log and on a day (ISO); `places` by the award's number."""

    size: int
    day: str
    awards: Sequence[Award]
    vouchers: Sequence[VoucherDays]
    lines: Sequence[Line]
    places: Mapping[int, Place]

    def lines_for(self, member: Member, roster: Roster) -> list[Line]:
        """The lines without those about awards that a member may not know of."""
        today = date.fromisoformat(self.day)
        known = {
            index
            for index, place in self.places.items()
            if may_know(roster, member, place.desks, place.excluded, today)
        }
        return [line for line in self.lines if line.award is None or line.award in known]


def told(
    connection: Connection, rows: Rows, proposed: Collection[int], today: str, known: Told | None
) -> Told:
    """What is told today (ISO): what was told before, where nothing can have changed.

    Args:
        proposed: the awards of which the log has a proposal; no other is one.

    Raises:
        RowsChanged: a row is not as it was written, or is gone.
    """
    size = read_head(connection).size
    if known is not None and (known.size, known.day) == (size, today):
        return known
    every = awards_told(awards.everything(connection, rows), today)
    some = [award for award in every if award.index in proposed]
    vouchers = [_days(one) for one in vouchers_told(money.all_vouchers(connection, rows), today)]
    keys = [(key.year, key.value) for key in money.all_keys(connection, rows)]
    places = _places(rows, some)
    return Told(size, today, some, vouchers, lines_of(some, vouchers, keys), places)


def monthly(lines: Iterable[Line], today: date) -> list[dict[str, Any]]:
    """For the charts: what was granted, collected and paid in the last months; {month, kind, amount}."""
    last = today.year * MONTHS + today.month - MONTHS  # of the month after which they begin
    first = f"{last // MONTHS}-{last % MONTHS + 1:02}"
    sums: dict[tuple[str, str], int] = {}
    for line in lines:
        month = line.day[:_MONTH]
        if line.kind in _CHARTED and month >= first:
            sums[month, line.kind.value] = sums.get((month, line.kind.value), 0) + line.amount
    return [{"month": month, "kind": kind, "amount": sums[month, kind]} for month, kind in sorted(sums)]


def _days(voucher: VoucherRow) -> VoucherDays:
    point = voucher.point if voucher.paid_day else ""
    return VoucherDays(voucher.year, voucher.value, voucher.day, voucher.paid_day, point)


def _places(rows: Rows, known: Sequence[Award]) -> Mapping[int, Place]:
    standings = read_standings(rows, {bytes.fromhex(award.tip) for award in known})
    routes = ((award.index, standings[bytes.fromhex(award.tip)].route) for award in known)
    return {index: Place(route.desks, route.excluded) for index, route in routes}
