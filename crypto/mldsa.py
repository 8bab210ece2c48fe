"""ML-DSA-44: signatures that a quantum computer does not forge, for the checkpoints that leave the house.

Source: FIPS 204 (sizes; the empty context string, which c2sp.org/tlog-cosignature does not replace).
"""

from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from crypto.errors import BadFormat, BadSignature
from crypto.seeds import Seeded

MLDSA_PUBLIC_LENGTH: Final = 1312  # FIPS 204, table 2
MLDSA_SIGNATURE_LENGTH: Final = 2420  # FIPS 204, table 2


class MldsaVerifyKey:
    """An ML-DSA-44 public key of 1,312 bytes.

    Raises:
        BadFormat: a wrong length.
    """

    def __init__(self, raw: bytes) -> None:
        if len(raw) != MLDSA_PUBLIC_LENGTH:
            raise BadFormat("an ML-DSA-44 key has 1,312 bytes")
        self.raw = bytes(raw)

    @cached_property
    def _public(self) -> MLDSA44PublicKey:
        return MLDSA44PublicKey.from_public_bytes(self.raw)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check a signature of 2,420 bytes.

        Raises:
            BadSignature: it was not made by this key over this message.
        """
        if len(signature) != MLDSA_SIGNATURE_LENGTH:
            raise BadSignature("the signature does not fit the key and the message")
        try:
            self._public.verify(signature, message)
        except InvalidSignature:
            raise BadSignature("the signature does not fit the key and the message") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MldsaVerifyKey) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"MldsaVerifyKey({self.raw[:8].hex()}…)"


class MldsaSigningKey(Seeded):
    """An ML-DSA-44 private key, kept as its seed of 32 bytes."""

    @cached_property
    def _private(self) -> MLDSA44PrivateKey:
        return MLDSA44PrivateKey.from_seed_bytes(self.seed)

    @cached_property
    def public(self) -> MldsaVerifyKey:
        """The public half."""
        return MldsaVerifyKey(self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Sign: 2,420 bytes, others each time (FIPS 204, hedged)."""
        return self._private.sign(message)
