"""The tree that grows by many leaves at once is the one that grows leaf by leaf."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from crypto.merkle import Frontier
from tipline.keeper.levels import LevelTree

LEAVES = [sha256(b"%d" % number).digest() for number in range(1_500)]


@given(st.lists(st.integers(0, 600), max_size=5))
def test_it_has_the_peaks_and_the_stored_hashes_of_the_tree_leaf_by_leaf(steps: list[int]) -> None:
    one_by_one, stored = Frontier(), {}
    for leaf in LEAVES[: min(sum(steps), len(LEAVES))]:
        for level, index, value in one_by_one.append(leaf):
            if level % 8 == 0:
                stored[level // 8, index] = value
    met: dict[tuple[int, int], bytes] = {}

    def meet(level: int, start: int, hashes: list[bytes]) -> None:
        met.update({(level, place): value for place, value in enumerate(hashes, start)})

    at_once, start = LevelTree(meet), 0
    for step in steps:
        at_once.extend(LEAVES[start : start + step])
        start += step
    assert (at_once.size, at_once.peaks) == (one_by_one.size, one_by_one.peaks)
    assert met == stored
