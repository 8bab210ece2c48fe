"""Rows as one transaction sees and changes them: each is compared with its digest before it counts.

read ─▶ leaf in its bucket, bucket under its hash ─▶ used ─▶ written, with its leaf, in the same transaction
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from tipline.keeper import models
from tipline.keeper.digests.buckets import EMPTY, HASH, LEAF, BucketHashes, Changed, Written
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.tables import (
    BUCKET_BYTES,
    FOLLOWED,
    ROW_COUNTS,
    Guarded,
    Values,
    digest_of,
    numbered,
    pieces,
    prepared_in,
)
from tipline.keeper.prepared import Prepared

_DIGESTS: Final = models.row_digests
_BUCKETS: Final = prepared_in(select(_DIGESTS.c.bucket, _DIGESTS.c.leaves), _DIGESTS.c.bucket)
_NEW_BUCKET: Final = Prepared(insert(_DIGESTS))
_CHANGED_BUCKET: Final = Prepared(
    update(_DIGESTS)
    .where(_DIGESTS.c.bucket == bindparam("at_bucket"))
    .values(hash=bindparam("hash"), leaves=bindparam("leaves"))
)

Leaves = dict[bytes, bytes]
"""Of a bucket: each row's place, and its digest."""


class Rows:
    """The guarded tables in one transaction, under the hashes that hold before it."""

    def __init__(self, connection: Connection, hashes: BucketHashes, turn: int | None = None) -> None:
        """Look at rows under these hashes; `turn` is theirs of before the transaction."""
        self._connection = connection
        self.hashes = hashes
        self.turn = hashes.turn if turn is None else turn
        """What was followed until then, this transaction sees."""
        self._buckets: dict[int, Leaves] = {}
        self._touched: set[int] = set()
        self._written: list[Written] = []

    @property
    def written(self) -> Sequence[Written]:
        """The followed rows that this transaction has written so far."""
        return self._written

    def require_still(self) -> None:
        """Refuse to go on where rows were written since this transaction began: what was read may be of both.

        Raises:
            RowsChanged: look again while nothing is written.
        """
        if self.hashes.turn != self.turn:
            raise RowsChanged(_DIGESTS.name)

    def find(self, wanted: Mapping[Guarded, Iterable[Values]]) -> dict[Guarded, dict[Values, Values]]:
        """The rows with these keys; those that there are not are left out, and known to be missing.

        Raises:
            RowsChanged: one is not as the keeper wrote it, or is gone.
        """
        keys = {table: list(dict.fromkeys(each)) for table, each in wanted.items()}
        found = {table: self._read(table, each) for table, each in keys.items()}
        places = {(table, key): table.place(key) for table, each in keys.items() for key in each}
        self._load(places.values())
        for (table, key), place in places.items():
            row = found[table].get(key)
            self._compare(table, place, None if row is None else digest_of(row))
        return found

    def one(self, table: Guarded, *key: Any) -> Values | None:
        """The row with this key, or None.

        Raises:
            RowsChanged: as `find`.
        """
        return self.find({table: [key]})[table].get(key)

    def check(self, table: Guarded, rows: Iterable[Sequence[Any]]) -> None:
        """Check rows that a query has found, all columns in order, as the driver gave them.

        Whether it has found all, they cannot say.

        Raises:
            RowsChanged: one is not as the keeper wrote it.
        """
        places = {table.place(table.key_of(row)): digest_of(row) for row in rows}
        self._load(places)
        for place, digest in places.items():
            self._compare(table, place, digest)

    def put(self, table: Guarded, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows, new ones and others in place of those with the same key, and their leaves.

        Raises:
            RowsChanged: a bucket is not as the keeper wrote it.
        """
        given = [tuple([row[name] for name in table.columns]) for row in rows]
        places = [table.place(table.key_of(row)) for row in given]
        self._load(places)
        if table in FOLLOWED:
            self._written += [(table.name, table.key_of(row)) for row in given]
        new, changed = [], []
        for row, place in zip(given, places, strict=True):
            bucket = bucket_of(place)
            leaves = self._buckets[bucket]
            values = dict(zip(table.columns, row, strict=True))
            if place in leaves:
                changed.append(values | {f"at_{name}": values[name] for name in table.keys})
            else:
                new.append(values)
            leaves[place] = digest_of(row)
            self._touched.add(bucket)
        if new:
            table.new.run(self._connection, new)
        if changed and table.changed.run(self._connection, changed).rowcount != len(changed):
            raise RowsChanged(table.name)

    def count(self, of: str) -> int:
        """How many rows a query over several must find.

        Raises:
            RowsChanged: as `find`.
        """
        row = self.one(ROW_COUNTS, of)
        return 0 if row is None else int(row[1])

    def count_one_more(self, of: str) -> None:
        """One row came to them.

        Raises:
            RowsChanged: as `find`.
        """
        self.count_more(of, 1)

    def count_one_less(self, of: str) -> None:
        """One row is no longer among them.

        Raises:
            RowsChanged: as `find`.
        """
        self.count_more(of, -1)

    def count_more(self, of: str, number: int) -> None:
        """So many rows came to them.

        Raises:
            RowsChanged: as `find`.
        """
        self.put(ROW_COUNTS, [{"of": of, "count": self.count(of) + number}])

    def store(self) -> Changed:
        """Write the buckets that changed; their hashes hold when the transaction has committed."""
        new, changed, hashes = [], [], {}
        for bucket in sorted(self._touched):
            leaves = b"".join(place + digest for place, digest in sorted(self._buckets[bucket].items()))
            hashes[bucket] = value = hash_of(leaves)
            row = {"hash": value, "leaves": leaves}
            if self.hashes[bucket] == EMPTY:
                new.append({"bucket": bucket, **row})
            else:
                changed.append({"at_bucket": bucket, **row})
        if new:
            _NEW_BUCKET.run(self._connection, new)
        if changed:
            _CHANGED_BUCKET.run(self._connection, changed)
        return replace(self.hashes.with_buckets(hashes), written=tuple(self._written))

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to store."""
        return bool(self._touched)

    def _read(self, table: Guarded, keys: Sequence[Values]) -> dict[Values, Values]:
        return {
            table.key_of(row): row
            for query, values in table.by_keys(keys)
            for row in query.run(self._connection, values).fetchall()
        }

    def _compare(self, table: Guarded, place: bytes, digest: bytes | None) -> None:
        if self._buckets[bucket_of(place)].get(place) != digest:
            raise RowsChanged(table.name)

    def _load(self, places: Iterable[bytes]) -> None:
        """Read the buckets of these places that are not read yet; all at once."""
        missing = [bucket for bucket in dict.fromkeys(map(bucket_of, places)) if bucket not in self._buckets]
        stored: dict[int, object] = {}
        for some, size in pieces(missing):
            stored.update(_BUCKETS[size].run(self._connection, numbered(some, size)).fetchall())
        for bucket in missing:
            leaves = stored.get(bucket, b"")
            if type(leaves) is not bytes or hash_of(leaves) != self.hashes[bucket]:
                raise RowsChanged(_DIGESTS.name)
            self._buckets[bucket] = _parsed(leaves)


def bucket_of(place: bytes) -> int:
    """The bucket of a row whose leaf has this place."""
    return int.from_bytes(place[:BUCKET_BYTES], "big")


def hash_of(leaves: bytes) -> bytes:
    """The hash of a bucket with these leaves."""
    return sha256(leaves).digest() if leaves else EMPTY


def _parsed(leaves: bytes) -> Leaves:
    return {leaves[at : at + HASH]: leaves[at + HASH : at + LEAF] for at in range(0, len(leaves), LEAF)}
