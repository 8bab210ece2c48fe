"""AES-256-GCM boxes.

For cards already listed, session seeds, form state, mailbox sessions and a
member's saved views, and nothing else: everything stored for somebody else is an
age file (crypto/age.py).

Source: NIST SP 800-38D (96-bit nonces, 128-bit tags). A nonce is random, so one
key seals at most 2^32 boxes (SP 800-38D, 8.3).
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.errors import CannotOpen
from crypto.randomness import random_bytes

KEY_LENGTH = 32
NONCE_LENGTH = 12
TAG_LENGTH = 16


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_LENGTH:
        # AESGCM would quietly take 16 or 24 bytes and be AES-128 or AES-192.
        raise ValueError("a box key has 32 bytes")
    return AESGCM(key)


def seal_box(key: bytes, data: bytes, context: bytes) -> bytes:
    """Seal ``data`` under a 32-byte key, bound to ``context``: 12-byte nonce, ciphertext, tag."""
    nonce = random_bytes(NONCE_LENGTH)
    return nonce + _cipher(key).encrypt(nonce, data, context)


def open_box(key: bytes, box: bytes, context: bytes) -> bytes:
    """Open what ``seal_box`` made with the same key and context.

    Raises:
        CannotOpen: another key, another context, or altered bytes.
    """
    return BoxOpener(key).open(box, context)


class BoxOpener:
    """Opens many boxes of one 32-byte key, which is set up once."""

    def __init__(self, key: bytes) -> None:
        self._cipher = _cipher(key)

    def open(self, box: bytes, context: bytes) -> bytes:
        """Open what ``seal_box`` made with this key and the same context.

        Raises:
            CannotOpen: another key, another context, or altered bytes.
        """
        if len(box) < NONCE_LENGTH + TAG_LENGTH:
            raise CannotOpen("the box is too short")
        try:
            return self._cipher.decrypt(box[:NONCE_LENGTH], box[NONCE_LENGTH:], context)
        except InvalidTag:
            raise CannotOpen("the box does not open with this key and context") from None
