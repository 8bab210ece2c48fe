"""Rows of money as one transaction sees and changes them: each counts only with its digest."""

from datetime import date, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import MINT_KEYS, PICKUPS, TRIES, VOUCHERS
from tipline.keeper.errors import Refusal
from tipline.keeper.prepared import Prepared
from tipline.keeper_client.reasons import Reason
from tipline.rewards.rules import last_day_of_vouchers
from tipline.roster import Roster
from tipline.roster.points import Point

MOST_TRIES: Final = 10
"""Wrong pickup codes of one clerk in a day."""
MOST_A_DAY: Final = 500
"""Vouchers that come back in a day: more than on any ordinary one. However many, a day is told in parts."""
OVERDRAWN: Final = "mint-overdrawn"
_KEYS: Final = MINT_KEYS.table
LATE_DAYS: Final = 14
"""What a bank paid by its list on a code's last day, clerks may still confirm for so long."""
NEVER: Final = ""
"""In place of a day."""

_ALL: Final = Prepared(select(*MINT_KEYS.all_columns))
_ON: Final = Prepared(select(func.count()).where(VOUCHERS.table.c.day == bindparam("day")))


class KeyRow(NamedTuple):
    """What was minted, presented and paid under one key; see `money_models`."""

    year: int
    value: int
    minted: int = 0
    awards: int = 0
    presented: int = 0
    paid: int = 0
    opened: int = 0
    expired: int = 0
    returned: int = 0
    overdrawn: int = 0


class VoucherRow(NamedTuple):
    """A voucher that came back; see `money_models`."""

    spent: bytes
    year: int
    value: int
    attempt: int
    pickup: bytes
    point: str
    until: str
    first: str
    second: str
    first_day: str
    paid_day: str
    day: str


def find_key(rows: Rows, year: int, value: int) -> KeyRow:
    """What a key has done so far.

    Raises:
        Refusal: no-mint-keys; there is none.
        RowsChanged: the row is not as it was written.
    """
    row = rows.one(MINT_KEYS, year, value)
    if row is None:
        raise Refusal(Reason.NO_MINT_KEYS)
    return KeyRow(*row)


def put_key(rows: Rows, key: KeyRow, *, new: bool = False) -> None:
    """Write what a key has done."""
    rows.put(MINT_KEYS, [key._asdict()])
    if new:
        rows.count_one_more(MINT_KEYS.name)


def find_voucher(rows: Rows, spent: bytes) -> VoucherRow | None:
    """A voucher by its hash; None when it never came back.

    Raises:
        RowsChanged: the row is not as it was written, or is gone.
    """
    row = rows.one(VOUCHERS, spent)
    return None if row is None else VoucherRow(*row)


def put_voucher(rows: Rows, voucher: VoucherRow, *, new: bool = False) -> None:
    """Write a voucher."""
    rows.put(VOUCHERS, [voucher._asdict()])
    if new:
        rows.count_one_more(VOUCHERS.name)


def spent_of(rows: Rows, pickup: bytes) -> bytes | None:
    """The hash of the voucher for which a pickup code was made; None when nobody has that code.

    Raises:
        RowsChanged: the row is not as it was written, or is gone.
    """
    row = rows.one(PICKUPS, pickup)
    return None if row is None else bytes(row[1])


def put_pickup(rows: Rows, pickup: bytes, spent: bytes) -> None:
    """Remember for which voucher a code was made."""
    rows.put(PICKUPS, [{"pickup": pickup, "spent": spent}])


def is_bank(point: Point | None) -> bool:
    """Whether a point pays by a list that is sealed to it."""
    return point is not None and point.recipient is not None


def last_day_to_pay(voucher: VoucherRow, roster: Roster) -> date:
    """The last day on which clerks may confirm the payment of a voucher's present code."""
    late = LATE_DAYS if is_bank(roster.points.get(voucher.point)) else 0
    last = date.fromisoformat(voucher.until) + timedelta(days=late)
    return min(last, last_day_of_vouchers(voucher.year))  # then its value goes back to a budget


def all_keys(connection: Connection, rows: Rows) -> list[KeyRow]:
    """Every key, by year and value.

    Raises:
        RowsChanged: one is not as it was written, or is gone.
    """
    found = _ALL.run(connection, {}).fetchall()
    rows.check(MINT_KEYS, found)
    if len(found) != rows.count(MINT_KEYS.name):
        raise RowsChanged(MINT_KEYS.name)
    return sorted(KeyRow(*row) for row in found)


def presented_on(connection: Connection, day: str) -> int:
    """How many vouchers came back first on a day (ISO)."""
    return int(_ON.run(connection, {"day": day}).fetchall()[0][0])


def alarms(connection: Connection) -> tuple[str, ...]:
    """What every staff page must say: more good vouchers came back than were minted under a key."""
    query = select(_KEYS.c.value).where(_KEYS.c.overdrawn > 0, _KEYS.c.expired == 0).limit(1)
    return () if connection.scalar(query) is None else (OVERDRAWN,)


def count_wrong(rows: Rows, member: str, day: str) -> None:
    """A clerk typed a code that is none.

    Raises:
        RowsChanged: as `require_tries`.
    """
    rows.put(TRIES, [{"member": member, "day": day, "count": _wrong(rows, member, day) + 1}])


def require_tries(rows: Rows, member: str, day: str) -> None:
    """Refuse a clerk who typed too many wrong codes on a day.

    Raises:
        Refusal: too-many.
        RowsChanged: the row is not as it was written.
    """
    if _wrong(rows, member, day) >= MOST_TRIES:
        raise Refusal(Reason.TOO_MANY)


def _wrong(rows: Rows, member: str, day: str) -> int:
    row = rows.one(TRIES, member)
    return int(row[2]) if row is not None and row[1] == day else 0
