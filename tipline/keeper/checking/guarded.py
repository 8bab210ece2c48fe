"""The rows that have digests: each is the one that the keeper wrote, none is gone, and all of it is sealed.

    root and seal ─▶ buckets beside their hashes ─▶ rows, page by page, beside their buckets ─▶ how many

A page and its buckets are read in one transaction: the keeper that runs beside writes between two of them.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, not_, select

from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.checking.errors import DigestsChanged, RowForeign, RowForged, RowGone
from tipline.keeper.checking.gone import table_of_gone
from tipline.keeper.digests.buckets import HASH, LEAF, read_hashes
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import bucket_of, hash_of
from tipline.keeper.digests.seal import RowSeal
from tipline.keeper.digests.tables import (
    BUCKETS,
    GUARDED,
    Guarded,
    Values,
    digest_of,
    numbered,
    pieces,
    prepared_in,
)
from tipline.keeper.log import read_head
from tipline.keeper.prepared import Prepared

PAGE: Final = 2_000
"""Rows that are looked at in one short transaction."""
_SOME_BUCKETS: Final = 1_024  # looked at in one: with a million rows a mebibyte of leaves
_TABLE: Final = models.row_digests.c
_OF_ROWS: Final = prepared_in(select(_TABLE.bucket, _TABLE.leaves), _TABLE.bucket)
_ALL: Final = Prepared(
    select(_TABLE.bucket, _TABLE.hash, _TABLE.leaves)
    .where(_TABLE.bucket >= bindparam("start"), _TABLE.bucket < bindparam("stop"))
    .order_by(_TABLE.bucket)
)
_STRANGE: Final = select(_TABLE.bucket).where(not_(_TABLE.bucket.between(0, BUCKETS - 1))).limit(1)
_BYTES: Final = select(func.sum(func.length(_TABLE.leaves)))


def check_seal(connection: Connection, seal: RowSeal, changes: bytes) -> None:
    """Check the seal over the hashes of all buckets; they and the head are read in this one transaction.

    `changes` is the digest of the statements that make the roster.

    Raises:
        DigestsChanged: the hashes are not those that the keeper sealed under this head.
    """
    head = read_head(connection)
    try:
        seal.check(head.rows, head.checkpoint, read_hashes(connection).root, changes)
    except RowsChanged as error:
        raise DigestsChanged from error
    if connection.scalar(_STRANGE) is not None:
        raise DigestsChanged


def check_rows(database: Database) -> None:
    """Compare every bucket with its hash, and every row of the guarded tables with its leaf.

    Raises:
        CheckFailed: a row is another one, was added or is gone; a bucket is not what its hash says.
    """
    for start in range(0, BUCKETS, _SOME_BUCKETS):
        with database.engine.begin() as connection:
            _check_hashes(connection, start, start + _SOME_BUCKETS)
    for table in GUARDED:
        after: Values | None = None
        while True:
            with database.engine.begin() as connection:
                rows = table.page(connection, after, PAGE)
                _compare(connection, table, rows)
            if not rows:
                break
            after = table.key_of(rows[-1])
    with database.engine.begin() as connection:
        is_whole = _is_whole(connection)
    if not is_whole and (gone := table_of_gone(database)):
        raise RowGone(gone)


def _is_whole(connection: Connection) -> bool:
    """Whether there are as many rows as leaves."""
    leaves = (connection.scalar(_BYTES) or 0) // LEAF
    rows = (connection.scalar(select(func.count()).select_from(each.table)) or 0 for each in GUARDED)
    return bool(leaves == sum(rows))


def _compare(connection: Connection, table: Guarded, rows: list[Values]) -> None:
    places = [table.place(table.key_of(row)) for row in rows]
    leaves = _leaves(connection, list(dict.fromkeys(map(bucket_of, places))))
    for row, place in zip(rows, places, strict=True):
        found = leaves.get(bucket_of(place), b"")
        at = found.find(place) if type(found) is bytes else -1
        if at < 0:
            raise RowForeign(table.name)
        if found[at + HASH : at + LEAF] != digest_of(row):
            raise RowForged(table.name)


def _leaves(connection: Connection, buckets: list[int]) -> Mapping[int, Any]:
    found: dict[int, Any] = {}
    for some, size in pieces(buckets):
        found.update(_OF_ROWS[size].run(connection, numbered(some, size)).fetchall())
    return found


def _check_hashes(connection: Connection, start: int, stop: int) -> None:
    for _, value, leaves in _ALL.run(connection, {"start": start, "stop": stop}).fetchall():
        if type(leaves) is not bytes or hash_of(leaves) != value or not _is_in_order(leaves):
            raise DigestsChanged


def _is_in_order(leaves: bytes) -> bool:
    """Whether there are whole leaves, each place once."""
    places = [leaves[at : at + HASH] for at in range(0, len(leaves), LEAF)]
    return len(leaves) % LEAF == 0 and places == sorted(set(places))
