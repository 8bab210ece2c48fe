"""The encoding of RSASSA-PSS with SHA-384 and MGF1-SHA-384.

`cryptography` verifies such signatures and makes whole ones, but hands nobody the encoded message, which
is what a blind signature is made over.

Source: RFC 8017, sections 9.1.1 (EMSA-PSS-ENCODE) and B.2.1 (MGF1).
"""

import hashlib

from crypto.errors import BadFormat

_HASH_LENGTH = 48  # SHA-384


def encode_pss(message: bytes, salt: bytes, bits: int) -> bytes:
    """Encode a message as a number of at most ``bits`` bits: ``ceil(bits / 8)`` bytes.

    Args:
        bits: one less than the modulus has.

    Raises:
        BadFormat: ``bits`` are too few for hash and salt.
    """
    length = (bits + 7) // 8
    padding = length - len(salt) - _HASH_LENGTH - 2
    if padding < 0:
        raise BadFormat("the modulus is too short for this encoding")
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(padding) + b"\x01" + salt
    masked = int.from_bytes(block, "big") ^ int.from_bytes(_mask(digest, len(block)), "big")
    masked &= (1 << bits - 8 * (_HASH_LENGTH + 1)) - 1
    return masked.to_bytes(len(block), "big") + digest + b"\xbc"


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1."""
    blocks = -(-length // _HASH_LENGTH)
    return b"".join(hashlib.sha384(seed + i.to_bytes(4, "big")).digest() for i in range(blocks))[:length]
