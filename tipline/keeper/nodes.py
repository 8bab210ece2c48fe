"""The tree's nodes: recent ones in memory, the others read a tile at a time.

Only levels 0, 8, 16 … are stored, so that a tile, full or partial, is one range read; what lies between is
computed from it. A node of a complete subtree never changes, so any thread may keep it.
Source: c2sp.org/tlog-tiles (tiles of 8 levels and 256 hashes).
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select

from crypto.errors import BadProof
from crypto.merkle import TILE_WIDTH, Node, parents
from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.prepared import Prepared

TILE_LEVELS: Final = 8
_NEW_NODE: Final = Prepared(insert(models.nodes))
RANGE: Final = Prepared(
    select(models.nodes.c.hash)
    .where(
        models.nodes.c.level == bindparam("level"),
        models.nodes.c.position >= bindparam("start"),
        models.nodes.c.position < bindparam("stop"),
    )
    .order_by(models.nodes.c.position)
)
"""The stored hashes of one tile level between two positions, as far as there are any."""
_GENERATION: Final = 16_384  # nodes, about 3 MiB with their keys


def store_nodes(connection: Connection, finished: Iterable[Node]) -> None:
    """Store those of the finished nodes that lie on a tile's level."""
    rows = [
        {"level": level // TILE_LEVELS, "position": position, "hash": value}
        for level, position, value in finished
        if level % TILE_LEVELS == 0
    ]
    _NEW_NODE.run(connection, rows)


class Nodes:
    """A `crypto.merkle.NodeSource` over the stored tiles."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Two generations: what is asked for again moves to the young one, the old one is dropped whole.
        self._young: dict[tuple[int, int], bytes] = {}
        self._old: dict[tuple[int, int], bytes] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree.

        Raises:
            BadProof: the log does not reach that far.
        """
        key = (level, index)
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                found = self._read(level, index)
            self._young[key] = found
        return found

    def keep(self, finished: Iterable[Node]) -> None:
        """Remember nodes that are durable."""
        if len(self._young) > _GENERATION:
            self._old, self._young = self._young, {}
        self._young.update({(level, index): value for level, index, value in finished})

    def forget(self) -> None:
        """Forget everything: what is stored is not what was thought."""
        self._old, self._young = {}, {}

    def _read(self, level: int, index: int) -> bytes:
        tile_level, above = divmod(level, TILE_LEVELS)
        start = (index << above) // TILE_WIDTH * TILE_WIDTH
        stored = self._stored(tile_level, start, start + TILE_WIDTH)
        tile = _within_tile(tile_level * TILE_LEVELS, start, stored)
        if (level, index) not in tile:
            raise BadProof("the log does not reach that far")
        self.keep((at, place, value) for (at, place), value in tile.items())
        return tile[level, index]

    def _stored(self, level: int, start: int, stop: int) -> list[bytes]:
        """One range of a tile level, as far as it reaches."""
        with self._database.reading() as session:
            found = RANGE.run(session.connection(), {"level": level, "start": start, "stop": stop})
            return [row[0] for row in found.fetchall()]


def _within_tile(level: int, start: int, hashes: list[bytes]) -> dict[tuple[int, int], bytes]:
    """All complete subtrees inside a tile, from its stored row of hashes; eight levels at most."""
    found: dict[tuple[int, int], bytes] = {}
    for above in range(TILE_LEVELS):
        found.update({(level + above, start + place): value for place, value in enumerate(hashes)})
        hashes, start = parents(hashes), start // 2
    return found
