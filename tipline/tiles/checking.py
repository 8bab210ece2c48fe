"""Reading a folder of tiles back, whoever wrote it: every hash and every entry, up to the signed root.

Source: c2sp.org/tlog-tiles; RFC 6962, section 2.1.
"""

from collections.abc import Sequence
from pathlib import Path

from crypto.merkle import HASH_LENGTH, TILE_WIDTH, Frontier, leaf_hash
from crypto.note_lines import MAX_NOTE, Verifier
from crypto.notes import Checkpoint, open_checkpoint
from tipline.tiles.errors import TilesDisagree
from tipline.tiles.folder import CHECKPOINT
from tipline.tiles.layout import MAX_ENTRY, Tile

_MAX_BUNDLE = TILE_WIDTH * (2 + MAX_ENTRY)  # bytes


def check_tiles(path: Path, log: Sequence[Verifier]) -> Checkpoint:
    """Check all that a published checkpoint covers; a partial tile may have given way to the full one.

    Raises:
        TilesDisagree: a file is missing, malformed, or not what the checkpoint covers.
        BadFormat, BadSignature: the checkpoint is none of this log's.
        OSError: the folder cannot be read.
    """
    checkpoint = open_checkpoint(_read(path / CHECKPOINT, MAX_NOTE), log)
    count, level, tree = checkpoint.size, 0, Frontier()
    below: list[bytes] = []
    while count:
        roots: list[bytes] = []
        for index in range((count + TILE_WIDTH - 1) // TILE_WIDTH):
            tile = Tile(level, index, min(TILE_WIDTH, count - index * TILE_WIDTH))
            hashes = _hashes(path, tile)
            if level:
                if hashes != below[tile.start : tile.start + tile.width]:
                    raise TilesDisagree(f"{tile.path} is not what the tiles below it hash to.")
            else:
                _check_entries(path, tile, hashes)
                for value in hashes:
                    tree.append(value)
            roots.append(_root(hashes))
        below, count, level = roots, count // TILE_WIDTH, level + 1
    if tree.root() != checkpoint.root:
        raise TilesDisagree("The tiles do not lead to the root of the checkpoint.")
    return checkpoint


def _hashes(path: Path, tile: Tile) -> list[bytes]:
    data = _either(path, tile.path, tile.whole.path, TILE_WIDTH * HASH_LENGTH)
    expected = tile.width if (path / tile.path).is_file() else TILE_WIDTH
    if len(data) != expected * HASH_LENGTH:
        raise TilesDisagree(f"{tile.path} has another length than its name says.")
    return [data[at : at + HASH_LENGTH] for at in range(0, tile.width * HASH_LENGTH, HASH_LENGTH)]


def _check_entries(path: Path, tile: Tile, hashes: Sequence[bytes]) -> None:
    data, at = _either(path, tile.bundle, tile.whole.bundle, _MAX_BUNDLE), 0
    fuller = not (path / tile.bundle).is_file()  # then it goes on behind what the checkpoint covers
    for value in hashes:
        length = int.from_bytes(data[at : at + 2], "big")
        entry = data[at + 2 : at + 2 + length]
        if at + 2 + length > len(data) or leaf_hash(entry) != value:
            raise TilesDisagree(f"{tile.bundle} holds another entry than its tile.")
        at += 2 + length
    if at != len(data) and not fuller:
        raise TilesDisagree(f"{tile.bundle} holds more than its tile.")


def _either(path: Path, partial: str, full: str, most: int) -> bytes:
    for name in (partial, full):
        if (path / name).is_file():
            return _read(path / name, most)
    raise TilesDisagree(f"{partial} is missing.")


def _read(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise TilesDisagree(f"{path.name} is longer than such a file can be.")
    return data


def _root(hashes: Sequence[bytes]) -> bytes:
    tree = Frontier()
    for value in hashes:
        tree.append(value)
    return tree.root()
