"""Statements, signed by one or more members, and the log entries that hold them.

A statement's body is a canonical object; what is signed is `STATEMENT_TAG ‖ body`, so that a signature can
never be taken for one over a note or a claim. An entry is what the keeper made of a statement: done or
refused, and when. What a body means (which types there are, who may sign them) is the roster's matter.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Self

from crypto import canonical
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

_NONCE = re.compile(r"[0-9a-f]{32}")
_REASON = re.compile(r"[a-z][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class Statement:
    """What its signers state: a body and, for each signer, the base64 of an Ed25519 signature over it.

    The body has at least {"v": 1, "log": origin, "type": …, "at": Unix seconds, "nonce": 32 hex digits,
    "by": [the signers]}. It is taken as it is and must not be changed afterwards.

    Raises:
        BadFormat: a field is missing or has the wrong shape, or a signature is by nobody in "by".
    """

    body: Mapping[str, Any]
    signatures: Mapping[str, str]
    canonical_body: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        encoded = canonical.encode(dict(self.body))
        _check_body(self.body)
        if not isinstance(self.signatures, Mapping) or not set(self.signatures) <= set(self.body["by"]):
            raise BadFormat("a signature is by somebody who does not sign this statement")
        for text in self.signatures.values():
            _signature_bytes(text)
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

    def verify(self, keys: Mapping[str, VerifyKey]) -> None:
        """Check the signature of every signer.

        Raises:
            BadSignature: a signer has no key here, has not signed, or another key did.
        """
        message = STATEMENT_TAG + self.canonical_body
        for signer in self.signers:
            if signer not in keys or signer not in self.signatures:
                raise BadSignature("a signer's key or signature is missing")
            keys[signer].verify(_signature_bytes(self.signatures[signer]), message)

    def add_signature(self, signer: str, key: SigningKey) -> Self:
        """Return the statement with one more signature, for what several people must sign."""
        added = _signature_text(key.sign(STATEMENT_TAG + self.canonical_body))
        return type(self)(self.body, {**self.signatures, signer: added})

    def encode(self) -> bytes:
        """Return {"body": …, "signatures": …} as canonical JSON.

        Raises:
            BadFormat: it is longer than `MAX_STATEMENT`.
        """
        encoded = canonical.encode({"body": dict(self.body), "signatures": dict(self.signatures)})
        if len(encoded) > MAX_STATEMENT:
            raise BadFormat("the statement is too long")
        return encoded

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a statement back. Signatures have their shape now; only `verify` checks them.

        Raises:
            BadFormat: not canonical, too long, or a field too many, missing or of the wrong shape.
        """
        if len(data) > MAX_STATEMENT:
            raise BadFormat("the statement is too long")
        value = canonical.decode(data)
        if value.keys() != {"body", "signatures"} or not isinstance(value["body"], dict):
            raise BadFormat("a statement is a body and its signatures")
        return cls(value["body"], value["signatures"])


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
        self.statement.encode()
        encoded = canonical.encode(
            {
                "v": VERSION,
                "at": self.at,
                "outcome": self.outcome,
                "reason": self.reason,
                "withheld": list(self.withheld),
                "body": dict(self.statement.body),
                "signatures": dict(self.statement.signatures),
            }
        )
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
        value = canonical.decode(data)
        if value.keys() != {"v", "at", "outcome", "reason", "withheld", "body", "signatures"}:
            raise BadFormat("an entry has other fields than it should")
        _check_version(value["v"])
        if not isinstance(value["body"], dict) or not isinstance(value["withheld"], list):
            raise BadFormat("a field of the entry has the wrong shape")
        statement = Statement(value["body"], value["signatures"])
        return cls(value["at"], value["outcome"], value["reason"], statement, tuple(value["withheld"]))


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
