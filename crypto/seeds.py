"""The base of every key that is one seed of 32 bytes."""

from typing import Self

from crypto.errors import BadFormat
from crypto.hidden import Hidden
from crypto.randomness import random_bytes

SEED_LENGTH = 32


class Seeded(Hidden):
    """A secret of 32 bytes; what else belongs to it is computed from `seed`."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_LENGTH:
            raise BadFormat("a seed has 32 bytes")
        self.seed = bytes(seed)

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of a 32-byte seed."""
        return cls(seed)

    @classmethod
    def generate(cls) -> Self:
        """A fresh random key."""
        return cls(random_bytes(SEED_LENGTH))
