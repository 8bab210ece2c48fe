"""The tables whose rows have digests, and what a digest is of.

A row's place is SHA-256(table ‖ 0x00 ‖ key), its bucket the first two bytes of that, and its leaf the place
and SHA-256(row), 64 bytes. Key and row are their columns in the table's order, each as a letter for its type,
its length (8 bytes) and its bytes: SQLite keeps text where bytes belong, and the two must differ.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Column, Connection, Select, Table, bindparam, insert, select, tuple_, update

from tipline.keeper import models
from tipline.keeper.alerting.models import acts, alerts, decoys, watched
from tipline.keeper.disclosing.models import disclosures
from tipline.keeper.inventory.models import remembered
from tipline.keeper.prepared import Prepared
from tipline.keeper.registering.models import interference
from tipline.keeper.rewards.models import awards, budgets
from tipline.keeper.rewards.money_models import mint_keys, pickups, reward_days, tries, vouchers

BUCKET_BYTES: Final = 2
BUCKETS: Final = 256**BUCKET_BYTES
SIZES: Final = (1, 8, 64)
"""How many keys one query names: a statement is made once for each."""

Values = tuple[Any, ...]
"""A key or a row: columns in the table's order, as the driver gives them."""


@dataclass(frozen=True)
class Guarded:
    """One table whose rows count only with their digests."""

    table: Table

    @cached_property
    def name(self) -> str:
        """The table's name, as plain text: SQLAlchemy's own kind of it has another digest."""
        return str(self.table.name)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(self.table.c.keys())

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The names of the key's columns, in order."""
        return tuple(column.name for column in self.table.primary_key.columns)

    @cached_property
    def _key_places(self) -> tuple[int, ...]:
        return tuple(self.columns.index(name) for name in self.keys)

    @cached_property
    def _prefix(self) -> bytes:
        return self.name.encode("ascii") + b"\0"

    def key_of(self, row: Sequence[Any]) -> Values:
        """The key in a row."""
        return tuple([row[place] for place in self._key_places])

    def place(self, key: Values) -> bytes:
        """Where a row with this key has its leaf: 32 bytes, the first two of them its bucket."""
        return sha256(self._prefix + _packed(key)).digest()

    @cached_property
    def all_columns(self) -> tuple[Column[Any], ...]:
        """For a query that finds rows: `Prepared` gives them as `key_of` and `digest_of` want them."""
        return tuple(self.table.c)

    def has_form(self, row: Sequence[Any]) -> bool:
        """Whether each column holds what it is for: SQLite takes anything."""
        return all(type(value) is kind for value, kind in zip(row, self._types, strict=True))

    @cached_property
    def _types(self) -> tuple[type, ...]:
        return tuple(column.type.python_type for column in self.table.c)

    @cached_property
    def new(self) -> Prepared:
        """Insert rows."""
        return Prepared(insert(self.table))

    @cached_property
    def changed(self) -> Prepared:
        """Set all but the key of rows that are there; the key's values are named `at_…`."""
        condition = [self.table.c[name] == bindparam(f"at_{name}") for name in self.keys]
        rest: dict[str, Any] = {name: bindparam(name) for name in self.columns if name not in self.keys}
        return Prepared(update(self.table).where(*condition).values(rest))

    def by_keys(self, keys: Sequence[Values]) -> Iterable[tuple[Prepared, dict[str, Any]]]:
        """The queries, with their values, that find the rows with these keys."""
        if len(self.keys) > 1:
            for key in keys:
                yield self._one, dict(zip(self.keys, key, strict=True))
            return
        for some, size in pieces([key[0] for key in keys]):
            yield self._several[size], numbered(some, size)

    @cached_property
    def _one(self) -> Prepared:
        condition = [self.table.c[name] == bindparam(name) for name in self.keys]
        return Prepared(select(*self.all_columns).where(*condition))

    @cached_property
    def _several(self) -> dict[int, Prepared]:
        return prepared_in(select(*self.all_columns), self.table.c[self.keys[0]])

    def page(self, connection: Connection, after: Values | None, count: int) -> list[Values]:
        """So many rows in the order of their keys, those behind one key or, with None, the first."""
        if after is None:
            return list(self._first.run(connection, {"count": count}).fetchall())
        values = {f"after_{name}": value for name, value in zip(self.keys, after, strict=True)}
        return list(self._following.run(connection, {"count": count, **values}).fetchall())

    @cached_property
    def _first(self) -> Prepared:
        return Prepared(self._in_order())

    @cached_property
    def _following(self) -> Prepared:
        after = tuple_(*(bindparam(f"after_{name}", type_=self.table.c[name].type) for name in self.keys))
        return Prepared(self._in_order().where(tuple_(*self.table.primary_key.columns) > after))

    def _in_order(self) -> Select[Any]:
        key = self.table.primary_key.columns
        return select(*self.all_columns).order_by(*key).limit(bindparam("count"))


def digest_of(row: Sequence[Any]) -> bytes:
    """SHA-256 of a row's columns."""
    return sha256(_packed(row)).digest()


def _packed(values: Sequence[Any]) -> bytes:
    parts: list[bytes] = []
    for value in values:
        if isinstance(value, bytes):
            kind, data = b"b", value
        elif isinstance(value, str):
            kind, data = b"s", value.encode("utf-8", "surrogatepass")
        elif isinstance(value, int):
            kind, data = b"i", b"%d" % value
        else:  # nothing that the keeper writes
            kind, data = b"?", repr(value).encode("utf-8", "surrogatepass")
        parts += (kind, len(data).to_bytes(8, "big"), data)
    return b"".join(parts)


def prepared_in(query: Select[Any], column: Column[Any]) -> dict[int, Prepared]:
    """The query for rows whose column is one of several values, once for each of `SIZES`."""
    return {
        size: Prepared(query.where(column.in_([bindparam(f"v{place}") for place in range(size)])))
        for size in SIZES
    }


def pieces(values: Sequence[Any]) -> Iterator[tuple[Sequence[Any], int]]:
    """The values in pieces, each with the smallest of `SIZES` that holds it."""
    for start in range(0, len(values), SIZES[-1]):
        some = values[start : start + SIZES[-1]]
        yield some, next(size for size in SIZES if len(some) <= size)


def numbered(some: Sequence[Any], size: int) -> dict[str, Any]:
    """What a query of this size wants; the first value stands in for those that are too few."""
    return {f"v{place}": some[place] if place < len(some) else some[0] for place in range(size)}


TIPS: Final = Guarded(models.tips)
ITEMS: Final = Guarded(models.items)
LETTERS: Final = Guarded(models.letters)
CARD_GROUPS: Final = Guarded(models.card_groups)
ROW_COUNTS: Final = Guarded(models.row_counts)
DECOYS: Final = Guarded(decoys)
ACTS: Final = Guarded(acts)
WATCHED: Final = Guarded(watched)
DISCLOSURES: Final = Guarded(disclosures)
ALERTS: Final = Guarded(alerts)
INTERFERENCE: Final = Guarded(interference)
REMEMBERED: Final = Guarded(remembered)
AWARDS: Final = Guarded(awards)
BUDGETS: Final = Guarded(budgets)
MINT_KEYS: Final = Guarded(mint_keys)
VOUCHERS: Final = Guarded(vouchers)
PICKUPS: Final = Guarded(pickups)
TRIES: Final = Guarded(tries)
REWARD_DAYS: Final = Guarded(reward_days)

GUARDED: Final = (
    TIPS,
    ITEMS,
    LETTERS,
    CARD_GROUPS,
    ROW_COUNTS,
    DECOYS,
    ACTS,
    WATCHED,
    DISCLOSURES,
    ALERTS,
    INTERFERENCE,
    REMEMBERED,
    AWARDS,
    BUDGETS,
    MINT_KEYS,
    VOUCHERS,
    PICKUPS,
    TRIES,
    REWARD_DAYS,
)
"""All of them."""

FOLLOWED: Final = frozenset((TIPS, AWARDS, VOUCHERS))
"""Tables that somebody keeps in memory, and brings forward by the rows that were written."""

OPEN_ALERTS: Final = f"{ALERTS.name}/open"
"""What counts the alerts that wait for a review."""
