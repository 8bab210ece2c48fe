"""A keeper's database after some work, and what somebody does to it who may write the file."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select

from crypto.merkle import leaf_hash
from crypto.statements import DONE, commitment
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.test_alerts import burst, index_of, look, review, rules
from tests.keeper.test_cases import advance, opened, reason, stated
from tests.keeper.test_listing import Group
from tests.world import NOON, World, member_id
from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.checking.errors import NO_ENTRY
from tipline.keeper.checking.tables import check_tables
from tipline.keeper.digests.anew import take_anew
from tipline.keeper.digests.seal import NO_CHANGES, RowSeal, with_change
from tipline.keeper.digests.tables import GUARDED
from tipline.keeper.log import read_head, store_seal
from tipline.keeper.shapes import ROSTER_TYPES

_BLANK = {int: 1, str: "", bytes: b""}


@dataclass(frozen=True)
class Stored:
    """A keeper's database with no keeper running on it."""

    path: Path
    seal: RowSeal

    def by_hand(self, statement: str, *values: object) -> None:
        """What somebody does who may write the file."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            assert connection.execute(statement, values).rowcount

    def fill(self) -> None:
        """A row for each guarded table that has none, as if the keeper had written it."""
        database = Database(f"sqlite:///{self.path}")
        with database.changing() as connection:
            for guarded in GUARDED:
                table = guarded.table
                if connection.scalar(select(func.count()).select_from(table)) == 0:
                    blank = {one.name: _BLANK[one.type.python_type] for one in table.c}
                    connection.execute(insert(table).values(blank))
            changes = _changes(connection)
            root, note = take_anew(connection).root, read_head(connection).checkpoint
            store_seal(connection, self.seal.make(note, root, changes))
        database.dispose()

    def check(self) -> None:
        """The comparison."""
        database = Database(f"sqlite:///{self.path}")
        try:
            check_tables(database, self.seal, told_nobody)
        finally:
            database.dispose()

    def places(self) -> dict[str, int]:
        """The first entry of each type, and what else the cases name."""
        with closing(sqlite3.connect(self.path)) as connection:
            first = dict(
                connection.execute('SELECT type, min("index") FROM entries GROUP BY type').fetchall()
            )
            last = connection.execute('SELECT max("index") FROM alerts').fetchone()[0]
        return {**first, "open alert": last, "none": NO_ENTRY, "9999": 9999}

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with closing(sqlite3.connect(self.path)) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _changes(connection: Connection) -> bytes:
    """The digest of what makes the roster."""
    table, changes = models.entries.c, NO_CHANGES
    rows = select(table.index, table.salt, table.entry).where(
        table.type.in_(ROSTER_TYPES), table.outcome == DONE
    )
    for index, salt, entry in connection.execute(rows.order_by(table.index)):
        changes = with_change(changes, index, leaf_hash(commitment(salt, entry)))
    return changes


def stored_of(world: World) -> Stored:
    """A world's keeper's database."""
    folder = world.keeper_folder
    return Stored(folder.path / "keeper.db", RowSeal(folder.keys().identity))


def told_nobody(_done: int, _all: int) -> None:
    """No progress bar."""


def work(world: World, keeper: Observed) -> None:
    """Something for each table: alerts with and without a review, tips given in one go, a letter, a list."""
    keeper.client.append(rules(world, decoy={"on": True}))
    keeper.client.append(world.sign("decoy", "auditor", tip="dc" * 16))
    group = Group(world, "u2")
    keeper.client.append(group.stated(world, "reviewer-b"), group.slip)
    burst(world, keeper)
    look(keeper)
    keeper.client.append(review(world, index_of(keeper)))
    tips = [opened(world, keeper) for _ in range(3)]
    look(keeper)
    keeper.client.append(stated(world, "assign", "reviewer-a", *tips, to=member_id("reviewer-a")))
    keeper.client.append(stated(world, "close-spam", "reviewer-a", *tips[1:], reason=reason(1)))
    advance(world, keeper, tips[0], "screening", "triage", "transferred")
    keeper.client.held.end(keeper.client.held.begin()[0])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    """A keeper's database after some work."""
    with World.made(tmp_path_factory.mktemp("tables") / "world", FixedClock(NOON)) as world:
        with world.keeper():
            work(world, Observed(world))
        made = stored_of(world)
        made.fill()
        yield made


@pytest.fixture
def stored(template: Stored, tmp_path: Path) -> Stored:
    """A copy of it."""
    return replace(template, path=Path(shutil.copy(template.path, tmp_path / "keeper.db")))
