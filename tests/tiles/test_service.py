"""A folder of tiles only ever grows with the log that it began with, and is whole at every moment."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crypto.merkle import Frontier, leaf_hash
from crypto.notes import open_checkpoint
from tests.tiles.stored import ANOTHER, SIGNER, Leaves
from tipline.tiles.errors import AnotherHistory, ForeignFolder, TilesDisagree, TilesError
from tipline.tiles.folder import TileFolder
from tipline.tiles.layout import new_tiles
from tipline.tiles.service import Published, publish_tiles

LOG = Leaves(1_100)


def publish(path: Path, size: int, log: Leaves = LOG, note: bytes | None = None) -> Published:
    known = [SIGNER.verifier]
    return publish_tiles(TileFolder(path), log, note or log.note(size), known, lambda _done, _all: None)


def assert_whole(path: Path) -> int:
    """Everything that the published checkpoint covers lies there, and leads to it; its size."""
    folder = TileFolder(path)
    note = folder.checkpoint()
    if note is None:
        return 0
    checkpoint, tree = open_checkpoint(note, [SIGNER.verifier]), Frontier()
    for tile in new_tiles(checkpoint.size):
        places = (tile.path, tile.whole.path)
        data = next((path / name).read_bytes() for name in places if (path / name).exists())
        hashes = [data[at : at + 32] for at in range(0, 32 * tile.width, 32)]
        assert hashes == LOG.hashes(tile.level, tile.start, tile.width)
        if tile.level == 0:
            names = (tile.bundle, tile.whole.bundle)
            entries = next((path / name).read_bytes() for name in names if (path / name).exists())
            for at, value in enumerate(hashes):
                assert entries[34 * at : 34 * at + 2] == b"\x00\x20"
                assert leaf_hash(entries[34 * at + 2 : 34 * at + 34]) == value
                tree.append(value)
    assert (tree.size, tree.root()) == (checkpoint.size, checkpoint.root)
    return checkpoint.size


def test_a_log_that_was_set_back_is_not_published(tmp_path: Path) -> None:
    publish(tmp_path, 300)
    before = (tmp_path / "checkpoint").read_bytes()
    with pytest.raises(AnotherHistory, match="set back or rewritten"):
        publish(tmp_path, 299)
    assert (tmp_path / "checkpoint").read_bytes() == before


@pytest.mark.parametrize("size", [300, 301, 700])
def test_a_log_that_was_rewritten_is_not_published(tmp_path: Path, size: int) -> None:
    publish(tmp_path, 300)
    with pytest.raises(AnotherHistory):
        publish(tmp_path, size, Leaves(size, changed=17))
    assert assert_whole(tmp_path) == 300


def test_a_checkpoint_by_another_key_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no known key"):
        publish(tmp_path, 5, note=LOG.note(5, ANOTHER))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_tiles_of_another_log_is_refused(tmp_path: Path) -> None:
    TileFolder(tmp_path).write("checkpoint", LOG.note(5, ANOTHER))
    with pytest.raises(ForeignFolder):
        publish(tmp_path, 6)


def test_a_folder_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(ForeignFolder, match=r"holiday\.jpg"):
        publish(tmp_path, 6)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda log: log.nodes.update({(0, 3): bytes(32)}), id="a hash of a leaf"),
        pytest.param(lambda log: log.nodes.update({(8, 0): bytes(32)}), id="a hash above"),
        pytest.param(lambda log: log.nodes.pop((0, 512)), id="a missing hash"),
        pytest.param(lambda log: log.entries.__setitem__(3, bytes(32)), id="an entry"),
        pytest.param(lambda log: log.entries.pop(), id="a missing entry"),
    ],
)
def test_what_does_not_fit_the_checkpoint_is_not_published(
    tmp_path: Path, spoil: Callable[[Leaves], Any]
) -> None:
    log = Leaves(600)
    note = log.note(600)
    spoil(log)
    with pytest.raises(TilesError):
        publish(tmp_path, 600, log, note)
    assert TileFolder(tmp_path).checkpoint() is None


def test_a_database_shorter_than_the_checkpoint_publishes_nothing(tmp_path: Path) -> None:
    with pytest.raises(TilesDisagree, match="does not reach as far"):
        publish(tmp_path, 600, Leaves(590), Leaves(600).note(600))


@pytest.mark.parametrize("sizes", [(1, 2, 255, 256, 257, 1_100), (1_100,), (0, 600, 600, 1_024)])
def test_a_folder_grows_with_its_log(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    for size in sizes:
        publish(tmp_path, size)
        assert assert_whole(tmp_path) == size


def test_only_what_is_new_is_written(tmp_path: Path) -> None:
    publish(tmp_path, 600)
    kept = {path: path.stat().st_ino for path in tmp_path.rglob("tile/**/*") if path.is_file()}
    assert publish(tmp_path, 600).written == 0
    assert publish(tmp_path, 601).written == 2  # one partial tile and its bundle
    assert {path: path.stat().st_ino for path in kept} == kept


def test_partial_tiles_go_when_the_full_one_is_there(tmp_path: Path) -> None:
    for size in (300, 400, 512):
        publish(tmp_path, size)
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.p"))
    assert left == ["tile/1/000.p"]


def test_whoever_serves_the_folder_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        publish(tmp_path / "a" / "b", 300)
    finally:
        os.umask(before)
    for path in (tmp_path / "a").rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)


class PowerCut(BaseException):
    """Nothing after this happens any more."""


def test_a_run_cut_short_anywhere_leaves_a_whole_folder_and_the_next_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, real = 0, Path.replace

    def replace(fresh: Path, name: Path) -> Path:
        nonlocal left
        left -= 1
        if left == 0:
            raise PowerCut
        return real(fresh, name)

    monkeypatch.setattr(Path, "replace", replace)
    cuts = 0
    for at in range(1, 12):
        path = tmp_path / str(at)
        left = 0
        publish(path, 300)
        left = at
        try:
            publish(path, 700)
        except PowerCut:
            cuts += 1
            assert assert_whole(path) == 300
        publish(path, 700)
        assert assert_whole(path) == 700
    assert cuts >= 6
