"""The second half of the full check: the keeper's tables beside the log, which has been checked before.

    entries ─▶ facets, piece by piece ─▶ mentions ─▶ alerts with reviews, inventories, letters ─▶ guarded rows

What repeats entries is made again and compared: what it lacks is not found and not counted. Rows that decide
something are compared with their digests (`tipline.keeper.digests`). The keeper may run meanwhile.
"""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from crypto.merkle import leaf_hash
from crypto.statements import commitment
from tipline.database import Database
from tipline.keeper.checking.errors import Unreadable
from tipline.keeper.checking.facets import FacetsCheck
from tipline.keeper.checking.guarded import check_rows, check_seal
from tipline.keeper.checking.mentions import MentionsCheck
from tipline.keeper.checking.repeated import RepeatedCheck
from tipline.keeper.checking.said import read_said
from tipline.keeper.digests.seal import NO_CHANGES, RowSeal, with_change
from tipline.keeper.log import read_head
from tipline.keeper.shapes import ROSTER_TYPES

PIECE: Final = 4_096
"""Entries that are read in one short transaction; between two of them the keeper that runs beside writes."""

_CHANGES: Final = frozenset(ROSTER_TYPES)

Progress = Callable[[int, int], None]
"""(entries looked at, entries in all)."""


def check_tables(database: Database, seal: RowSeal, progress: Progress) -> None:
    """Compare all tables with the entries that there are, or with their digests.

    Args:
        database: the keeper's.
        seal: under the keeper's own key.
        progress: told after each piece of the log.

    Raises:
        CheckFailed: with the name of the table, and the first entry where there is one.
    """
    try:
        _check(database, seal, progress)
    except (DBAPIError, database.engine.dialect.loaded_dbapi.Error) as error:  # the driver's own, of fetching
        raise Unreadable from error


def _check(database: Database, seal: RowSeal, progress: Progress) -> None:
    tables = _Tables()
    with database.engine.begin() as connection:
        size = read_head(connection).size
    for start in range(0, size, PIECE):
        stop = min(start + PIECE, size)
        with database.engine.begin() as connection:
            tables.take(connection, start, stop)
        progress(stop, size)
    tables.mentions.walk(database, size)
    with database.engine.begin() as connection:
        tables.finish(connection, size)
        check_seal(connection, seal, tables.changes)
    check_rows(database)


class _Tables:
    """One walk along the log for all tables."""

    def __init__(self) -> None:
        self.mentions = MentionsCheck()
        self.changes = NO_CHANGES  # of the statements that make the roster
        self._facets = FacetsCheck()
        self._repeated = RepeatedCheck()

    def take(self, connection: Connection, start: int, stop: int) -> None:
        """Take in some entries, and compare what lies in their order."""
        self._hear(connection, start, stop)
        self._facets.compare(connection)

    def finish(self, connection: Connection, size: int) -> None:
        """Take in what was logged meanwhile, and compare the rest in the same transaction."""
        now = read_head(connection).size
        self._hear(connection, size, now)
        self._facets.compare(connection, to_end=True)
        self.mentions.finish(connection, size, now)
        self._repeated.compare(connection)

    def _hear(self, connection: Connection, start: int, stop: int) -> None:
        for said in read_said(connection, start, stop):
            self._facets.hear(said)
            self.mentions.hear(said)
            self._repeated.hear(said)
            if said.done and said.body["type"] in _CHANGES:
                leaf = leaf_hash(commitment(said.salt, said.data))
                self.changes = with_change(self.changes, said.place, leaf)
