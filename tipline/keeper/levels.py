"""The tree over leaves that come in order, tile level by tile level: 0, 8, 16 …, as it is stored.

Source: c2sp.org/tlog-tiles (tiles of 8 levels and 256 hashes).
"""

from collections.abc import Callable
from typing import Final

from crypto.merkle import TILE_WIDTH, parents
from tipline.keeper.nodes import TILE_LEVELS

LEAVES: Final = 0

Meet = Callable[[int, int, list[bytes]], None]
"""(tile level, position of the first, hashes): told of all hashes of such a level, in order."""


class LevelTree:
    """Grows by many leaves at once; of its nodes it keeps those alone that wait for their siblings."""

    def __init__(self, meet: Meet) -> None:
        self._meet = meet
        self._open: list[list[bytes]] = [[]]
        self._done = [0]

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._done[LEAVES]

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """Roots of the complete subtrees, the largest first."""
        return tuple(peak for level in reversed(self._open) for peak in _peaks(level))

    def extend(self, leaves: list[bytes]) -> None:
        """Add leaf hashes."""
        self._take(LEAVES, leaves)

    def _take(self, level: int, hashes: list[bytes]) -> None:
        if level == len(self._open):
            self._open.append([])
            self._done.append(0)
        self._meet(level, self._done[level], hashes)
        self._done[level] += len(hashes)
        waiting = self._open[level] + hashes
        whole = len(waiting) // TILE_WIDTH * TILE_WIDTH
        complete, self._open[level] = waiting[:whole], waiting[whole:]
        if not complete:
            return
        for _ in range(TILE_LEVELS):
            complete = parents(complete)
        self._take(level + 1, complete)


def _peaks(hashes: list[bytes]) -> list[bytes]:
    """The roots of the complete subtrees over fewer hashes than a tile has, the largest first."""
    found = []
    while hashes:
        if len(hashes) & 1:
            found.append(hashes[-1])
        hashes = parents(hashes)
    return found[::-1]
