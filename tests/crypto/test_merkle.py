"""The log's tree: known roots and proofs, and no proof of what is not so."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadFormat, BadProof
from crypto.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    tile_path,
    verify_consistency,
    verify_inclusion,
)

# Leaves, roots and proofs of google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc.
VECTOR_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
VECTOR_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION_0_OF_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
INCLUSION_5_OF_8 = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
CONSISTENCY_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]


class Tree:
    """All nodes of a tree over the given leaves, as a keeper's table holds them."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.frontier = Frontier()
        self.roots = [EMPTY_ROOT]
        self._nodes: dict[tuple[int, int], bytes] = {}
        for leaf in leaves:
            for level, index, value in self.frontier.append(leaf_hash(leaf)):
                self._nodes[level, index] = value
            self.roots.append(self.frontier.root())

    def node(self, level: int, index: int) -> bytes:
        return self._nodes[level, index]


def numbered(count: int) -> list[bytes]:
    return [sha256(b"%d" % number).digest() for number in range(count)]


def root_by_definition(leaves: Sequence[bytes]) -> bytes:
    """MTH(D[n]) word for word from RFC 6962, section 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = root_by_definition(leaves[:split]), root_by_definition(leaves[split:])
    return sha256(b"\x01" + left + right).digest()


def path_by_definition(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n]) word for word from RFC 6962, section 2.1.1."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*path_by_definition(index, leaves[:split]), root_by_definition(leaves[split:])]
    return [*path_by_definition(index - split, leaves[split:]), root_by_definition(leaves[:split])]


def proof_by_definition(old: int, leaves: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """PROOF(m, D[n]) word for word from RFC 6962, section 2.1.2; `whole` is the b of its SUBPROOF."""
    if old == len(leaves):
        return [] if whole else [root_by_definition(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= split:
        return [*proof_by_definition(old, leaves[:split], whole=whole), root_by_definition(leaves[split:])]
    inner = proof_by_definition(old - split, leaves[split:], whole=False)
    return [*inner, root_by_definition(leaves[:split])]


BIG = Tree(numbered(70))
SIZES = st.integers(1, 70)


@st.composite
def inclusions(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(SIZES)
    return draw(st.integers(0, size - 1)), size


@st.composite
def growths(draw: st.DrawFn) -> tuple[int, int]:
    new = draw(SIZES)
    return draw(st.integers(1, new)), new


def altered(proof: list[bytes], place: int) -> list[bytes]:
    changed = bytearray(proof[place])
    changed[0] ^= 1
    return [*proof[:place], bytes(changed), *proof[place + 1 :]]


@given(inclusions(), st.data())
def test_an_altered_inclusion_proof_is_refused(where: tuple[int, int], data: st.DataObject) -> None:
    index, size = where
    leaf, root = BIG.node(0, index), BIG.roots[size]
    proof = inclusion_proof(index, size, BIG.node)
    with pytest.raises(BadProof):
        verify_inclusion(leaf_hash(b"another"), index, size, proof, root)
    with pytest.raises(BadProof):
        verify_inclusion(leaf, index, size, [*proof, root], root)
    with pytest.raises(BadProof):
        verify_inclusion(leaf, index, size, proof, EMPTY_ROOT)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        with pytest.raises(BadProof):
            verify_inclusion(leaf, index, size, altered(proof, place), root)
        with pytest.raises(BadProof):
            verify_inclusion(leaf, index, size, proof[:place] + proof[place + 1 :], root)
        other = data.draw(st.integers(0, size - 1).filter(lambda place: place != index))
        with pytest.raises(BadProof):
            verify_inclusion(leaf, other, size, proof, root)


@given(growths(), st.data())
def test_an_altered_consistency_proof_is_refused(sizes: tuple[int, int], data: st.DataObject) -> None:
    old, new = sizes
    proof = consistency_proof(old, new, BIG.node)
    wrong = leaf_hash(b"another")
    with pytest.raises(BadProof):
        verify_consistency(old, wrong, new, BIG.roots[new], proof)
    with pytest.raises(BadProof):
        verify_consistency(old, BIG.roots[old], new, wrong, proof)
    with pytest.raises(BadProof):
        verify_consistency(old, BIG.roots[old], new, BIG.roots[new], [*proof, wrong])
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        with pytest.raises(BadProof):
            verify_consistency(old, BIG.roots[old], new, BIG.roots[new], altered(proof, place))
        with pytest.raises(BadProof):
            verify_consistency(old, BIG.roots[old], new, BIG.roots[new], proof[:place] + proof[place + 1 :])


@pytest.mark.parametrize(("size", "claimed"), [(4, 8), (8, 4), (5, 9), (9, 5), (1, 2), (2, 1)])
def test_a_proof_of_a_tree_of_another_size_is_refused(size: int, claimed: int) -> None:
    leaf, root = BIG.node(0, 0), BIG.roots[size]
    with pytest.raises(BadProof):
        verify_inclusion(leaf, 0, claimed, inclusion_proof(0, size, BIG.node), root)
    with pytest.raises(BadProof):
        verify_consistency(1, BIG.roots[1], claimed, root, consistency_proof(1, size, BIG.node))


def test_a_proof_that_climbs_beyond_the_claimed_root_is_refused() -> None:
    with pytest.raises(BadProof):
        verify_inclusion(BIG.node(0, 1), 0, 1, inclusion_proof(1, 2, BIG.node), BIG.roots[2])
    with pytest.raises(BadProof):
        verify_consistency(3, BIG.roots[7], 4, BIG.roots[8], consistency_proof(7, 8, BIG.node))


def test_a_rewritten_tree_is_not_consistent_with_the_old_root() -> None:
    rewritten = numbered(40)
    rewritten[7] = b"rewritten"
    tree = Tree(rewritten)
    for old in range(8, 41):
        with pytest.raises(BadProof):
            verify_consistency(old, BIG.roots[old], 40, tree.roots[40], consistency_proof(old, 40, tree.node))


def test_a_smaller_tree_is_not_consistent_with_a_larger_one() -> None:
    with pytest.raises(BadProof):
        consistency_proof(9, 8, BIG.node)
    with pytest.raises(BadProof):
        verify_consistency(9, BIG.roots[9], 8, BIG.roots[8], [])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(BadProof):
        inclusion_proof(index, size, BIG.node)
    with pytest.raises(BadProof):
        verify_inclusion(BIG.node(0, 0), index, size, [], BIG.roots[1])


def test_a_hash_of_another_length_is_refused() -> None:
    # Without the check a 33-byte leaf could pass for half of a node's input.
    proof = inclusion_proof(2, 5, BIG.node)
    with pytest.raises(BadProof):
        verify_inclusion(BIG.node(0, 2), 2, 5, [proof[0] + b"x", *proof[1:]], BIG.roots[5])
    with pytest.raises(BadProof):
        verify_consistency(3, BIG.roots[3][:31], 3, BIG.roots[3][:31], [])


def test_the_empty_tree_is_consistent_only_by_its_own_root() -> None:
    verify_consistency(0, EMPTY_ROOT, 5, BIG.roots[5], [])
    with pytest.raises(BadProof):
        verify_consistency(0, BIG.roots[1], 5, BIG.roots[5], [])


@pytest.mark.parametrize(("size", "peaks"), [(-1, []), (0, [EMPTY_ROOT]), (3, [EMPTY_ROOT]), (1, [b"short"])])
def test_a_frontier_whose_peaks_do_not_fit_is_refused(size: int, peaks: list[bytes]) -> None:
    with pytest.raises(BadFormat):
        Frontier(size, peaks)


@pytest.mark.parametrize(
    ("level", "index", "width"), [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_there_is_no_such_tile(level: int, index: int, width: int) -> None:
    with pytest.raises(BadFormat):
        tile_path(level, index, width)


def test_tiles_are_named_as_in_the_specification() -> None:
    # c2sp.org/tlog-tiles, "Merkle Tree": index 1234067 is x001/x234/067.
    assert tile_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert tile_path(2, 0, 5) == "tile/2/000.p/5"
    assert tile_path(1, 999, 255) == "tile/1/999.p/255"
    assert tile_path(0, 1000) == "tile/0/x001/000"


def test_roots_and_proofs_are_those_of_certificate_transparency() -> None:
    tree = Tree(VECTOR_LEAVES)
    assert tree.roots[0].hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [root.hex() for root in tree.roots[1:]] == VECTOR_ROOTS
    assert [node.hex() for node in inclusion_proof(0, 8, tree.node)] == INCLUSION_0_OF_8
    assert [node.hex() for node in inclusion_proof(5, 8, tree.node)] == INCLUSION_5_OF_8
    assert [node.hex() for node in consistency_proof(1, 8, tree.node)] == INCLUSION_0_OF_8
    assert [node.hex() for node in consistency_proof(6, 8, tree.node)] == CONSISTENCY_6_TO_8


@given(st.integers(0, 70))
def test_the_frontier_has_the_root_of_the_definition(size: int) -> None:
    assert BIG.roots[size] == root_by_definition(numbered(70)[:size])


@given(st.lists(st.integers(0, 30), max_size=6))
def test_many_leaves_at_once_make_the_tree_that_they_make_one_by_one(steps: list[int]) -> None:
    leaves, tree = [leaf_hash(leaf) for leaf in numbered(sum(steps))], Frontier()
    one_by_one = Frontier()
    for step in steps:
        tree.extend(leaves[tree.size : tree.size + step])
    for leaf in leaves:
        one_by_one.append(leaf)
    assert (tree.size, tree.peaks) == (one_by_one.size, one_by_one.peaks)


@given(inclusions())
def test_an_inclusion_proof_is_the_path_of_the_definition(where: tuple[int, int]) -> None:
    index, size = where
    assert inclusion_proof(index, size, BIG.node) == path_by_definition(index, numbered(70)[:size])


@given(growths())
def test_a_consistency_proof_is_that_of_the_definition(sizes: tuple[int, int]) -> None:
    old, new = sizes
    assert consistency_proof(old, new, BIG.node) == proof_by_definition(old, numbered(70)[:new])


def test_a_frontier_taken_up_again_grows_the_same_tree() -> None:
    for size in range(70):
        tree = Tree(numbered(size)).frontier
        again = Frontier(tree.size, tree.peaks)
        kept = tree.copy()
        again.append(BIG.node(0, size))
        assert again.root() == BIG.roots[size + 1]
        assert (kept.size, kept.root()) == (size, BIG.roots[size])


@given(inclusions())
def test_every_leaf_is_proved(where: tuple[int, int]) -> None:
    index, size = where
    verify_inclusion(BIG.node(0, index), index, size, inclusion_proof(index, size, BIG.node), BIG.roots[size])


@given(growths())
def test_every_growth_is_proved(sizes: tuple[int, int]) -> None:
    old, new = sizes
    verify_consistency(old, BIG.roots[old], new, BIG.roots[new], consistency_proof(old, new, BIG.node))


def test_leaves_and_nodes_never_share_a_hash() -> None:
    left, right = BIG.node(0, 0), BIG.node(0, 1)
    assert leaf_hash(left + right) != node_hash(left, right)
