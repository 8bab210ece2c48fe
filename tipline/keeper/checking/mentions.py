"""The tips that statements name among others, compared with the entries.

The table lies in the order of tips, and the log in that of entries. So of each entry a sum is kept over what
it names, under a key that nobody can know before, and what the table holds is taken off again.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, not_, select, tuple_

from crypto.randomness import random_bytes
from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.checking.differing import require_same
from tipline.keeper.checking.errors import NO_ENTRY, RowAdded
from tipline.keeper.checking.said import Said, read_said
from tipline.keeper.prepared import Prepared

_TABLE: Final = models.mentions.c
_NAME: Final = models.mentions.name
_AT_ONCE: Final = 4_096
_KEY_LENGTH: Final = 32
_SUM_LENGTH: Final = 16
_PAGE: Final = Prepared(
    select(_TABLE.tip, _TABLE.index)
    .where(tuple_(_TABLE.tip, _TABLE.index) > tuple_(bindparam("tip"), bindparam("index")))
    .order_by(_TABLE.tip, _TABLE.index)
    .limit(_AT_ONCE)
)
_OF_ENTRY: Final = select(_TABLE.tip).where(_TABLE.index == bindparam("at"))
_BELOW: Final = (
    select(func.count())
    .select_from(models.mentions)
    .where(not_(_TABLE.index.between(bindparam("size"), bindparam("last"))))
)


class MentionsCheck:
    """What was named, less what is stored."""

    def __init__(self) -> None:
        self._key = random_bytes(_KEY_LENGTH)
        self._left: dict[int, int] = {}
        self._walked = 0

    def hear(self, said: Said) -> None:
        """Take in the next entry."""
        tips = _named(said)
        if tips:
            self._left[said.place] = sum(self._hash(bytes.fromhex(tip), said.place) for tip in tips)

    def walk(self, database: Database, size: int) -> None:
        """Take off what is stored of the entries below a size, and look at what is left.

        Raises:
            CheckFailed: with the first entry that names other tips than are stored.
        """
        after: tuple[Any, Any] = (b"", NO_ENTRY)
        while True:
            with database.engine.begin() as connection:
                rows = _PAGE.run(connection, {"tip": after[0], "index": after[1]}).fetchall()
            if not rows:
                break
            after = rows[-1]
            self._take_off(rows, size)
        for index in sorted(index for index, left in self._left.items() if left):
            with database.engine.begin() as connection:
                self._look_at(connection, index)

    def finish(self, connection: Connection, size: int, now: int) -> None:
        """Check that nothing was passed over: there were `size` entries, and there are `now`.

        Raises:
            RowAdded: for a row of no entry.
        """
        # SQLite keeps text in place of an id, too, and puts it before all bytes.
        number = connection.scalar(_BELOW, {"size": size, "last": now - 1}) or 0
        if number > self._walked:
            raise RowAdded(NO_ENTRY, _NAME)

    def _take_off(self, rows: Iterable[tuple[Any, Any]], size: int) -> None:
        for tip, index in rows:
            if type(index) is not int or type(tip) is not bytes:
                raise RowAdded(NO_ENTRY, _NAME)
            if index < size:
                self._left[index] = self._left.get(index, 0) - self._hash(tip, index)
                self._walked += 1

    def _look_at(self, connection: Connection, index: int) -> None:
        """What one entry names, in one transaction with what is stored: it may be forgotten by now."""
        said = next(read_said(connection, index, index + 1), None)
        named = [(bytes.fromhex(tip), index) for tip in _named(said)] if said else []
        stored = [(tip, index) for (tip,) in connection.execute(_OF_ENTRY, {"at": index})]
        require_same(_NAME, named, stored, lambda row: row[1])

    def _hash(self, tip: bytes, index: int) -> int:
        named = tip + index.to_bytes(8, "big", signed=True)
        return int.from_bytes(blake2b(named, key=self._key, digest_size=_SUM_LENGTH).digest())


def _named(said: Said) -> list[str]:
    tips: list[str] = said.body.get("tips", []) if said.done else []
    return tips
