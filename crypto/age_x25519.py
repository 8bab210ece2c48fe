"""X25519 recipients of plain age: read and written for interchange, never for what we store.

Source: c2sp.org/age, "The X25519 recipient type"; RFC 7748.
"""

from functools import cached_property
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto import bech32
from crypto.age_header import WRAPPED_KEY_LENGTH, Stanza, decode_base64, encode_base64
from crypto.errors import BadFormat, CannotOpen
from crypto.randomness import random_bytes
from crypto.seeds import Seeded

KEY_LENGTH = 32  # RFC 7748
RECIPIENT_PREFIX = "age"  # c2sp.org/age
IDENTITY_PREFIX = "AGE-SECRET-KEY-"  # c2sp.org/age
STANZA_KIND = "X25519"  # c2sp.org/age
_INFO = b"age-encryption.org/v1/X25519"  # c2sp.org/age
_NONCE = bytes(12)  # c2sp.org/age: fixed, each wrap key is used once


def _exchange(private: X25519PrivateKey, public: bytes) -> bytes:
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        # The library refuses a shared secret of zeros, as the specification asks.
        raise BadFormat("an X25519 share has low order") from None


def _cipher(shared: bytes, share: bytes, recipient: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(hashes.SHA256(), 32, share + recipient, _INFO).derive(shared))


class X25519Recipient:
    """A public key of 32 bytes.

    Raises:
        BadFormat: ``raw`` has a wrong length.
    """

    def __init__(self, raw: bytes) -> None:
        if len(raw) != KEY_LENGTH:
            raise BadFormat("an X25519 recipient has 32 bytes")
        self.raw = bytes(raw)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``age1…``.

        Raises:
            BadFormat: not a recipient of this kind.
        """
        prefix, raw = bech32.decode(text)
        if prefix != RECIPIENT_PREFIX:
            raise BadFormat("not an X25519 age recipient")
        return cls(raw)

    @cached_property
    def text(self) -> str:
        """The recipient as ``age1…``, 62 characters."""
        return bech32.encode(RECIPIENT_PREFIX, self.raw)

    def wrap(self, file_key: bytes) -> Stanza:
        """Wrap a file key of 16 bytes.

        Raises:
            BadFormat: the recipient is a point of low order.
        """
        ephemeral = X25519PrivateKey.from_private_bytes(random_bytes(KEY_LENGTH))
        share = ephemeral.public_key().public_bytes_raw()
        body = _cipher(_exchange(ephemeral, self.raw), share, self.raw).encrypt(_NONCE, file_key, None)
        return Stanza(STANZA_KIND, (encode_base64(share).decode("ascii"),), body)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, X25519Recipient) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"X25519Recipient({self.text})"


class X25519Identity(Seeded):
    """The private half of an ``X25519Recipient``: a scalar of 32 bytes."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``AGE-SECRET-KEY-1…``.

        Raises:
            BadFormat: not an identity of this kind.
        """
        prefix, seed = bech32.decode(text)
        if prefix.upper() != IDENTITY_PREFIX:
            raise BadFormat("not an X25519 age identity")
        return cls(seed)

    def reveal(self) -> str:
        """The secret as ``AGE-SECRET-KEY-1…``, 74 characters."""
        return bech32.encode(IDENTITY_PREFIX, self.seed)

    @cached_property
    def _private(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def recipient(self) -> X25519Recipient:
        """The public half."""
        return X25519Recipient(self._private.public_key().public_bytes_raw())

    def unwrap(self, stanza: Stanza) -> bytes:
        """The file key of a stanza made for this identity.

        Raises:
            CannotOpen: the stanza is for somebody else, or of another kind.
            BadFormat: it is of this kind and malformed, or its share has low order.
        """
        if stanza.kind != STANZA_KIND:
            raise CannotOpen("the stanza is of another kind")
        # The body's length is checked before decryption (c2sp.org/age: partitioning oracles).
        if len(stanza.arguments) != 1 or len(stanza.body) != WRAPPED_KEY_LENGTH:
            raise BadFormat("an age stanza has a wrong shape")
        share = decode_base64(stanza.arguments[0].encode("ascii"))
        if len(share) != KEY_LENGTH:
            raise BadFormat("an age stanza has a share of a wrong length")
        cipher = _cipher(_exchange(self._private, share), share, self.recipient.raw)
        try:
            return cipher.decrypt(_NONCE, stanza.body, None)
        except InvalidTag:
            raise CannotOpen("the stanza is for another recipient") from None
