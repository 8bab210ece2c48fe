"""A log that is no more than its commitments, for whoever makes tiles of it."""

from collections.abc import Sequence
from hashlib import sha256

from crypto.errors import BadProof
from crypto.keys import SigningKey
from crypto.merkle import Frontier, NodeSource, leaf_hash
from crypto.notes import Checkpoint, NoteSigner, sign_checkpoint
from tipline.tiles.layout import LEVELS

ORIGIN = "log.example/tips"
SIGNER = NoteSigner(ORIGIN, SigningKey.from_seed(b"\x01" * 32))
ANOTHER = NoteSigner(ORIGIN, SigningKey.from_seed(b"\x02" * 32))


def made_up(index: int) -> bytes:
    """A commitment of 32 bytes."""
    return sha256(b"entry %d" % index).digest()


class Leaves:
    """A `tipline.tiles.service.Stored` in memory."""

    def __init__(self, size: int, changed: int | None = None) -> None:
        """The first `size` commitments; with `changed`, another one stands at that place."""
        self.entries = [made_up(index if index != changed else -1) for index in range(size)]
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.tree = Frontier()
        self.roots = [self.tree.root()]
        for entry in self.entries:
            self.nodes |= {(level, at): value for level, at, value in self.tree.append(leaf_hash(entry))}
            self.roots.append(self.tree.root())

    @property
    def node(self) -> NodeSource:
        return self._node

    def _node(self, level: int, index: int) -> bytes:
        if (level, index) not in self.nodes:
            raise BadProof("the log does not reach that far")
        return self.nodes[level, index]

    def hashes(self, level: int, start: int, count: int) -> Sequence[bytes]:
        stored = (self.nodes.get((LEVELS * level, at)) for at in range(start, start + count))
        return [value for value in stored if value is not None]

    def commitments(self, start: int, count: int) -> Sequence[bytes]:
        return self.entries[start : start + count]

    def note(self, size: int, signer: NoteSigner = SIGNER) -> bytes:
        """The signed checkpoint of its first entries."""
        return sign_checkpoint(Checkpoint(ORIGIN, size, self.roots[size]), [signer])
