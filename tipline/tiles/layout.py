"""Which tiles a tree of some size has, and which of them are new since it had another.

Source: c2sp.org/tlog-tiles (full tiles of 256 hashes, partial ones at each level's right edge, none empty).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crypto.errors import BadFormat
from crypto.merkle import TILE_WIDTH, tile_path

LEVELS: Final = 8
"""Levels of the tree in one tile."""
MAX_ENTRY: Final = 2**16 - 1  # bytes; c2sp.org/tlog-tiles, log entries
_ENTRIES: Final = "entries"


@dataclass(frozen=True)
class Tile:
    """`width` hashes, or entries, from `start` on, at a tile's level."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def start(self) -> int:
        """The place of its first hash among those of its level."""
        return self.index * TILE_WIDTH

    @property
    def path(self) -> str:
        """Where it lies."""
        return tile_path(self.level, self.index, self.width)

    @property
    def bundle(self) -> str:
        """Where the entries of a tile of level 0 lie."""
        return tile_path(0, self.index, self.width).replace("tile/0/", f"tile/{_ENTRIES}/", 1)

    @property
    def whole(self) -> "Tile":
        """The full tile at its place."""
        return Tile(self.level, self.index)


def new_tiles(size: int, since: int = 0) -> Iterator[Tile]:
    """The tiles that a tree of one size has and that of a smaller one had not, level by level."""
    level = 0
    while count := size >> LEVELS * level:
        full, rest = divmod(count, TILE_WIDTH)
        before = since >> LEVELS * level
        yield from (Tile(level, index) for index in range(before // TILE_WIDTH, full))
        if rest and count != before:
            yield Tile(level, full, rest)
        level += 1


def bundle(entries: list[bytes]) -> bytes:
    """Entries one after the other, each with its length in two bytes ahead.

    Raises:
        BadFormat: one is too long.
    """
    if any(len(entry) > MAX_ENTRY for entry in entries):
        raise BadFormat("an entry is too long for a bundle")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
