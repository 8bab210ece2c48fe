"""A keeper's database that somebody writes by hand, and what a keeper does that notices."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from crypto.statements import Statement
from tests.keeper.observed import Observed
from tests.keeper.test_acknowledging import acknowledgement, head, refuse
from tests.keeper.test_rollback import database_file
from tests.world import SealedTip, World, member_id, request
from tipline.keeper.digests.rows import bucket_of
from tipline.keeper.digests.tables import GUARDED
from tipline.keeper_client import KeeperStopped, Reason


@dataclass(frozen=True)
class Edit:
    """Rows as they stood when it was made; put back whole."""

    table: str
    columns: str
    rows: list[Any]


@dataclass
class Scene:
    """A keeper that has written rows of each table. `tip` keeps reviewer-a's unit out, and did not at first.

    `before` holds the row of the tip, and its bucket, from before that.
    """

    world: World
    keeper: Observed
    tip: SealedTip
    decoy: SealedTip
    before: tuple[Edit, ...]

    def read(self, by: str = "reviewer-a") -> object:
        """A reading of the tip."""
        return self.keeper.client.release(self.world.read(by, self.tip), [request(self.tip.item("text"))])

    def run(self, *statements: tuple[str, tuple[object, ...]]) -> None:
        """Write the database by hand; each statement must change something."""
        with closing(sqlite3.connect(database_file(self.world), timeout=10)) as connection, connection:
            for statement, values in statements:
                assert connection.execute(statement, values).rowcount > 0, statement

    def put_back(self, *edits: Edit) -> None:
        """Put rows in place of those with their keys."""
        for edit in edits:
            marks = ", ".join("?" * len(edit.rows[0]))
            self.run(
                *((f"replace into {edit.table} ({edit.columns}) values ({marks})", row) for row in edit.rows)
            )


def kept(world: World, table: str, where: str, *values: object) -> Edit:
    """Rows of a table as they stand."""
    with closing(sqlite3.connect(database_file(world), timeout=10)) as connection:
        cursor = connection.execute(f"select * from {table} where {where}", values)
        columns = ", ".join(f'"{one[0]}"' for one in cursor.description)
        return Edit(table, columns, cursor.fetchall())


def bucket_at(table: str, *key: object) -> int:
    """The bucket of the row with this key."""
    return next(bucket_of(one.place(key)) for one in GUARDED if one.name == table)


def assert_stopped(scene: Scene, table: str) -> None:
    """Nothing else is read or signed either; the alarm stands, and tips arrive."""
    world, keeper = scene.world, scene.keeper
    tip = world.put_in(world.seal_tip())
    with pytest.raises(KeeperStopped):
        keeper.client.release(world.read("reviewer-b", tip), [request(tip.item("text"))])
    with pytest.raises(KeeperStopped):
        keeper.client.append(world.sign("remove", "registrar", member=member_id("auditor")))
    health, heads = keeper.client.health(), keeper.client.heads()
    assert (health.alarms[0], health.stopped) == ("rows-changed", True)
    assert heads is not None
    assert (heads.what, heads.stop, heads.lost) == ("rows", "rows", {})
    assert {name: heads.found[name] for name in ("size", "root")} == head(world)
    assert heads.table == table


def said(world: World, *by: str, what: str = "rows", **changes: Any) -> Statement:
    return acknowledgement(world, {}, changes.pop("found", found(world)), *by, what=what, **changes)


def found(world: World) -> dict[str, Any]:
    """Head and rows of a keeper that stopped for its rows; of another one its head, and no such rows."""
    heads = world.client().heads()
    return dict(heads.found) if heads and heads.table else {**head(world), "rows": "0" * 64}


def let_go_on(world: World, keeper: Observed) -> None:
    """One alone does not."""
    refuse(lambda: keeper.client.acknowledge(said(world, "auditor")), Reason.TWO_SIGNATURES)
    keeper.client.acknowledge(said(world))
    works_for_another(world)
    assert "rows-changed" not in keeper.client.health().alarms


def works_for_another(world: World) -> None:
    keeper, tip = Observed(world), world.seal_tip()
    assert keeper.client.release(world.read("reviewer-b", tip), [request(tip.item("text"))]).inner
    assert keeper.client.heads() is None
