"""Key pairs: hybrid post-quantum ones that seal, Ed25519 ones that sign, and a member's seed.

Sources: c2sp.org/age, "The MLKEM768-X25519 hybrid post-quantum recipient type"
(HPKE suite, info, encodings); filippo.io/hpke-pq (seed expansion); RFC 8032;
RFC 5869.
"""

import hashlib
from functools import cached_property
from typing import Self

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto import bech32
from crypto.age_header import WRAPPED_KEY_LENGTH, Stanza, decode_base64, encode_base64
from crypto.errors import BadFormat, BadSignature, CannotOpen
from crypto.seeds import Seeded

SIGNATURE_LENGTH = 64  # RFC 8032
VERIFY_KEY_LENGTH = 32  # RFC 8032
MLKEM_PUBLIC_LENGTH = 1184  # FIPS 203, ML-KEM-768 encapsulation key
MLKEM_SEED_LENGTH = 64  # FIPS 203, d and z
MLKEM_CIPHERTEXT_LENGTH = 1088  # FIPS 203, ML-KEM-768
X25519_LENGTH = 32  # RFC 7748
RECIPIENT_LENGTH = MLKEM_PUBLIC_LENGTH + X25519_LENGTH
ENCAPSULATION_LENGTH = MLKEM_CIPHERTEXT_LENGTH + X25519_LENGTH
RECIPIENT_PREFIX = "age1pq"  # c2sp.org/age
IDENTITY_PREFIX = "AGE-SECRET-KEY-PQ-"  # c2sp.org/age
STANZA_KIND = "mlkem768x25519"  # c2sp.org/age
_INFO = b"age-encryption.org/mlkem768x25519"  # c2sp.org/age
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)  # c2sp.org/age

# The y coordinates of the points of order 1, 2, 4 and 8, also those not reduced, without the sign
# bit. Under such a "key" anybody can make a signature for any message, so its owner could deny
# what they signed. Source: libsodium, ge25519_has_small_order.
_P = 2**255 - 19
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER = frozenset((0, 1, _P - 1, _P, _P + 1, _ORDER_8, _P - _ORDER_8))


def derive(secret: bytes, info: str, length: int = 32) -> bytes:
    """HKDF-SHA-256 (RFC 5869) without salt: a key of ``length`` bytes for one purpose, ``info``."""
    return HKDF(hashes.SHA256(), length, None, info.encode("utf-8")).derive(secret)


class Recipient:
    """A public key that can be sealed to: 1,184 bytes of ML-KEM-768, then 32 of X25519.

    Raises:
        BadFormat: ``raw`` has a wrong length.
    """

    def __init__(self, raw: bytes) -> None:
        if len(raw) != RECIPIENT_LENGTH:
            raise BadFormat("a recipient has 1,216 bytes")
        self.raw = bytes(raw)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``age1pq1…``. Costs a millisecond: parse once and keep the object.

        Raises:
            BadFormat: not a recipient of this kind.
        """
        prefix, raw = bech32.decode(text)
        if prefix != RECIPIENT_PREFIX:
            raise BadFormat("not a post-quantum age recipient")
        return cls(raw)

    @cached_property
    def text(self) -> str:
        """The recipient as ``age1pq1…``, 1,959 characters."""
        return bech32.encode(RECIPIENT_PREFIX, self.raw)

    @cached_property
    def _public(self) -> MLKEM768X25519PublicKey:
        try:
            return MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(self.raw[:MLKEM_PUBLIC_LENGTH]),
                X25519PublicKey.from_public_bytes(self.raw[MLKEM_PUBLIC_LENGTH:]),
            )
        except ValueError:
            raise BadFormat("a recipient is not a valid key") from None

    def wrap(self, file_key: bytes) -> Stanza:
        """Wrap a file key of 16 bytes.

        Raises:
            BadFormat: the recipient is not a valid key (coefficients out of
                range, or an X25519 point of low order).
        """
        try:
            sealed = _SUITE.encrypt(file_key, self._public, _INFO)
        except ValueError:
            raise BadFormat("a recipient is not a valid key") from None
        encapsulated = encode_base64(sealed[:ENCAPSULATION_LENGTH]).decode("ascii")
        return Stanza(STANZA_KIND, (encapsulated,), sealed[ENCAPSULATION_LENGTH:])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recipient) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"Recipient({self.raw[:4].hex()}…)"


class Identity(Seeded):
    """The private half of a ``Recipient``: everything comes from its seed of 32 bytes."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``AGE-SECRET-KEY-PQ-1…``.

        Raises:
            BadFormat: not an identity of this kind.
        """
        prefix, seed = bech32.decode(text)
        if prefix.upper() != IDENTITY_PREFIX:
            raise BadFormat("not a post-quantum age identity")
        return cls(seed)

    def reveal(self) -> str:
        """The secret as ``AGE-SECRET-KEY-PQ-1…``, 77 characters."""
        return self._text

    @cached_property
    def _text(self) -> str:
        # An item key goes into a slip for each desk; written once, as a recipient is.
        return bech32.encode(IDENTITY_PREFIX, self.seed)

    @cached_property
    def _halves(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        # filippo.io/hpke-pq: SHAKE256(seed, 96) is the ML-KEM seed and the X25519 scalar.
        expanded = hashlib.shake_256(self.seed).digest(MLKEM_SEED_LENGTH + X25519_LENGTH)
        return (
            MLKEM768PrivateKey.from_seed_bytes(expanded[:MLKEM_SEED_LENGTH]),
            X25519PrivateKey.from_private_bytes(expanded[MLKEM_SEED_LENGTH:]),
        )

    @cached_property
    def _private(self) -> MLKEM768X25519PrivateKey:
        return MLKEM768X25519PrivateKey(*self._halves)

    @cached_property
    def recipient(self) -> Recipient:
        """The public half."""
        mlkem, x25519 = self._halves
        return Recipient(mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw())

    def unwrap(self, stanza: Stanza) -> bytes:
        """The file key of a stanza made for this identity.

        Raises:
            CannotOpen: the stanza is for somebody else, or of another kind.
            BadFormat: it is of this kind and malformed.
        """
        encapsulated = encapsulation(stanza)
        try:
            return _SUITE.decrypt(encapsulated + stanza.body, self._private, _INFO)
        except InvalidTag:
            self._refuse_low_order(encapsulated)
            raise CannotOpen("the stanza is for another recipient") from None

    def _refuse_low_order(self, encapsulated: bytes) -> None:
        # The library gives the same error for a low-order share as for a foreign stanza.
        share = encapsulated[MLKEM_CIPHERTEXT_LENGTH:]
        try:
            self._halves[1].exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError:
            raise BadFormat("an age stanza has a share of low order") from None


def encapsulation(stanza: Stanza) -> bytes:
    """The 1,120 encapsulated bytes of a well-formed stanza of the hybrid kind.

    Raises:
        CannotOpen: a stanza of another kind.
        BadFormat: a wrong number of arguments, or wrong lengths. The body's is
            checked before decryption (c2sp.org/age: partitioning oracles).
    """
    if stanza.kind != STANZA_KIND:
        raise CannotOpen("the stanza is of another kind")
    if len(stanza.arguments) != 1 or len(stanza.body) != WRAPPED_KEY_LENGTH:
        raise BadFormat("an age stanza has a wrong shape")
    encapsulated = decode_base64(stanza.arguments[0].encode("ascii"))
    if len(encapsulated) != ENCAPSULATION_LENGTH:
        raise BadFormat("an age stanza has a share of a wrong length")
    return encapsulated


class VerifyKey:
    """An Ed25519 public key of 32 bytes.

    Raises:
        BadFormat: a wrong length, or a point of small order.
    """

    def __init__(self, raw: bytes) -> None:
        if len(raw) != VERIFY_KEY_LENGTH:
            raise BadFormat("a verification key has 32 bytes")
        if int.from_bytes(raw, "little") & (2**255 - 1) in _SMALL_ORDER:
            raise BadFormat("a verification key has small order")
        self.raw = bytes(raw)

    @cached_property
    def _public(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check a signature of 64 bytes.

        Raises:
            BadSignature: it was not made by this key over this message.
        """
        try:
            self._public.verify(signature, message)
        except InvalidSignature:
            raise BadSignature("the signature does not fit the key and the message") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VerifyKey) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"VerifyKey({self.raw.hex()})"


class SigningKey(Seeded):
    """An Ed25519 private key, kept as its seed of 32 bytes."""

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def public(self) -> VerifyKey:
        """The public half."""
        return VerifyKey(self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Sign: 64 bytes."""
        return self._private.sign(message)


class MemberSeed(Seeded):
    """The one secret of a member, 32 bytes: a sealing and a signing key pair come from it."""

    @cached_property
    def identity(self) -> Identity:
        """The pair that opens what is sealed to the member."""
        return Identity.from_seed(derive(self.seed, "tipline/member/seal"))

    @cached_property
    def signing_key(self) -> SigningKey:
        """The key that signs the member's statements."""
        return SigningKey.from_seed(derive(self.seed, "tipline/member/sign"))


def fingerprint(recipient: Recipient, key: VerifyKey) -> str:
    """Both public keys in four groups of five digits (66 bits), for comparing aloud."""
    digest = derive(recipient.raw + key.raw, "tipline/member/fingerprint")
    digits = f"{int.from_bytes(digest, 'big') % 10**20:020d}"
    return " ".join(digits[start : start + 5] for start in range(0, 20, 5))
