"""Publishing the log as static tiles.

Order: the tiles and bundles that are new, each checked against its neighbours; then the checkpoint that
covers them; then the partial tiles that full ones have replaced go. Cut short anywhere, what is published is
whole, and the next run goes on.

Source: c2sp.org/tlog-tiles.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from crypto.errors import CryptoError
from crypto.merkle import TILE_WIDTH, Frontier, NodeSource, consistency_proof, leaf_hash, verify_consistency
from crypto.note_lines import Verifier
from crypto.notes import Checkpoint, open_checkpoint
from tipline.tiles.errors import AnotherHistory, ForeignFolder, TilesDisagree
from tipline.tiles.folder import TileFolder
from tipline.tiles.layout import LEVELS, Tile, bundle, new_tiles

Progress = Callable[[int, int], None]
"""(tiles written, tiles to write)."""


class Stored(Protocol):
    """What is stored of the log."""

    @property
    def node(self) -> NodeSource:
        """The hash of a complete subtree, by level and index; BadProof where the log ends before it."""

    def hashes(self, level: int, start: int, count: int) -> Sequence[bytes]:
        """Hashes of a tile's level (8 levels of the tree each), as far as it reaches."""

    def commitments(self, start: int, count: int) -> Sequence[bytes]:
        """The 32 bytes that stand in the tree for entries, as far as the log reaches."""


@dataclass(frozen=True)
class Published:
    """The size that is published now, and how many tiles and bundles were written for it."""

    size: int
    written: int


def publish_tiles(
    folder: TileFolder, stored: Stored, note: bytes, log: Sequence[Verifier], progress: Progress
) -> Published:
    """Bring a folder of tiles up to a signed checkpoint.

    Raises:
        ForeignFolder: the folder holds tiles of another log.
        AnotherHistory: what it holds is not the beginning of this log.
        TilesDisagree: what is stored is not what the checkpoint says.
    """
    checkpoint = open_checkpoint(note, log)
    before = _published(folder, log)
    _check_stored(checkpoint, stored)
    _check_continues(before, checkpoint, stored)
    fresh = list(new_tiles(checkpoint.size, before.size))
    for number, tile in enumerate(fresh, start=1):
        _write(folder, tile, stored)
        progress(number, len(fresh))
    if fresh:
        folder.publish(note)
    for tile in fresh:
        if tile.width == TILE_WIDTH:
            folder.drop_partial(tile.path)
            if tile.level == 0:
                folder.drop_partial(tile.bundle)
    bundles = sum(tile.level == 0 for tile in fresh)
    return Published(checkpoint.size, len(fresh) + bundles)


def _published(folder: TileFolder, log: Sequence[Verifier]) -> Checkpoint:
    note = folder.checkpoint()
    if note is None:
        return Checkpoint(log[0].name, 0, Frontier().root())
    try:
        return open_checkpoint(note, log)
    except CryptoError as error:
        raise ForeignFolder(f"{folder.path} holds tiles of another log. Name an empty folder.") from error


def _check_stored(checkpoint: Checkpoint, stored: Stored) -> None:
    """The nodes from which tiles are made lead to the root that is signed."""
    try:
        peaks = [stored.node(level, index) for level, index in _peaks(checkpoint.size)]
    except CryptoError as error:
        raise TilesDisagree("The keeper's database does not reach as far as the checkpoint.") from error
    if Frontier(checkpoint.size, peaks).root() != checkpoint.root:
        raise TilesDisagree("The keeper's database is not what the checkpoint says. Run `tipline log check`.")


def _check_continues(before: Checkpoint, checkpoint: Checkpoint, stored: Stored) -> None:
    try:
        proof = consistency_proof(before.size, checkpoint.size, stored.node)
        verify_consistency(before.size, before.root, checkpoint.size, checkpoint.root, proof)
    except CryptoError as error:
        raise AnotherHistory(
            f"The folder's {before.size} entries are not the beginning of the {checkpoint.size} that the log "
            "has now. It was set back or rewritten: keep the folder as evidence, and name another."
        ) from error


def _peaks(size: int) -> list[tuple[int, int]]:
    """The complete subtrees of a tree, the largest first: level and index."""
    levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
    return [(level, (size >> level) - 1) for level in levels]


def _write(folder: TileFolder, tile: Tile, stored: Stored) -> None:
    hashes = stored.hashes(tile.level, tile.start, tile.width)
    if len(hashes) != tile.width:
        raise TilesDisagree("A part of the log's tree is missing in the keeper's database.")
    if tile.width == TILE_WIDTH:
        tree = Frontier()
        for value in hashes:
            tree.append(value)
        if tree.root() != stored.node(LEVELS * (tile.level + 1), tile.index):
            raise TilesDisagree("A part of the log's tree is not what was hashed into it.")
    if tile.level == 0:
        entries = list(stored.commitments(tile.start, tile.width))
        if [leaf_hash(entry) for entry in entries] != list(hashes):
            raise TilesDisagree("An entry in the keeper's database is not the one in the tree.")
        folder.write(tile.bundle, bundle(entries))
    folder.write(tile.path, b"".join(hashes))
