"""Statements, signed by one or more members, and the log entries that hold them.

A statement's body is a canonical object; what is signed is `STATEMENT_TAG ‖ body`, so that a signature can
never be taken for one over a note or a claim. Beside the signatures may stand assertions: what the signers'
passkeys said over the SHA-256 of the same bytes. An entry is what the keeper made of a statement: done or
refused, and when. What a body means (which types there are, who may sign them, whose passkey must answer) is
the roster's matter.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Self

from crypto import assertions, canonical
from crypto.assertions import Passkey
from crypto.errors import BadFormat, BadSignature
from crypto.keys import SigningKey, VerifyKey

STATEMENT_TAG: Final = b"tipline-statement-v1\n"
ENTRY_TAG: Final = b"tipline-entry-v1\n"
VERSION: Final = 1
MAX_STATEMENT: Final = 65_536  # bytes, encoded with its signatures
MAX_ENTRY: Final = 2 * MAX_STATEMENT  # withheld items all stand in the statement, so they cannot outgrow it
SALT_LENGTH: Final = 32
SIGNATURE_LENGTH: Final = 64  # Ed25519, RFC 8032
MAX_TIME: Final = 253_402_300_799  # the last second of the year 9999, beyond which no calendar here counts

DONE: Final = "done"
REFUSED: Final = "refused"

# Keys in their canonical order, around parts that are encoded already: a body is encoded once.
_STATEMENT: Final = b'{%s"body":%s,"signatures":%s}'
_ENTRY: Final = b'{%s"at":%d,"body":%s,"outcome":"%s","reason":"%s","signatures":%s,"v":%d,"withheld":%s}'
_ASSERTIONS: Final = b'"assertions":%s,'
_INSIDE: Final = 2
"""How deep a body, and what stands beside it, lies in a statement or an entry."""

_NONCE = re.compile(r"[0-9a-f]{32}")
_ENTRY_FIELDS: Final = {"v", "at", "outcome", "reason", "withheld", "body", "signatures"}
_REASON = re.compile(r"[a-z][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class Statement:
    """What its signers state: a body and, for each signer, the base64 of an Ed25519 signature over it.

    The body has at least {"v": 1, "log": origin, "type": …, "at": Unix seconds, "nonce": 32 hex digits,
    "by": [the signers]}. It is taken as it is and must not be changed afterwards. `assertions` holds, for
    some signers, what their passkey said: {"authenticator_data", "client_data", "signature"}, base64.

    Raises:
        BadFormat: a field is missing or has the wrong shape, or a signature is by nobody in "by".
    """

    body: Mapping[str, Any]
    signatures: Mapping[str, str]
    assertions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    canonical_body: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        encoded = canonical.encode_part(dict(self.body), depth=_INSIDE)
        _check_body(self.body)
        if not isinstance(self.signatures, Mapping) or not set(self.signatures) <= set(self.body["by"]):
            raise BadFormat("a signature is by somebody who does not sign this statement")
        for text in self.signatures.values():
            _signature_bytes(text)
        _check_assertions(self.assertions, self.body["by"])
        object.__setattr__(self, "canonical_body", encoded)

    @classmethod
    def signed(cls, body: Mapping[str, Any], keys: Mapping[str, SigningKey]) -> Self:
        """Sign a body with the keys of some or all of its signers."""
        message = STATEMENT_TAG + canonical.encode(dict(body))
        return cls(body, {signer: _signature_text(key.sign(message)) for signer, key in keys.items()})

    @property
    def signers(self) -> tuple[str, ...]:
        """Everybody who must sign, in the body's order."""
        return tuple(self.body["by"])

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical body, 64 hex digits: names the statement, whoever has signed so far."""
        return sha256(self.canonical_body).hexdigest()

    @property
    def challenge(self) -> bytes:
        """What a signer's passkey is asked to answer, 32 bytes: SHA-256(STATEMENT_TAG ‖ canonical body)."""
        return sha256(STATEMENT_TAG + self.canonical_body).digest()

    def verify(self, keys: Mapping[str, VerifyKey]) -> None:
        """Check the signature of every signer.

        Raises:
            BadSignature: a signer has no key here, has not signed, or another key did.
        """
        for signer in self.signers:
            if signer not in keys:
                raise BadSignature("a signer's key is missing")
            self.verify_one(signer, keys[signer])

    def verify_one(self, signer: str, key: VerifyKey) -> None:
        """Check one signer's signature, while others have yet to sign.

        Raises:
            BadSignature: they have not signed, or another key did.
        """
        if signer not in self.signatures:
            raise BadSignature("a signer's signature is missing")
        key.verify(_signature_bytes(self.signatures[signer]), STATEMENT_TAG + self.canonical_body)

    def add_signature(self, signer: str, key: SigningKey) -> Self:
        """Return the statement with one more signature, for what several people must sign."""
        added = _signature_text(key.sign(STATEMENT_TAG + self.canonical_body))
        return type(self)(self.body, {**self.signatures, signer: added}, self.assertions)

    def add_assertion(self, signer: str, assertion: Mapping[str, str]) -> Self:
        """Return the statement with what a signer's passkey said over `challenge`."""
        return type(self)(self.body, self.signatures, {**self.assertions, signer: dict(assertion)})

    def verify_assertions(self, passkeys: Mapping[str, Passkey]) -> None:
        """Check that each of these signers' passkeys answered, and nobody else's.

        Raises:
            BadSignature: one is missing, too many, or does not answer this statement.
            BadFormat: one has not the form of an assertion.
        """
        if self.assertions.keys() != passkeys.keys():
            raise BadSignature("a passkey's answer is missing, or is nobody's")
        for signer, passkey in passkeys.items():
            passkey.verify(self.assertions[signer], self.challenge)

    def parts(self) -> dict[str, Any]:
        """Body, signatures and, where there are any, assertions: as they stand in what is encoded."""
        said = {signer: dict(assertion) for signer, assertion in self.assertions.items()}
        plain = {"body": dict(self.body), "signatures": dict(self.signatures)}
        return {**plain, "assertions": said} if said else plain

    def encode(self) -> bytes:
        """Return {"body": …, "signatures": …}, and "assertions" where there are any, as canonical JSON.

        Raises:
            BadFormat: it is longer than `MAX_STATEMENT`.
        """
        encoded = _STATEMENT % (self._encoded_assertions(), self.canonical_body, self._encoded_signatures())
        if len(encoded) > MAX_STATEMENT:
            raise BadFormat("the statement is too long")
        return encoded

    def _encoded_signatures(self) -> bytes:
        return canonical.encode_part(dict(self.signatures), depth=_INSIDE)

    def _encoded_assertions(self) -> bytes:
        said = self.parts().get("assertions") if self.assertions else None
        return _ASSERTIONS % canonical.encode_part(said, depth=_INSIDE) if said else b""

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a statement back. Signatures have their shape now; only `verify` checks them.

        Raises:
            BadFormat: not canonical, too long, or a field too many, missing or of the wrong shape.
        """
        if len(data) > MAX_STATEMENT:
            raise BadFormat("the statement is too long")
        statement = cls._from_parts(canonical.read_unchecked(data), {"body", "signatures"})
        _check_canonical(data, statement.encode())
        return statement

    @classmethod
    def _from_parts(cls, value: Mapping[str, Any], fields: set[str]) -> Self:
        """Take a statement from an object that has these fields, and "assertions" when it holds any."""
        said = value.get("assertions", {})
        if value.keys() - {"assertions"} != fields or not isinstance(value["body"], dict):
            raise BadFormat("it has other fields than it should")
        if "assertions" in value and not said:  # absent when empty: one encoding for one statement
            raise BadFormat("assertions are left out where there are none")
        return cls(value["body"], value["signatures"], said)


@dataclass(frozen=True)
class Entry:
    """A statement as the keeper logged it.

    `at` is the keeper's clock in Unix seconds, `outcome` "done" or "refused", `reason` a code, empty when
    done. `withheld` names the items of a list statement that were not released.

    Raises:
        BadFormat: a field has the wrong shape, or outcome and reason do not fit together.
    """

    at: int
    outcome: str
    reason: str
    statement: Statement
    withheld: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_time(self.at)
        if self.outcome not in (DONE, REFUSED):
            raise BadFormat("an entry is done or refused")
        if not isinstance(self.reason, str):
            raise BadFormat("a reason is text")
        if self.outcome == DONE and self.reason:
            raise BadFormat("a done entry has no reason")
        if self.outcome == REFUSED and not _REASON.fullmatch(self.reason):
            raise BadFormat("a refused entry has a reason")
        if not all(isinstance(item, str) for item in self.withheld):
            raise BadFormat("withheld items are named by their ids")
        if len(set(self.withheld)) != len(self.withheld):
            raise BadFormat("withheld items are named once each")

    def encode(self) -> bytes:
        """Return the entry as canonical JSON, statement and signatures inside.

        Raises:
            BadFormat: the statement or the entry is too long.
        """
        said = self.statement
        encoded = _ENTRY % (
            said._encoded_assertions(),
            self.at,
            said.canonical_body,
            self.outcome.encode("ascii"),
            self.reason.encode("ascii"),
            said._encoded_signatures(),
            VERSION,
            canonical.encode_part(list(self.withheld), depth=_INSIDE),
        )
        if len(encoded) > MAX_STATEMENT:  # otherwise the statement in it is shorter, too
            self.statement.encode()
        if len(encoded) > MAX_ENTRY:
            raise BadFormat("the entry is too long")
        return encoded

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read an entry back.

        Raises:
            BadFormat: not canonical, too long, or a field too many, missing or of the wrong shape.
        """
        if len(data) > MAX_ENTRY:
            raise BadFormat("the entry is too long")
        value = canonical.read_unchecked(data)
        statement = Statement._from_parts(value, _ENTRY_FIELDS)
        _check_version(value["v"])
        if not isinstance(value["withheld"], list):
            raise BadFormat("a field of the entry has the wrong shape")
        entry = cls(value["at"], value["outcome"], value["reason"], statement, tuple(value["withheld"]))
        _check_canonical(data, entry.encode())
        return entry


def commitment(salt: bytes, entry: bytes) -> bytes:
    """Return the 32 bytes that stand in the tree for an encoded entry, hiding it behind a salt of 32 bytes.

    Raises:
        BadFormat: the salt has another length.
    """
    if len(salt) != SALT_LENGTH:
        raise BadFormat("a salt has 32 bytes")
    return sha256(ENTRY_TAG + salt + entry).digest()


def _check_body(body: Mapping[str, Any]) -> None:
    if not {"v", "log", "type", "at", "nonce", "by"} <= body.keys():
        raise BadFormat("a field of the statement is missing")
    _check_version(body["v"])
    _check_time(body["at"])
    if not all(isinstance(body[name], str) and body[name] for name in ("log", "type", "nonce")):
        raise BadFormat("a field of the statement has the wrong shape")
    if not _NONCE.fullmatch(body["nonce"]):
        raise BadFormat("a nonce is 32 hex digits")
    signers = body["by"]
    if not isinstance(signers, list) or not all(isinstance(signer, str) and signer for signer in signers):
        raise BadFormat("signers are named in a list")
    if not signers or len(set(signers)) != len(signers):
        raise BadFormat("a statement has signers, each named once")


def _check_assertions(said: object, signers: list[str]) -> None:
    if not isinstance(said, Mapping) or not set(said) <= set(signers):
        raise BadFormat("an assertion is by somebody who does not sign this statement")
    for assertion in said.values():
        assertions.check_shape(assertion)


def _check_canonical(data: bytes, encoded: bytes) -> None:
    if encoded != data:
        raise BadFormat("JSON is not in its canonical form")


def _check_version(version: object) -> None:
    # type(…), because True == 1 in Python and would be a second encoding of the same version.
    if type(version) is not int or version != VERSION:
        raise BadFormat("this version of the format is unknown")


def _check_time(at: object) -> None:
    if type(at) is not int or not 0 <= at <= MAX_TIME:
        raise BadFormat("a time is a whole number of seconds")


def _signature_text(signature: bytes) -> str:
    return base64.b64encode(signature).decode("ascii")


def _signature_bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise BadFormat("a signature is base64")
    try:
        signature = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadFormat("a signature is base64") from error
    if len(signature) != SIGNATURE_LENGTH or _signature_text(signature) != text:  # one text for one signature
        raise BadFormat("a signature is 64 bytes")
    return signature
