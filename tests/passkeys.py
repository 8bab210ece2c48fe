"""A passkey in software, for the tests: makes keys of each kind and answers challenges as a browser would."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.assertions import EDDSA, ES256, RS256, Passkey, encode_part, url_text

PRESENT: Final = 0x01
VERIFIED: Final = 0x04
HOST: Final = "admin.tipline.example"

Signer = Callable[[bytes], bytes]


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    """Made once: it takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_text(key: Any) -> str:
    """A public key as a passkey's field holds it."""
    return encode_part(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


@dataclass(frozen=True)
class SoftPasskey:
    """A passkey and its private half."""

    passkey: Passkey
    private: Any
    sign: Signer

    @classmethod
    def make(cls, algorithm: int = ES256, host: str = HOST, name: bytes = b"credential") -> "SoftPasskey":
        """A fresh one, for a host."""
        private, sign = _key(algorithm)
        passkey = Passkey(url_text(name), public_text(private.public_key()), host, algorithm)
        return cls(passkey, private, sign)

    def answer(
        self,
        asked: bytes,
        /,
        *,
        flags: int = PRESENT | VERIFIED,
        host: str = "",
        origin: str = "",
        extra: bytes = b"",
        **client: Any,
    ) -> dict[str, str]:
        """What it says when it is asked a challenge; the rest changes one thing each."""
        rp = host or self.passkey.rp
        data = sha256(rp.encode()).digest() + bytes([flags]) + bytes(4) + extra
        said = {
            "type": "webauthn.get",
            "challenge": url_text(asked),
            "origin": origin or f"https://{self.passkey.rp}",
            "crossOrigin": False,
            **client,
        }
        return self.answer_with(data, json.dumps(said).encode())

    def answer_with(self, data: bytes, client: bytes) -> dict[str, str]:
        """A signature over authenticator data and client data of any form."""
        signature = self.sign(data + sha256(client).digest())
        return {
            "authenticator_data": encode_part(data),
            "client_data": encode_part(client),
            "signature": encode_part(signature),
        }


def _key(algorithm: int) -> tuple[Any, Signer]:
    if algorithm == ES256:
        curve = ec.generate_private_key(ec.SECP256R1())
        return curve, lambda message: curve.sign(message, ec.ECDSA(hashes.SHA256()))
    if algorithm == EDDSA:
        edwards = Ed25519PrivateKey.generate()
        return edwards, edwards.sign
    assert algorithm == RS256
    return rsa_key(), lambda message: rsa_key().sign(message, padding.PKCS1v15(), hashes.SHA256())
