"""Blind signatures: the mint signs a value that it cannot see, and cannot know again.

RSABSSA-SHA384-PSS-Deterministic over RSA-3072: a finished signature is an ordinary RSASSA-PSS one. The
message is 32 random bytes already, so "Randomized" preparation would only make a voucher longer.

`cryptography` has no bare RSA operation; the private one is `pow` by CRT. Its duration depends on its
input, so every input is first multiplied by a random factor that nobody else knows, and every result is
raised back before it leaves: one fault in a CRT half would give the key away.

Sources: RFC 9474; RFC 8017, section 5.1 and 5.2; D. Boneh et al., On the Importance of Checking
Cryptographic Protocols for Faults (1997).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import gcd
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from crypto.errors import BadFormat, BadSignature, CryptoError
from crypto.hidden import Hidden
from crypto.pss import encode_pss
from crypto.randomness import random_bytes

EXPONENT = 65_537


class SigningFailed(CryptoError):
    """The machine computed wrongly; nothing of the result leaves."""


@dataclass(frozen=True, repr=False)
class Blinding(Hidden):
    """A blinded message, and the secret that takes the blinding off again; both as long as the modulus."""

    blinded: bytes
    inverse: bytes


class MintPublicKey:
    """A public key of the mint.

    Raises:
        BadFormat: the modulus is even, or has not exactly `BITS` bits.
    """

    BITS: ClassVar[int] = 3_072
    SALT_LENGTH: ClassVar[int] = 48  # RFC 9474, section 5: PSS, not PSSZERO

    def __init__(self, n: int) -> None:
        if n.bit_length() != self.BITS or not n & 1:
            raise BadFormat(f"a key of the mint has a modulus of {self.BITS} bits")
        self.n = n

    @classmethod
    def from_hex(cls, text: str) -> Self:
        """Read `n_hex`.

        Raises:
            BadFormat: not the lower-case hex digits of such a modulus.
        """
        if len(text) != 2 * cls.length() or set(text) - set("0123456789abcdef"):
            raise BadFormat("the modulus of a key of the mint is written in lower-case hex digits")
        return cls(int(text, 16))

    @classmethod
    def length(cls) -> int:
        """How many bytes the modulus has, and each number below it is written with."""
        return (cls.BITS + 7) // 8

    @property
    def n_hex(self) -> str:
        """The modulus, big-endian, as hex digits: 768."""
        return f"{self.n:0{2 * self.length()}x}"

    def blind(self, message: bytes, salt: bytes, factor_source: Callable[[int], bytes]) -> Blinding:
        """Hide a message: what comes out is as likely for every message there is.

        Args:
            salt: `SALT_LENGTH` random bytes, kept secret.
            factor_source: gives as many secret random bytes as the modulus has for attempt 0, 1, 2 and so
                on. The first that is a number below the modulus is taken, so each is as likely.

        Raises:
            BadFormat: a salt of another length; a message that shares a factor with the modulus, which
                breaks the key.
        """
        if len(salt) != self.SALT_LENGTH:
            raise BadFormat(f"the salt has {self.SALT_LENGTH} bytes")
        encoded = int.from_bytes(encode_pss(message, salt, self.BITS - 1), "big")
        if gcd(encoded, self.n) != 1:
            raise BadFormat("the message shares a factor with the modulus")
        factor = _unit(self, factor_source)
        blinded = encoded * _power(self, factor) % self.n
        return Blinding(self.write(blinded), self.write(pow(factor, -1, self.n)))

    def finalize(self, message: bytes, blind_signature: bytes, inverse: bytes) -> bytes:
        """Take the blinding off, and check that what is left is a signature of this key.

        Raises:
            BadFormat: a number of another length, or not below the modulus.
            BadSignature: it is none over this message.
        """
        signature = self.write(self.read(blind_signature) * self.read(inverse) % self.n)
        self.verify(message, signature)
        return signature

    def verify(self, message: bytes, signature: bytes) -> None:
        """Check a finished signature, as any verifier of RSASSA-PSS can.

        Raises:
            BadSignature: it is none of this key over this message.
        """
        try:
            self._ordinary.verify(signature, message, self._padding(), hashes.SHA384())
        except InvalidSignature:
            raise BadSignature("the signature is not one of the mint's over this message") from None

    def read(self, number: bytes) -> int:
        """Read a number below the modulus.

        Raises:
            BadFormat: another length, not below the modulus, or zero.
        """
        if len(number) != self.length():
            raise BadFormat(f"a blinded number has {self.length()} bytes")
        value = int.from_bytes(number, "big")
        if not 0 < value < self.n:
            raise BadFormat("a blinded number lies between zero and the modulus")
        return value

    @classmethod
    def _padding(cls) -> padding.PSS:
        return padding.PSS(padding.MGF1(hashes.SHA384()), cls.SALT_LENGTH)

    @cached_property
    def _ordinary(self) -> rsa.RSAPublicKey:
        return rsa.RSAPublicNumbers(EXPONENT, self.n).public_key()

    def write(self, value: int) -> bytes:
        """A number below the modulus as bytes of its length, big-endian."""
        return value.to_bytes(self.length(), "big")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MintPublicKey) and self.n == other.n

    def __hash__(self) -> int:
        return hash(self.n)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.n_hex[:16]}…)"


class MintKey(Hidden):
    """A private key of the mint.

    Raises:
        BadFormat: another size, or another exponent than 65,537.
    """

    PUBLIC: ClassVar[type[MintPublicKey]] = MintPublicKey

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        numbers = key.private_numbers()
        if numbers.public_numbers.e != EXPONENT:
            raise BadFormat(f"a key of the mint has the exponent {EXPONENT}")
        self.public = self.PUBLIC(numbers.public_numbers.n)
        self._key = key
        self._numbers = numbers

    @classmethod
    def generate(cls) -> Self:
        """A fresh random key. Takes a tenth of a second to a second."""
        return cls(rsa.generate_private_key(EXPONENT, cls.PUBLIC.BITS))

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        """Read what `to_pem` wrote; OpenSSL checks that its parts belong together.

        Raises:
            BadFormat: not an RSA private key in PKCS #8, or one of another size or exponent.
        """
        try:
            key = serialization.load_pem_private_key(pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise BadFormat("not a private key of the mint") from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise BadFormat("not a private key of the mint")
        return cls(key)

    def to_pem(self) -> bytes:
        """The secret key, as PKCS #8 without a password."""
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def blind_sign(self, blinded: bytes) -> bytes:
        """Sign a blinded message: as long as the modulus. The same again gives the same.

        Raises:
            BadFormat: another length, or no number below the modulus.
            SigningFailed: the machine computed wrongly.
        """
        public = self.public
        value = public.read(blinded)
        factor = _unit(public, lambda _: random_bytes(public.length()))
        root = self._root(value * _power(public, factor) % public.n)
        signed = root * pow(factor, -1, public.n) % public.n
        if _power(public, signed) != value:
            raise SigningFailed("the signature does not fit the key")
        return public.write(signed)

    def _root(self, value: int) -> int:
        # RFC 8017, section 5.1.2, step 2.b: two halves by the primes.
        numbers = self._numbers
        first = pow(value % numbers.p, numbers.dmp1, numbers.p)
        second = pow(value % numbers.q, numbers.dmq1, numbers.q)
        return second + numbers.q * ((first - second) * numbers.iqmp % numbers.p)


def _unit(key: MintPublicKey, source: Callable[[int], bytes]) -> int:
    """The first number of a source that lies below the modulus and has an inverse."""
    attempt = 0
    while True:
        value = int.from_bytes(source(attempt), "big")
        if 0 < value < key.n and gcd(value, key.n) == 1:
            return value
        attempt += 1


def _power(key: MintPublicKey, value: int) -> int:
    """The public operation. Source: RFC 8017, section 5.1.1."""
    return pow(value, EXPONENT, key.n)
