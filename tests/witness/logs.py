"""A small log with keys of its own, for witnesses to follow."""

from dataclasses import dataclass, field

from crypto.cosignatures import UNTIMED, MldsaCosigner, cosign
from crypto.keys import SigningKey
from crypto.merkle import Frontier, consistency_proof, leaf_hash
from crypto.mldsa import MldsaSigningKey
from crypto.note_lines import Verifier
from crypto.notes import Checkpoint, NoteSigner, sign_checkpoint
from tipline.witness.requests import add_checkpoint

ORIGIN = "tips.example/log"


@dataclass
class SmallLog:
    """Entries are numbers; `twist` tells one history from another."""

    key: SigningKey = field(default_factory=SigningKey.generate)
    pq: MldsaSigningKey = field(default_factory=MldsaSigningKey.generate)
    twist: int = 0
    since: int = 0
    origin: str = ORIGIN

    @property
    def vkeys(self) -> tuple[Verifier, ...]:
        """Both public keys."""
        return self.signer.verifier, MldsaCosigner(self.origin, self.pq).verifier

    @property
    def signer(self) -> NoteSigner:
        """The first key."""
        return NoteSigner(self.origin, self.key)

    def fork(self, since: int) -> "SmallLog":
        """The same log, with another history from an entry on."""
        return SmallLog(self.key, self.pq, self.twist + 1, since, self.origin)

    def checkpoint(self, size: int) -> Checkpoint:
        """Its head at a size."""
        tree = Frontier()
        for index in range(size):
            tree.append(self._leaf(index))
        return Checkpoint(self.origin, size, tree.root())

    def note(self, size: int) -> bytes:
        """The same, under both keys."""
        signed = sign_checkpoint(self.checkpoint(size), [self.signer])
        return cosign(signed, [MldsaCosigner(self.origin, self.pq)], UNTIMED)

    def proof(self, old: int, new: int) -> list[bytes]:
        """That the tree of `new` begins with that of `old`."""
        return consistency_proof(old, new, self._node) if old else []

    def body(self, old: int, new: int) -> bytes:
        """What the log sends to a witness."""
        return add_checkpoint(old, self.proof(old, new), self.note(new))

    def _leaf(self, index: int) -> bytes:
        return leaf_hash(b"%d of %d" % (index, self.twist if index >= self.since else 0))

    def _node(self, level: int, index: int) -> bytes:
        tree = Frontier()
        for leaf in range(index << level, (index + 1) << level):
            tree.append(self._leaf(leaf))
        return tree.root()
