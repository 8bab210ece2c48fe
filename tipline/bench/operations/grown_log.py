"""Entries written as rows behind those that a log has, and its head anew: signing each would take an hour."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from crypto.keys import SigningKey
from crypto.merkle import Frontier
from crypto.notes import Checkpoint, NoteSigner, sign_checkpoint
from crypto.statements import DONE, ENTRY_TAG
from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.digests.anew import take_anew
from tipline.keeper.digests.seal import NO_CHANGES, RowSeal, with_change
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.levels import LEAVES, LevelTree
from tipline.keeper.prepared import Prepared
from tipline.keeper.shapes import ROSTER_TYPES
from tipline.settings import Settings

AT_ONCE: Final = 16_384
"""Entries that are written together."""
UNSIGNED: Final = "A" * 86 + "=="
"""Stands for the signature of a person: it is none."""
_NEW_ENTRY: Final = Prepared(insert(models.entries))
_NEW_FACETS: Final = Prepared(insert(models.facets))
_NEW_NODE: Final = Prepared(insert(models.nodes))


@dataclass(frozen=True)
class GrownLog:
    """A log that is being written, in one transaction, and the key that signs it."""

    connection: Connection
    tree: LevelTree
    log_key: SigningKey = field(repr=False)

    def add(self, entries: Sequence[Mapping[str, Any]], facets: Sequence[Mapping[str, Any]]) -> None:
        """Add the rows of entries and what is looked up of them; their indices begin at the tree's size."""
        if entries:
            _NEW_ENTRY.run(self.connection, entries)
            _NEW_FACETS.run(self.connection, facets)
            self.tree.extend([_leaf(row["salt"], row["entry"]) for row in entries])


@contextmanager
def grown_log(settings: Settings) -> Iterator[GrownLog]:
    """An instance's log; when the block ends, the keeper's keys sign its head and seal its rows."""
    folder = KeeperFolder(settings.keeper_folder)
    keys = folder.keys()
    database = Database(settings.keeper_database_url)
    try:
        with database.changing() as connection:
            tree = LevelTree(lambda level, start, hashes: _store_nodes(connection, level, start, hashes))
            tree.extend(_leaves_before(connection))
            yield GrownLog(connection, tree, keys.log_key)
            checkpoint = Checkpoint(settings.origin, tree.size, Frontier(tree.size, tree.peaks).root())
            note = sign_checkpoint(checkpoint, [NoteSigner(settings.origin, keys.log_key)])
            sealed = RowSeal(keys.identity).make(note, take_anew(connection).root, _changes_of(connection))
            values = {"size": tree.size, "frontier": b"".join(tree.peaks), "checkpoint": note, "rows": sealed}
            connection.execute(update(models.head).values(values))
    finally:
        database.dispose()
    folder.write_last_signed(note, sealed)


def _changes_of(connection: Connection) -> bytes:
    """The digest of the entries that make the roster."""
    table, changes = models.entries.c, NO_CHANGES
    of_roster = table.type.in_(ROSTER_TYPES) & (table.outcome == DONE)
    rows = select(table.index, table.salt, table.entry).where(of_roster).order_by(table.index)
    for index, salt, entry in connection.execute(rows):
        changes = with_change(changes, index, _leaf(salt, entry))
    return changes


def _leaves_before(connection: Connection) -> list[bytes]:
    """The leaves that are there; what is stored of the tree goes, and is stored anew."""
    nodes = models.nodes.c
    leaves = connection.scalars(select(nodes.hash).where(nodes.level == LEAVES).order_by(nodes.position))
    found = list(leaves)
    connection.execute(delete(models.nodes))
    return found


def _leaf(salt: bytes, entry: bytes) -> bytes:
    return sha256(b"\x00" + sha256(ENTRY_TAG + salt + entry).digest()).digest()


def _store_nodes(connection: Connection, level: int, start: int, hashes: list[bytes]) -> None:
    rows = [{"level": level, "position": place, "hash": value} for place, value in enumerate(hashes, start)]
    _NEW_NODE.run(connection, rows)
