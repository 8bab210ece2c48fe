"""Cosignatures: what witnesses, and the log itself with its second key, say about a checkpoint.

Source: c2sp.org/tlog-cosignature. Type 0x04 is Ed25519 over the time and the checkpoint's text; type 0x06 is
ML-DSA-44 over cosigner, time, origin, size and root. What stands in the line is u64 time ‖ signature. A time
of 0 (0x06 alone) makes no statement about when this was the largest tree.
"""

import struct
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol, Self

from crypto.errors import BadFormat, BadSignature
from crypto.keys import SIGNATURE_LENGTH, SigningKey, VerifyKey
from crypto.mldsa import MLDSA_SIGNATURE_LENGTH, MldsaSigningKey, MldsaVerifyKey
from crypto.note_lines import MAX_SIGNATURES, Verifier, read_lines, split_note, split_vkey, write_line
from crypto.notes import ED25519, Checkpoint, NoteVerifier, open_checkpoint

ED25519_COSIGNATURE: Final = b"\x04"  # c2sp.org/signed-note, signature types
MLDSA_COSIGNATURE: Final = b"\x06"  # same source
UNTIMED: Final = 0
MAX_TIME: Final = 2**63 - 1  # c2sp.org/tlog-cosignature

_TIME: Final = struct.Struct(">Q")
_LABEL: Final = b"subtree/v1\n\x00"  # c2sp.org/tlog-cosignature, ML-DSA-44 signed message
_MAX_NAME: Final = 255  # bytes; same source


@dataclass(frozen=True)
class Cosignature:
    """One that was checked: whose, and of when (Unix seconds; 0 says nothing)."""

    verifier: "CosignatureVerifier"
    at: int


@dataclass(frozen=True)
class Cosigned:
    """A checkpoint that its log signed, and the cosignatures that known cosigners put under it."""

    checkpoint: Checkpoint
    by: tuple[Cosignature, ...]


class CosignatureVerifier(Verifier):
    """A cosigner's name and public key."""

    LENGTH: ClassVar[int]
    """Of the signature, in bytes, without its time."""

    def check(self, text: str, signature: bytes) -> None:
        """Check a cosignature over a checkpoint's text; see `time_of`."""
        self.time_of(text, signature)

    def time_of(self, text: str, signature: bytes) -> int:
        """Check a cosignature and return its time.

        Raises:
            BadSignature: this cosigner did not make it, or it has not the form of one.
            BadFormat: the text is no checkpoint.
        """
        if len(signature) != _TIME.size + self.LENGTH:
            raise BadSignature("the cosignature has a wrong length")
        (at,) = _TIME.unpack(signature[: _TIME.size])
        if not self._earliest() <= at <= MAX_TIME:
            raise BadSignature("the cosignature's time is none")
        self._check(self.message(self.name, Checkpoint.parse(text), at), signature[_TIME.size :])
        return int(at)

    @staticmethod
    @abstractmethod
    def message(name: str, checkpoint: Checkpoint, at: int) -> bytes:
        """What is signed."""

    @abstractmethod
    def _check(self, message: bytes, signature: bytes) -> None: ...

    @staticmethod
    def _earliest() -> int:
        return UNTIMED + 1


class Ed25519CosignatureVerifier(CosignatureVerifier):
    """An Ed25519 cosigner (0x04). The message does not name it, so one key must never have two names."""

    ALGORITHM: ClassVar[bytes] = ED25519_COSIGNATURE
    LENGTH: ClassVar[int] = SIGNATURE_LENGTH

    def __init__(self, name: str, key: VerifyKey) -> None:
        super().__init__(name, key.raw)
        self.key = key

    @classmethod
    def of_raw(cls, name: str, raw: bytes) -> Self:
        """Make the verifier of a name and 32 bytes."""
        return cls(name, VerifyKey(raw))

    @staticmethod
    def message(name: str, checkpoint: Checkpoint, at: int) -> bytes:
        """Two lines, then the checkpoint's text."""
        return f"cosignature/v1\ntime {at}\n{checkpoint.text}".encode()

    def _check(self, message: bytes, signature: bytes) -> None:
        self.key.verify(signature, message)


class MldsaCosignatureVerifier(CosignatureVerifier):
    """An ML-DSA-44 cosigner (0x06)."""

    ALGORITHM: ClassVar[bytes] = MLDSA_COSIGNATURE
    LENGTH: ClassVar[int] = MLDSA_SIGNATURE_LENGTH

    def __init__(self, name: str, key: MldsaVerifyKey) -> None:
        super().__init__(name, key.raw)
        self.key = key

    @classmethod
    def of_raw(cls, name: str, raw: bytes) -> Self:
        """Make the verifier of a name and 1,312 bytes."""
        return cls(name, MldsaVerifyKey(raw))

    @staticmethod
    def message(name: str, checkpoint: Checkpoint, at: int) -> bytes:
        """The `cosigned_message` of the whole tree: label, name, time, origin, 0, size, root."""
        parts = (
            _LABEL,
            _named(name),
            _TIME.pack(at),
            _named(checkpoint.origin),
            _TIME.pack(0),
            _TIME.pack(checkpoint.size),
            checkpoint.root,
        )
        return b"".join(parts)

    def _check(self, message: bytes, signature: bytes) -> None:
        self.key.verify(signature, message)

    @staticmethod
    def _earliest() -> int:
        return UNTIMED


class Cosigner(Protocol):
    """Whoever puts a cosignature under a checkpoint."""

    @property
    def verifier(self) -> CosignatureVerifier:
        """The public half."""

    def line(self, text: str, at: int) -> str:
        """Return the signature line over a checkpoint's text at a moment (Unix seconds)."""


class Ed25519Cosigner:
    """Cosigns with Ed25519 (0x04)."""

    def __init__(self, name: str, key: SigningKey) -> None:
        self.verifier = Ed25519CosignatureVerifier(name, key.public)
        self._key = key

    def line(self, text: str, at: int) -> str:
        """Return the signature line.

        Raises:
            BadFormat: the text is no checkpoint, or the time is none.
        """
        if at == UNTIMED:
            raise BadFormat("an Ed25519 cosignature has a time")
        return _line(self.verifier, text, at, self._key)


class MldsaCosigner:
    """Cosigns with ML-DSA-44 (0x06)."""

    def __init__(self, name: str, key: MldsaSigningKey) -> None:
        self.verifier = MldsaCosignatureVerifier(name, key.public)
        self._key = key

    def line(self, text: str, at: int) -> str:
        """Return the signature line; a time of 0 says nothing of when.

        Raises:
            BadFormat: the text is no checkpoint, or the time is none.
        """
        return _line(self.verifier, text, at, self._key)


def parse_vkey(vkey: str) -> Verifier:
    """Read a verifier key of any type that is known here: 0x01, 0x04 or 0x06.

    Raises:
        BadFormat: wrong shape, another type, or a key id that is not that of name and key.
    """
    _, algorithm, _ = split_vkey(vkey)
    if algorithm not in _TYPES:
        raise BadFormat("the verifier key is of another algorithm")
    return _TYPES[algorithm].parse(vkey)


def cosignature_lines(text: str, cosigners: Sequence[Cosigner], at: int) -> str:
    """What a witness answers: one line of each cosigner over a checkpoint's text."""
    return "".join(cosigner.line(text, at) for cosigner in cosigners)


def cosign(note: bytes, cosigners: Sequence[Cosigner], at: int) -> bytes:
    """Return a checkpoint's note with more lines; those that stand there are not checked.

    Raises:
        BadFormat: no checkpoint, or it would hold more signatures than it may.
    """
    text, lines = split_note(note)
    if len(lines) + len(cosigners) > MAX_SIGNATURES:
        raise BadFormat("the note has too many signatures")
    return note + cosignature_lines(text, cosigners, at).encode("utf-8")


def with_lines(note: bytes, answered: bytes) -> bytes:
    """Return a note with the lines that a witness answered. Their form is checked, and nothing else.

    Raises:
        BadFormat: they are no signature lines, or too many.
    """
    _, lines = split_note(note)
    try:
        added = read_lines(answered.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadFormat("not a signature line") from error
    if len(lines) + len(added) > MAX_SIGNATURES:
        raise BadFormat("the note has too many signatures")
    return note + answered


def open_cosigned(note: bytes, log: Sequence[Verifier], cosigners: Sequence[CosignatureVerifier]) -> Cosigned:
    """Check and read a checkpoint with the cosignatures of known cosigners; unknown ones are ignored.

    Of several by one key the last in time counts.

    Raises:
        BadFormat: not a checkpoint.
        BadSignature: a known key's signature is wrong, or the log's own is not there.
    """
    checkpoint = open_checkpoint(note, [*log, *cosigners])
    known = {(one.name, one.key_id): one for one in cosigners}
    latest: dict[CosignatureVerifier, int] = {}
    _, lines = split_note(note)
    for line in lines:
        verifier = known.get((line.name, line.key_id))
        if verifier is not None:
            (at,) = _TIME.unpack(line.signature[: _TIME.size])  # `open_checkpoint` has checked it
            latest[verifier] = max(at, latest.get(verifier, UNTIMED))
    return Cosigned(checkpoint, tuple(Cosignature(verifier, at) for verifier, at in latest.items()))


def _line(verifier: CosignatureVerifier, text: str, at: int, key: SigningKey | MldsaSigningKey) -> str:
    if not UNTIMED <= at <= MAX_TIME:
        raise BadFormat("a cosignature's time is none")
    message = verifier.message(verifier.name, Checkpoint.parse(text), at)
    return write_line(verifier, _TIME.pack(at) + key.sign(message))


def _named(name: str) -> bytes:
    """A name with its length in one byte ahead (RFC 8446, section 3.4)."""
    data = name.encode("utf-8")
    if not 1 <= len(data) <= _MAX_NAME:
        raise BadFormat("a cosigner or a log has a name of 1 to 255 bytes")
    return bytes([len(data)]) + data


_TYPES: Final[dict[bytes, type[Verifier]]] = {
    ED25519: NoteVerifier,
    ED25519_COSIGNATURE: Ed25519CosignatureVerifier,
    MLDSA_COSIGNATURE: MldsaCosignatureVerifier,
}
