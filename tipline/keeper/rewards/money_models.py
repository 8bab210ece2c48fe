"""What the keeper keeps of money: keys, vouchers, pickup codes. Its rows count only with their digests.

Days, no hours; no row number, no order. Nothing here leads from a voucher to an award: a blind signature lies
between, and `awards` is another table.
"""

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from tipline.keeper.models import metadata

mint_keys = Table(
    "mint_keys",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("value", Integer, primary_key=True, autoincrement=False),  # in yuan
    Column("minted", Integer, nullable=False),  # vouchers
    Column("awards", Integer, nullable=False),  # that were collected under it: the crowd
    Column("presented", Integer, nullable=False),  # vouchers that came back
    Column("paid", Integer, nullable=False),
    Column("opened", Integer, nullable=False),  # 1: two people let it redeem before there is a crowd
    Column("expired", Integer, nullable=False),  # 1: its vouchers are good no longer, and that was stated
    Column("returned", Integer, nullable=False),  # yuan, to the budget of the year in which it expired
    Column("overdrawn", Integer, nullable=False),  # vouchers that were refused: there are more than minted
    sqlite_with_rowid=False,
)

vouchers = Table(
    "vouchers",
    metadata,
    Column("spent", LargeBinary(32), primary_key=True),  # SHA-256 of its message
    Column("year", Integer, nullable=False),
    Column("value", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),  # which of its pickup codes counts
    Column("pickup", LargeBinary(16), nullable=False),  # the HMAC of that; empty: none does
    Column("point", String, nullable=False),
    Column("until", String, nullable=False),  # the last day of that pickup code, ISO; "" for none
    Column("first", String, nullable=False),  # the clerk who confirmed first; "" for nobody
    Column("second", String, nullable=False),
    Column("first_day", String, nullable=False),
    Column("paid_day", String, nullable=False),  # "" while it is good
    Column("day", String, nullable=False),  # on which it came back first
    sqlite_with_rowid=False,
)

pickups = Table(
    "pickups",
    metadata,
    Column("pickup", LargeBinary(16), primary_key=True),  # HMAC of a code that was handed out
    Column("spent", LargeBinary(32), nullable=False),  # its voucher
    sqlite_with_rowid=False,
)

tries = Table(
    "tries",
    metadata,
    Column("member", String, primary_key=True),
    Column("day", String, nullable=False),
    Column("count", Integer, nullable=False),  # wrong codes on that day
    sqlite_with_rowid=False,
)

reward_days = Table(
    "reward_days",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("day", String, nullable=False),  # the last one that a `reward-day` covers
    sqlite_with_rowid=False,
)
