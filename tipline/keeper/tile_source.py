"""What tiles are made of, read from the keeper's database: hashes, and commitments instead of entries."""

from collections.abc import Sequence

from sqlalchemy import select

from crypto.merkle import NodeSource
from crypto.statements import commitment
from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.nodes import Nodes


class TileSource:
    """A `tipline.tiles.service.Stored` over the keeper's database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._nodes = Nodes(database)

    @property
    def node(self) -> NodeSource:
        """The hash of a complete subtree."""
        return self._nodes

    def hashes(self, level: int, start: int, count: int) -> Sequence[bytes]:
        """Hashes of a tile's level, as far as it reaches."""
        table = models.nodes.c
        here = (table.level == level) & (table.position >= start) & (table.position < start + count)
        with self._database.reading() as session:
            return list(session.scalars(select(table.hash).where(here).order_by(table.position)))

    def commitments(self, start: int, count: int) -> Sequence[bytes]:
        """What stands in the tree for entries; of one that was forgotten it is all that is left."""
        table = models.entries.c
        here = (table.index >= start) & (table.index < start + count)
        with self._database.reading() as session:
            rows = session.execute(select(table.salt, table.entry).where(here).order_by(table.index))
            return [commitment(salt, entry) if entry else salt for salt, entry in rows]
