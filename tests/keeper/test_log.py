"""The tree over the database gives the same roots and proofs as the tree in memory."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crypto.errors import BadProof
from crypto.keys import SigningKey
from crypto.merkle import Frontier, leaf_hash, verify_consistency, verify_inclusion
from crypto.notes import NoteSigner, open_checkpoint
from crypto.statements import DONE, Entry, commitment
from tests.clocks import FixedClock
from tests.world import NOON
from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.batch import own_statement
from tipline.keeper.log import Growth, Log, read_head
from tipline.keeper.migrations import upgrade
from tipline.keeper.nodes import Nodes

KEY = SigningKey.from_seed(bytes(32))
SIGNER = NoteSigner("test.example/log", KEY)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty keeper's database."""
    database = Database(f"sqlite:///{tmp_path / 'keeper.db'}")
    upgrade(database.engine)
    yield database
    database.dispose()


def grow(database: Database, number: int) -> None:
    """Add entries in one batch."""
    statement = own_statement("test.example/log", 0, {"type": "unreadable", "digest": "0" * 64}, KEY)
    with database.writing() as session:
        growth = Growth(read_head(session.connection()))
        for _ in range(number):
            growth.append(Entry(FixedClock(NOON).unix(), DONE, "", statement))
        growth.store(session.connection(), SIGNER, lambda _: b"")


def leaves(database: Database) -> list[bytes]:
    table = models.entries.c
    with database.reading() as session:
        rows = session.execute(select(table.salt, table.entry).order_by(table.index)).all()
    return [leaf_hash(commitment(salt, entry)) for salt, entry in rows]


def roots(leaves: list[bytes]) -> list[bytes]:
    """The root at every size from 0 on."""
    tree = Frontier()
    found = [tree.root()]
    for leaf in leaves:
        tree.append(leaf)
        found.append(tree.root())
    return found


def test_proofs_from_stored_tiles_lead_to_the_roots_of_the_tree_in_memory(database: Database) -> None:
    chance = Random(3)
    while len(all_leaves := leaves(database)) < 1300:
        grow(database, chance.randint(1, 300))
    expected, log = roots(all_leaves), Log(database)
    for _ in range(300):
        new = chance.randint(1, len(all_leaves))
        old, index = chance.randint(0, new), chance.randrange(new)
        verify_inclusion(all_leaves[index], index, new, log.inclusion(index, new), expected[new])
        verify_consistency(old, expected[old], new, expected[new], log.consistency(old, new))
    with database.reading() as session:
        head = read_head(session.connection())
    signed = open_checkpoint(head.checkpoint, [SIGNER.verifier])
    assert (signed.size, signed.root) == (len(all_leaves), expected[-1])


def test_what_a_batch_has_finished_is_proved_without_a_look_at_the_database(database: Database) -> None:
    grow(database, 300)
    nodes = Nodes(database)
    tree = Frontier()
    for leaf in leaves(database):
        nodes.keep(tree.append(leaf))
    database.dispose()
    assert Nodes(database)(8, 0) == nodes(8, 0)


def test_a_proof_beyond_the_log_is_none(database: Database) -> None:
    grow(database, 3)
    log = Log(database)
    with pytest.raises(BadProof):
        log.inclusion(2, 4)
    with pytest.raises(BadProof):
        log.consistency(2, 5)


@settings(max_examples=30)
@given(size=st.integers(1, 2000), seed=st.integers(0, 2**32))
def test_nodes_of_any_level_come_from_their_tile(size: int, seed: int) -> None:
    class Stored(Nodes):
        """Tiles from memory in place of the database."""

        def __init__(self, tree: dict[tuple[int, int], bytes]) -> None:
            super().__init__(None)  # type: ignore[arg-type]  # never asked
            self._tree = tree

        def _stored(self, level: int, start: int, stop: int) -> list[bytes]:
            return [self._tree[8 * level, at] for at in range(start, stop) if (8 * level, at) in self._tree]

    chance, tree = Random(seed), Frontier()
    finished = {
        (level, index): value
        for _ in range(size)
        for level, index, value in tree.append(chance.randbytes(32))
    }
    nodes = Stored(finished)
    for (level, index), value in chance.sample(sorted(finished.items()), min(len(finished), 40)):
        assert nodes(level, index) == value


def test_the_models_are_what_the_migrations_make(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), models.metadata) == []
