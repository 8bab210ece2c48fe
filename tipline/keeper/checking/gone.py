"""Which table a row was taken out of: its leaf tells only a hash of table and key.

So whatever an entry, or the list of what is held, names is tried: slow, and done only once a row is known to
be gone.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Final

from sqlalchemy import Connection, bindparam, select

from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.digests.buckets import HASH, LEAF
from tipline.keeper.digests.tables import (
    ACTS,
    ALERTS,
    AWARDS,
    BUDGETS,
    CARD_GROUPS,
    DECOYS,
    DISCLOSURES,
    GUARDED,
    INTERFERENCE,
    ITEMS,
    LETTERS,
    MINT_KEYS,
    OPEN_ALERTS,
    PICKUPS,
    REMEMBERED,
    REWARD_DAYS,
    ROW_COUNTS,
    TIPS,
    TRIES,
    VOUCHERS,
    WATCHED,
    Guarded,
    Values,
)
from tipline.keeper.disclosing.standing import count_of_payee
from tipline.keeper.inventory.models import held
from tipline.keeper.log import read_head
from tipline.keeper.prepared import Prepared

UNKNOWN: Final = ", ".join(table.name for table in GUARDED)
"""In place of a name, where nothing names the row."""

_BY_ID: Final = (TIPS, ITEMS, CARD_GROUPS, DECOYS, AWARDS, PICKUPS)
_BY_INDEX: Final = (DISCLOSURES, ALERTS, INTERFERENCE)
_ID: Final = re.compile(rb'"([0-9a-f]{32})"')
_HASH: Final = re.compile(rb'"([0-9a-f]{64})"')
_NAME: Final = re.compile(rb'"([a-z][a-z0-9-]{0,39})"')
_YEAR: Final = re.compile(rb'"(?:number":"|year":|to":)(\d{4})[-,}]')
_VALUE: Final = re.compile(rb'"value":(\d{3,6})[,}]')
_AT_ONCE: Final = 256
_ENTRIES: Final = Prepared(
    select(models.entries.c.entry)
    .where(models.entries.c.index >= bindparam("start"), models.entries.c.index < bindparam("stop"))
    .order_by(models.entries.c.index)
)
_HELD: Final = Prepared(
    select(held.c.item, held.c.tip)
    .where(held.c.item > bindparam("after"))
    .order_by(held.c.item)
    .limit(_AT_ONCE)
)


def table_of_gone(database: Database) -> str:
    """The table of a row whose leaf is there and which is not; empty where there is no such leaf."""
    left = _left(database)
    if not left:
        return ""
    tried: set[tuple[Guarded, Values]] = set()
    for table, key in _named(database):
        if (table, key) not in tried:
            tried.add((table, key))
            if table.place(key) in left:
                return table.name
    return UNKNOWN


def _left(database: Database) -> set[bytes]:
    """The places of leaves without a row; in one transaction, since it is about what is gone."""
    with database.engine.begin() as connection:
        stored = connection.scalars(select(models.row_digests.c.leaves))
        left = {leaves[at : at + HASH] for leaves in stored for at in range(0, len(leaves), LEAF)}
        for table in GUARDED:
            after: Values | None = None
            while rows := table.page(connection, after, _AT_ONCE):
                left.difference_update(table.place(table.key_of(row)) for row in rows)
                after = table.key_of(rows[-1])
    return left


def _named(database: Database) -> Iterator[tuple[Guarded, Values]]:
    """Everything that could be a row's key."""
    yield WATCHED, (1,)
    yield REMEMBERED, (1,)
    yield REWARD_DAYS, (1,)
    yield from ((ROW_COUNTS, (name,)) for name in (*(table.name for table in GUARDED), OPEN_ALERTS))
    names, years, values = set[str](), set[int](), set[int]()
    for index, data in enumerate(_entries(database)):
        yield from ((table, (index,)) for table in _BY_INDEX)
        for found in _ID.findall(data):
            named = bytes.fromhex(found.decode())
            yield from ((table, (named,)) for table in _BY_ID)
            yield ROW_COUNTS, (count_of_payee(named),)
        names.update(found.decode() for found in _NAME.findall(data))
        years.update(int(found) for found in _YEAR.findall(data))
        values.update(int(found) for found in _VALUE.findall(data))
        yield from ((VOUCHERS, (bytes.fromhex(found.decode()),)) for found in _HASH.findall(data))
    for name in sorted(names):
        yield ACTS, (name,)
        yield TRIES, (name,)
        yield ROW_COUNTS, (f"{CARD_GROUPS.name}/{name}",)
        yield ROW_COUNTS, (f"{AWARDS.name}/{name}",)
    yield from ((BUDGETS, (year,)) for year in sorted(years))
    yield from ((MINT_KEYS, key) for key in product(sorted(years), sorted(values)))
    for year, name in product(sorted(years), sorted(names)):
        yield LETTERS, (year, name)
    for item, tip in _held(database):
        yield ITEMS, (item,)
        yield TIPS, (tip,)


def _entries(database: Database) -> Iterator[bytes]:
    with database.engine.begin() as connection:
        size = read_head(connection).size
    for start in range(0, size, _AT_ONCE):
        with database.engine.begin() as connection:
            rows = _ENTRIES.run(connection, {"start": start, "stop": start + _AT_ONCE}).fetchall()
        yield from (data for (data,) in rows)


def _held(database: Database) -> Iterator[tuple[bytes, bytes]]:
    after = b""
    while True:
        with database.engine.begin() as connection:
            rows = _page(connection, after)
        if not rows:
            return
        yield from rows
        after = rows[-1][0]


def _page(connection: Connection, after: bytes) -> list[tuple[bytes, bytes]]:
    return list(_HELD.run(connection, {"after": after}).fetchall())
