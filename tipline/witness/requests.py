"""The body of `add-checkpoint`, read and written. Source: c2sp.org/tlog-witness."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from crypto.errors import BadFormat
from crypto.merkle import HASH_LENGTH
from crypto.note_lines import from_base64, to_base64

MAX_PROOF: Final = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class AddCheckpoint:
    """The size that the log believes was countersigned last, the proof from there, and the note."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a body.

        Raises:
            BadFormat: it is none.
        """
        head, blank, note = body.partition(b"\n\n")
        try:
            first, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise BadFormat("the lines before the checkpoint are plain text") from error
        old = _OLD.fullmatch(first)
        if not blank or old is None or len(lines) > MAX_PROOF:
            raise BadFormat("not a request to add a checkpoint")
        proof = tuple(map(from_base64, lines))
        if any(len(each) != HASH_LENGTH for each in proof):
            raise BadFormat("a line of the proof is no hash")
        return cls(int(old[1]), proof, note)

    def encode(self) -> bytes:
        """Write it."""
        return add_checkpoint(self.old, self.proof, self.note)


def add_checkpoint(old: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """Write a body."""
    lines = [f"old {old}", *map(to_base64, proof), "", ""]
    return "\n".join(lines).encode("ascii") + note
