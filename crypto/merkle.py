"""The Merkle tree of the log: roots, inclusion proofs and consistency proofs.

Sources: RFC 6962, section 2.1 (hashes, proofs); RFC 9162, sections 2.1.3.2 and 2.1.4.2 (how to verify them);
c2sp.org/tlog-tiles (names of tiles). All hashes are SHA-256, 32 bytes. Nothing here stores a node: the caller
hands in a `NodeSource`, and a log that only grows needs no more than a `Frontier`.
"""

import hmac
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import chain
from typing import Final

from crypto.errors import BadFormat, BadProof

HASH_LENGTH: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()  # RFC 6962, section 2.1
TILE_WIDTH: Final = 256  # c2sp.org/tlog-tiles: a full tile holds 256 hashes
_MAX_TILE_LEVEL: Final = 63  # c2sp.org/tlog-tiles

NodeSource = Callable[[int, int], bytes]
"""(level, index) -> hash of the complete subtree over leaves index·2^level … (index+1)·2^level - 1."""

Node = tuple[int, int, bytes]
"""(level, index, hash) of one complete subtree."""


def leaf_hash(commitment: bytes) -> bytes:
    """Hash one leaf. The prefix keeps leaves and nodes apart (RFC 6962, section 2.1)."""
    return sha256(b"\x00" + commitment).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent."""
    return sha256(b"\x01" + left + right).digest()


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """Hash neighbours into their parents; an odd one at the end waits for its sibling."""
    # Written out: a call for each would take as long as the hash.
    pairs = zip(hashes[::2], hashes[1::2], strict=False)
    return [sha256(b"\x01" + left + right).digest() for left, right in pairs]


class Frontier:
    """A growing tree, remembered by the roots of its complete subtrees (its peaks), from left to right.

    A tree of `size` leaves has one peak for each 1 in `size` written in binary, so 64 hashes are enough.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Take up a tree where it was left.

        Raises:
            BadFormat: the number of peaks does not fit the size, or one is not 32 bytes.
        """
        if size < 0 or len(peaks) != size.bit_count() or any(len(peak) != HASH_LENGTH for peak in peaks):
            raise BadFormat("peaks do not fit the size of the tree")
        self._size = size
        self._peaks = list(peaks)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._size

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """Roots of the complete subtrees, the largest first."""
        return tuple(self._peaks)

    def append(self, leaf: bytes) -> list[Node]:
        """Add one leaf hash; return the complete subtrees it finished, the leaf itself first."""
        peaks, index, level = self._peaks, self._size, 0
        finished = [(0, index, leaf)]
        while index & 1:
            leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
            index >>= 1
            level += 1
            finished.append((level, index, leaf))
        peaks.append(leaf)
        self._size += 1
        return finished

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add many leaf hashes in a third of the time; which subtrees they finish is not told."""
        start = 0
        while start < len(leaves):
            # The largest complete subtree that can stand next: it begins where its width allows, and is full.
            room = 1 << (len(leaves) - start).bit_length() - 1
            width = min(room, self._size & -self._size or room)
            hashes = list(leaves[start : start + width])
            while len(hashes) > 1:
                hashes = parents(hashes)
            self._raise(hashes[0], width)
            start += width

    def _raise(self, subtree: bytes, width: int) -> None:
        place = self._size // width
        while place & 1:
            subtree = node_hash(self._peaks.pop(), subtree)
            place >>= 1
        self._peaks.append(subtree)
        self._size += width

    def root(self) -> bytes:
        """Return the root of the tree as it stands."""
        return _fold(self._peaks)

    def copy(self) -> "Frontier":
        """Return a tree of the same leaves that grows on its own."""
        return Frontier(self._size, self._peaks)


def inclusion_proof(index: int, size: int, nodes: NodeSource) -> list[bytes]:
    """Return PATH(index, D[size]) of RFC 6962, section 2.1.1, the leaf's neighbor first.

    Raises:
        BadProof: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise BadProof("the tree has no such leaf")
    # The leaf stands in the complete subtree at the highest place in which index and size differ.
    height = (index ^ size).bit_length() - 1
    proof = [nodes(level, index >> level ^ 1) for level in range(height)]
    return proof + _around(height, size, nodes)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash stands at `index` of the tree with this size and root (RFC 9162, 2.1.3.2).

    Raises:
        BadProof: it does not, or the proof is too short or too long for this size.
    """
    if not 0 <= index < size:
        raise BadProof("the tree has no such leaf")
    _check_hashes(chain([leaf, root], proof))
    place, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise BadProof("the inclusion proof is too long")
        if place & 1 or place == last:
            computed = node_hash(sibling, computed)
            place, last = _climb(place, last)
        else:
            computed = node_hash(computed, sibling)
        place, last = place >> 1, last >> 1
    if last != 0 or not hmac.compare_digest(computed, root):
        raise BadProof("the inclusion proof does not lead to the root")


def consistency_proof(old: int, new: int, nodes: NodeSource) -> list[bytes]:
    """Return PROOF(old, D[new]) of RFC 6962, section 2.1.2; empty when `old` is 0 or equals `new`.

    Raises:
        BadProof: the old tree is larger than the new one.
    """
    if not 0 <= old <= new:
        raise BadProof("the old tree is larger than the new one")
    if old in (0, new):
        return []
    # The last complete subtree of the old tree is the first of the proof, unless it is all of that tree:
    # then the verifier has it.
    lowest = (old & -old).bit_length() - 1
    last = (old >> lowest) - 1
    height = (old - 1 ^ new).bit_length() - 1
    proof = [nodes(lowest, last)] if last else []
    proof += [nodes(level, last >> level - lowest ^ 1) for level in range(lowest, height)]
    return proof + _around(height, new, nodes)


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the new tree begins with all leaves of the old one (RFC 9162, 2.1.4.2).

    Raises:
        BadProof: it does not, or the proof is too short or too long for these sizes.
    """
    if not 0 <= old_size <= new_size:
        raise BadProof("the old tree is larger than the new one")
    _check_hashes(chain([old_root, new_root], proof))
    if old_size in (0, new_size):
        expected = EMPTY_ROOT if old_size == 0 else new_root
        if proof or not hmac.compare_digest(old_root, expected):
            raise BadProof("the old root is not that of this tree")
        return
    # A proof from a complete tree leaves out its root: the verifier has it.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        raise BadProof("the consistency proof is too short")
    old_computed, new_computed = _roots_along(path, old_size - 1, new_size - 1)
    if not (hmac.compare_digest(old_computed, old_root) and hmac.compare_digest(new_computed, new_root)):
        raise BadProof("the consistency proof does not lead to both roots")


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Name a tile as c2sp.org/tlog-tiles does: "tile/0/x001/x234/067", partial ones with ".p/<width>".

    Raises:
        BadFormat: no such level, index or width; an empty tile has no name.
    """
    if not 0 <= level <= _MAX_TILE_LEVEL or index < 0 or not 1 <= width <= TILE_WIDTH:
        raise BadFormat("there is no such tile")
    digits = str(index)
    digits = digits.zfill(len(digits) + -len(digits) % 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    name = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{name}" + ("" if width == TILE_WIDTH else f".p/{width}")


def _roots_along(path: Sequence[bytes], place: int, last: int) -> tuple[bytes, bytes]:
    """Compute both roots along a path that starts at leaf `place` of a tree whose last leaf is `last`."""
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise BadProof("the consistency proof is too long")
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            place, last = _climb(place, last)
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise BadProof("the consistency proof is too short")
    return old, new


def _climb(place: int, last: int) -> tuple[int, int]:
    """Skip the levels at which a node on the ragged right edge has no sibling."""
    while not place & 1 and place:
        place, last = place >> 1, last >> 1
    return place, last


def _around(height: int, size: int, nodes: NodeSource) -> list[bytes]:
    """Return the path from the complete subtree of this height to the root of a tree of this size.

    What stands to its right comes first, as one hash, then what stands to its left, the nearest first.
    """
    peaks = {
        level: nodes(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1
    }
    right = [peaks[level] for level in sorted(peaks, reverse=True) if level < height]
    left = [peaks[level] for level in sorted(peaks) if level > height]
    return ([_fold(right)] if right else []) + left


def _fold(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def _check_hashes(hashes: Iterator[bytes]) -> None:
    if any(len(value) != HASH_LENGTH for value in hashes):
        raise BadProof("a hash in the proof is not 32 bytes")
