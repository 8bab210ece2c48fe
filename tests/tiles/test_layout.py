"""Which files a tree of some size has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadFormat
from tipline.tiles.layout import Tile, bundle, new_tiles

SIZES = st.integers(0, 3_000_000)


def test_the_examples_of_the_specification() -> None:
    tiles = list(new_tiles(70_000))
    assert [(tile.level, tile.width) for tile in tiles if tile.width < 256] == [(0, 112), (1, 17), (2, 1)]
    assert sum(tile.level == 0 and tile.width == 256 for tile in tiles) == 273
    assert sum(tile.level == 1 and tile.width == 256 for tile in tiles) == 1
    assert [(tile.level, tile.width) for tile in new_tiles(256)] == [(0, 256), (1, 1)]
    assert Tile(0, 1_234_067).path == "tile/0/x001/x234/067"
    assert Tile(0, 1_234_067, 5).bundle == "tile/entries/x001/x234/067.p/5"


def test_an_empty_log_has_no_tile() -> None:
    assert list(new_tiles(0)) == []


@given(SIZES, SIZES)
def test_what_was_there_and_what_is_new_is_all_there_is(one: int, other: int) -> None:
    old, new = sorted((one, other))
    assert {*new_tiles(old), *new_tiles(new, old)} >= set(new_tiles(new))
    assert not set(new_tiles(new, old)) & set(new_tiles(old))
    assert not list(new_tiles(new, new))


@given(SIZES)
def test_no_tile_is_empty_or_holds_more_than_the_tree(size: int) -> None:
    for tile in new_tiles(size):
        assert 1 <= tile.width <= 256
        assert (tile.start + tile.width) << 8 * tile.level <= size


def test_an_entry_that_no_bundle_can_hold_is_refused() -> None:
    assert bundle([b"ab", b""]) == b"\x00\x02ab\x00\x00"
    with pytest.raises(BadFormat):
        bundle([b"x" * 65_536])
