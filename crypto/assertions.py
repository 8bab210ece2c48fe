"""What a passkey says over a challenge: WebAuthn assertions, checked with `cryptography` alone.

A member's passkey stands in the roster. Whoever holds the log (keeper, sites, a verifier elsewhere) can so
check that a person was asked, by a device that no server controls.

Source: W3C Web Authentication Level 2, sections 6.1 (authenticator data), 5.8.1 (client data), 7.2 (verifying
an assertion); RFC 9053 (algorithms).
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Final, Self
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from crypto.errors import BadFormat, BadSignature
from crypto.keys import VerifyKey

ES256: Final = -7  # RFC 9053, section 2.1; with P-256, as WebAuthn asks
EDDSA: Final = -8  # RFC 9053, section 2.2; with Ed25519
RS256: Final = -257  # RFC 8812, section 2
ALGORITHMS: Final = (ES256, EDDSA, RS256)

PARTS: Final = ("authenticator_data", "client_data", "signature")
CHALLENGE_LENGTH: Final = 32  # bytes: a SHA-256, or as many random ones
MAX_PART: Final = 2048  # bytes; an RSA signature has 512, client data a few hundred
MAX_KEY: Final = 1024  # bytes of DER; RSA of 4,096 bits has 550
MAX_ID: Final = 1023  # bytes of a credential id; WebAuthn, section 4
LOCAL: Final = "localhost"  # the one host that browsers trust without TLS

_FIELDS: Final = frozenset({"id", "key", "rp", "algorithm"})
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_RP_HASH_LENGTH: Final = 32
_PLAIN_LENGTH: Final = 37  # rpIdHash, flags, counter
_USER_PRESENT: Final = 0x01
_USER_VERIFIED: Final = 0x04
_EXTENDED: Final = 0xC0  # attested credential data or extensions follow
_RSA_BITS: Final = range(2048, 4097)

PublicKey = ec.EllipticCurvePublicKey | Ed25519PublicKey | rsa.RSAPublicKey


@dataclass(frozen=True)
class Passkey:
    """A passkey as the roster holds it.

    `id` is the credential's id in base64url without padding, `key` the base64 of its public key (DER,
    SubjectPublicKeyInfo), `rp` the host it was made for, `algorithm` the COSE number.

    Raises:
        BadFormat: a field has another form, or key and algorithm do not fit together.
    """

    id: str
    key: str
    rp: str
    algorithm: int

    def __post_init__(self) -> None:
        if not 1 <= len(_url_bytes(self.id)) <= MAX_ID:
            raise BadFormat("a credential id has 1 to 1,023 bytes")
        check_host(self.rp)
        if type(self.algorithm) is not int or self.algorithm not in ALGORITHMS:
            raise BadFormat("a passkey's algorithm is unknown")
        _ = self._public

    @classmethod
    def read(cls, value: object) -> Self:
        """Read {"id","key","rp","algorithm"}.

        Raises:
            BadFormat: other fields, or one of another form.
        """
        if not isinstance(value, Mapping) or value.keys() != _FIELDS:
            raise BadFormat("a passkey has other fields than it should")
        return cls(**value)

    def fields(self) -> dict[str, Any]:
        """The passkey as it was read."""
        return {"id": self.id, "key": self.key, "rp": self.rp, "algorithm": self.algorithm}

    @cached_property
    def _public(self) -> PublicKey:
        der = decode_part(self.key, MAX_KEY)
        try:
            key = load_der_public_key(der)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise BadFormat("a passkey's key is not a key") from error
        return _fitting(key, self.algorithm, der)

    def verify(self, assertion: Mapping[str, str], challenge: bytes) -> None:
        """Check that this passkey's holder, present and verified, said yes to a challenge on its host.

        Source: WebAuthn, section 7.2, steps 11 to 20. The counter (step 21) is not looked at: it says
        nothing to somebody who verifies a log, and most passkeys leave it at zero.

        Raises:
            BadSignature: another challenge, host, purpose or key; nobody was present or verified.
            BadFormat: the assertion has not the form of one.
        """
        check_shape(assertion)
        data, client, signature = (decode_part(assertion[name]) for name in PARTS)
        _check_client(client, challenge, self.rp)
        _check_authenticator(data, self.rp)
        try:
            self._verify_signature(signature, data + sha256(client).digest())
        except InvalidSignature as error:
            raise BadSignature("the passkey did not sign this") from error

    def _verify_signature(self, signature: bytes, message: bytes) -> None:
        key = self._public
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(signature, message)


def check_shape(assertion: object) -> None:
    """Check that something has the form of an assertion: three parts in base64.

    Raises:
        BadFormat: it has not.
    """
    if not isinstance(assertion, Mapping) or assertion.keys() != set(PARTS):
        raise BadFormat("an assertion has other fields than it should")
    for name in PARTS:
        decode_part(assertion[name])


def check_host(host: object) -> None:
    """Check the name of a host that passkeys can be made for: lower case, and no address in numbers.

    Raises:
        BadFormat: it is none.
    """
    if not isinstance(host, str) or len(host) > 253 or not _HOST.fullmatch(host):  # RFC 1035, section 2.3.4
        raise BadFormat("this is not the name of a host")
    if host.rpartition(".")[2].isdecimal():
        raise BadFormat("a passkey is for a host with a name, not for an address")


def belongs(host: str, rp: str) -> bool:
    """Whether a host is the one that passkeys of `rp` answer to, or lies below it."""
    return host == rp or host.endswith(f".{rp}")


def encode_part(data: bytes) -> str:
    """Bytes as they stand in an assertion."""
    return base64.b64encode(data).decode("ascii")


def decode_part(text: object, most: int = MAX_PART) -> bytes:
    """Read padded base64, which has one form for its bytes.

    Raises:
        BadFormat: it is none, is empty, or has more bytes than it may.
    """
    if not isinstance(text, str):
        raise BadFormat("this is not base64")
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadFormat("this is not base64") from error
    if not 1 <= len(data) <= most or encode_part(data) != text:
        raise BadFormat("this is not base64 of the right length")
    return data


def url_text(data: bytes) -> str:
    """Bytes in base64url without padding, as browsers write them."""
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _url_bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise BadFormat("this is not base64url")
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        data = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadFormat("this is not base64url") from error
    if url_text(data) != text:
        raise BadFormat("this is not base64url")
    return data


def _fitting(key: object, algorithm: int, der: bytes) -> PublicKey:
    """The key, if it is one of its algorithm and written in the one form."""
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        fits = algorithm == ES256
    elif isinstance(key, rsa.RSAPublicKey):
        fits = algorithm == RS256 and key.key_size in _RSA_BITS
    elif isinstance(key, Ed25519PublicKey):
        fits = algorithm == EDDSA
        VerifyKey(key.public_bytes_raw())  # refuses the points under which anybody can sign
    else:
        raise BadFormat("a passkey's key is of another kind")
    if not fits or key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != der:
        raise BadFormat("a passkey's key does not fit its algorithm")
    return key


def _check_client(data: bytes, challenge: bytes, rp: str) -> None:
    try:
        client = json.loads(data.decode("utf-8"), object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise BadFormat("the client data is not JSON") from error
    if not isinstance(client, dict) or client.get("type") != "webauthn.get":
        raise BadSignature("the passkey was asked for something else")
    if len(challenge) != CHALLENGE_LENGTH or client.get("challenge") != url_text(challenge):
        raise BadSignature("the passkey answered another challenge")
    if client.get("crossOrigin", False) is not False:
        raise BadSignature("the passkey was asked inside a page of another site")
    if not _is_origin(client.get("origin"), rp):
        raise BadSignature("the passkey was asked by another site")


def _check_authenticator(data: bytes, rp: str) -> None:
    if len(data) < _PLAIN_LENGTH or (len(data) > _PLAIN_LENGTH and not data[_RP_HASH_LENGTH] & _EXTENDED):
        raise BadFormat("the authenticator data has another length")
    if data[:_RP_HASH_LENGTH] != sha256(rp.encode("ascii")).digest():
        raise BadSignature("the passkey answered for another host")
    wanted = _USER_PRESENT | _USER_VERIFIED
    if data[_RP_HASH_LENGTH] & wanted != wanted:
        raise BadSignature("nobody was present, or the passkey did not check who")


def _is_origin(origin: object, rp: str) -> bool:
    if not isinstance(origin, str):
        return False
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if origin != f"{parts.scheme}://{host}" + (f":{port}" if port is not None else ""):
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and belongs(host, LOCAL))
    return is_safe and belongs(host, rp)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)
