"""Whether what the keeper remembers of held items is what its last list said.

No other table says what is expected: a row that is taken out of `held` together with its item would be missed
by nobody. So the rows must make count, root and figures of the last `inventory` in the log, whose entry is
proved first. They change with a list and never between two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, func, select

from crypto.errors import BadProof
from crypto.merkle import Frontier, leaf_hash, verify_inclusion
from crypto.statements import DONE, SALT_LENGTH, Entry, commitment
from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.inventory.committing import PAGE, Commitment, pages
from tipline.keeper.inventory.models import held, inventories, strangers
from tipline.keeper.log import Head, Log
from tipline.keeper.prepared import Prepared

TYPE: Final = "inventory"
FIGURES: Final = ("count", "missing", "changed", "unvouched")

_ENTRIES: Final = models.entries.c
_PINS: Final = models.items.c
_ROWS: Final = Prepared(
    select(
        *(held.c[name] for name in ("item", "salt", "digest", "tip", "kind")),
        *(held.c[name] for name in ("noted", "since", "lost", "changed")),
        *(_PINS[name] for name in ("digest", "tip", "kind")),
    )
    .outerjoin(models.items, _PINS.item == held.c.item)
    .where(held.c.item > bindparam("after"))
    .order_by(held.c.item)
    .limit(PAGE)
)


@dataclass(frozen=True)
class Listed:
    """A list as its statement says it: the entry's index, salt and bytes, the statement's body."""

    index: int
    salt: bytes
    data: bytes
    body: Mapping[str, Any]

    @property
    def altered(self) -> bool:
        """Whether what was remembered of the list before was another one; lists from before say nothing."""
        return self.body.get("altered") is True

    def figures(self) -> dict[str, int]:
        """Its four numbers."""
        return {name: self.body[name] for name in FIGURES}

    def says(self, fields: Mapping[str, Any]) -> bool:
        """Whether it says just that."""
        said = {"altered": False, **self.body}
        return all(said.get(name) == value for name, value in fields.items())

    def to_fields(self) -> dict[str, Any]:
        """As the sites are told it."""
        return {"index": self.index, "day": self.body["day"], **self.figures(), "altered": self.altered}


def latest(connection: Connection, count: int = 1) -> list[Listed]:
    """The last lists in the log, the newest first."""
    rows = connection.execute(_latest().limit(count)).all()
    return [Listed(index, salt, data, Entry.decode(data).statement.body) for index, salt, data in rows]


def is_remembered(database: Database, log: Log, head: Head) -> bool:
    """Whether `held` and its companions are as the last list left them. Takes seconds at a million items.

    Args:
        head: as it was signed last; the list's entry must stand in its tree.
    """
    with database.engine.begin() as connection:
        newest = latest(connection, 2)
        rows = connection.execute(_last_row()).mappings().all()
        unvouched = connection.scalar(select(func.count()).select_from(strangers)) or 0
    if not newest:
        return not rows and not any(pages(database, _ROWS))  # nothing was ever promised
    last = newest[0]
    said = {"index": last.index, **_said(last.body)}
    if not _stands(last, log, head) or [dict(row) for row in rows] != [said]:
        return False
    walk = _Walk(max(one.body["day"] for one in newest))  # a clock may have gone back between two lists
    for row in pages(database, _ROWS):
        walk.take(row)
    return walk.is_right and {**walk.figures(), "unvouched": unvouched} == {
        name: said[name] for name in (*FIGURES, "root")
    }


def figures_now(connection: Connection) -> dict[str, int]:
    """The same figures, counted at once and without the root: what may have changed since."""
    listed = (held.c.since != "") & (held.c.lost == "") & (held.c.changed == "")
    conditions = (listed, held.c.lost != "", held.c.changed != "")
    query = select(*(func.count().filter(each) for each in conditions)).select_from(held)
    numbers: Sequence[int] = connection.execute(query).one()
    unvouched = connection.scalar(select(func.count()).select_from(strangers)) or 0
    return dict(zip(FIGURES, (*numbers, unvouched), strict=True))


class _Walk:
    """One walk over `held`: what of it was in the last list, and whether each row can be as it was left."""

    def __init__(self, day: str) -> None:
        self.is_right = True
        self._day = day
        self._intact = Commitment()
        self._missing = self._changed = 0

    def take(self, row: tuple[Any, ...]) -> None:
        item, salt, digest, tip, kind, _, since, lost, changed, *pin = row
        self._missing += lost != ""
        self._changed += changed != ""
        if not self._can_be(row) or (pin[0] is not None and pin != [digest, tip, kind]):
            self.is_right = False
        elif since and not lost and not changed:
            self._intact.add(item, salt, digest)

    def figures(self) -> dict[str, Any]:
        count, root = self._intact.finish()
        return {"count": count, "missing": self._missing, "changed": self._changed, "root": root}

    def _can_be(self, row: tuple[Any, ...]) -> bool:
        """SQLite keeps whatever it is given; and no day lies behind that of the list."""
        _, salt, digest, tip, kind, *days = row[:9]
        types = [type(each) for each in (salt, digest, tip, kind, *days)]
        return types == _TYPES and len(salt) in (0, SALT_LENGTH) and max(days) <= self._day


_TYPES: Final = [bytes, bytes, bytes, str, str, str, str, str]


def _latest() -> Select[Any]:
    of_lists = (_ENTRIES.type == TYPE) & (_ENTRIES.outcome == DONE)
    return (
        select(_ENTRIES.index, _ENTRIES.salt, _ENTRIES.entry).where(of_lists).order_by(_ENTRIES.index.desc())
    )


def _last_row() -> Select[Any]:
    return select(inventories).order_by(inventories.c.index.desc()).limit(1)


def _said(body: Mapping[str, Any]) -> dict[str, Any]:
    """As the table has it."""
    return {"day": body["day"], "root": bytes.fromhex(body["root"]), **{name: body[name] for name in FIGURES}}


def _stands(last: Listed, log: Log, head: Head) -> bool:
    """Whether the entry is the one that was logged at its place."""
    leaf = leaf_hash(commitment(last.salt, last.data))
    root = Frontier(head.size, head.peaks).root()
    try:
        verify_inclusion(leaf, last.index, head.size, log.inclusion(last.index, head.size), root)
    except BadProof:
        return False
    return True
