"""Signed notes and the log's checkpoints.

Sources: c2sp.org/signed-note (text, signature lines, verifier keys), c2sp.org/tlog-checkpoint. The signatures
made here are plain Ed25519 ones (type 0x01); those of witnesses stand in `crypto.cosignatures`. Lines by
unknown keys are kept and ignored, as the specification wants, but a bad signature by a known key rejects the
whole note.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from crypto import canonical
from crypto.errors import BadFormat, BadSignature
from crypto.keys import VERIFY_KEY_LENGTH, SigningKey, VerifyKey
from crypto.merkle import HASH_LENGTH
from crypto.note_lines import (
    MAX_NOTE,
    MAX_SIGNATURES,
    Verifier,
    check_text,
    from_base64,
    has_control,
    split_note,
    to_base64,
    write_line,
)

__all__ = [
    "ED25519",
    "MAX_NOTE",
    "MAX_SIGNATURES",
    "Checkpoint",
    "NoteSigner",
    "NoteVerifier",
    "Verifier",
    "add_signature",
    "open_checkpoint",
    "open_json",
    "open_note",
    "read_json",
    "sign_checkpoint",
    "sign_json",
    "sign_note",
]

ED25519: Final = b"\x01"  # c2sp.org/signed-note, signature types

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")  # below 2^63, without leading zeros


class NoteVerifier(Verifier):
    """A name and an Ed25519 key, for plain signatures over a note's text.

    Raises:
        BadFormat: the name is empty, or holds white space or a plus sign.
    """

    ALGORITHM: ClassVar[bytes] = ED25519

    def __init__(self, name: str, key: VerifyKey) -> None:
        super().__init__(name, key.raw)
        self.key = key

    @classmethod
    def of_raw(cls, name: str, raw: bytes) -> Self:
        """Make the verifier of a name and 32 bytes.

        Raises:
            BadFormat: they are no key.
        """
        if len(raw) != VERIFY_KEY_LENGTH:
            raise BadFormat("the verifier key has a wrong length")
        return cls(name, VerifyKey(raw))

    def check(self, text: str, signature: bytes) -> None:
        """Check an Ed25519 signature over the text.

        Raises:
            BadSignature: this key did not make it.
        """
        self.key.verify(signature, text.encode("utf-8"))


class NoteSigner:
    """A name and the private key that signs notes under it."""

    def __init__(self, name: str, key: SigningKey) -> None:
        self.verifier = NoteVerifier(name, key.public)
        self._key = key

    @property
    def name(self) -> str:
        """The name that stands in the signature line."""
        return self.verifier.name

    def line(self, text: str) -> str:
        """Return the signature line over a note's text."""
        return write_line(self.verifier, self._key.sign(text.encode("utf-8")))

    def __repr__(self) -> str:
        return f"NoteSigner({self.name!r})"


def sign_note(text: str, signers: Sequence[NoteSigner]) -> bytes:
    """Sign a text that ends with a newline.

    Raises:
        BadFormat: nobody signs, or the text does not end with a newline or holds control characters.
    """
    check_text(text)
    if not signers:
        raise BadFormat("a note needs a signature")
    return (text + "\n" + "".join(signer.line(text) for signer in signers)).encode("utf-8")


def add_signature(note: bytes, signer: NoteSigner) -> bytes:
    """Return the note with one more signature line; the lines that stand there are not checked.

    Raises:
        BadFormat: not a note, or it holds as many signatures as it may.
    """
    text, lines = split_note(note)
    if len(lines) >= MAX_SIGNATURES:
        raise BadFormat("the note has too many signatures")
    return note + signer.line(text).encode("utf-8")


def open_note(note: bytes, verifiers: Sequence[Verifier]) -> tuple[str, tuple[Verifier, ...]]:
    """Return the text and the single keys that signed it, in the order of their lines.

    Raises:
        BadFormat: not a note.
        BadSignature: a known key's signature is wrong, or no known key signed.
    """
    text, lines = split_note(note)
    known = {(key.name, key.key_id): key for verifier in verifiers for key in verifier.keys}
    signed: dict[Verifier, None] = {}
    for line in lines:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        key.check(text, line.signature)
        signed[key] = None
    if not signed:
        raise BadSignature("no known key signed this note")
    return text, tuple(signed)


@dataclass(frozen=True)
class Checkpoint:
    """The state of a log: its name, its number of entries and its root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin or has_control(self.origin):
            raise BadFormat("a log needs a name")
        if self.size < 0 or not _SIZE.fullmatch(str(self.size)) or len(self.root) != HASH_LENGTH:
            raise BadFormat("the checkpoint has a wrong size or root")

    @property
    def text(self) -> str:
        """Three lines: origin, size, base64 of the root."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a checkpoint's text. Extension lines are refused: no log here writes any.

        Raises:
            BadFormat: not three lines, a size with leading zeros, a root that is not 32 bytes in base64.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not _SIZE.fullmatch(lines[1]):
            raise BadFormat("a checkpoint is three lines")
        return cls(lines[0], int(lines[1]), from_base64(lines[2]))


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[NoteSigner]) -> bytes:
    """Sign a checkpoint; the log's own key, whose name is the origin, must be among the signers.

    Raises:
        BadFormat: it is not.
    """
    if checkpoint.origin not in [signer.name for signer in signers]:
        raise BadFormat("a checkpoint is signed by its log")
    return sign_note(checkpoint.text, signers)


def open_checkpoint(note: bytes, verifiers: Sequence[Verifier]) -> Checkpoint:
    """Check and read a checkpoint.

    A witness alone does not do: a plain signature by a key named as the origin is wanted (the name, by
    c2sp.org/tlog-checkpoint).

    Raises:
        BadFormat: not a checkpoint.
        BadSignature: a known key's signature is wrong, or the log's key is not known here or did not sign.
    """
    text, signed = open_note(note, verifiers)
    checkpoint = Checkpoint.parse(text)
    if not any(isinstance(key, NoteVerifier) and key.name == checkpoint.origin for key in signed):
        raise BadSignature("the log itself did not sign this checkpoint")
    for verifier in verifiers:
        verifier.check_place(signed, checkpoint.size - 1)
    return checkpoint


def sign_json(value: Mapping[str, Any], signer: NoteSigner) -> bytes:
    """Sign an object as a note of one line of canonical JSON.

    Raises:
        BadFormat: the object has no canonical form.
    """
    return sign_note(canonical.encode(dict(value)).decode("utf-8") + "\n", [signer])


def open_json(note: bytes, verifier: NoteVerifier) -> dict[str, Any]:
    """Check and read a note made by `sign_json`.

    Where the log's keys changed, its "index" (of a directory, its "version") says which of them it must be.

    Raises:
        BadFormat: not a note of one canonical line.
        BadSignature: this key did not sign it.
    """
    text, signed = open_note(note, [verifier])
    body = read_json(text)
    place = body.get("index", body.get("version"))
    verifier.check_place(signed, place if type(place) is int else None)
    return body


def read_json(text: str) -> dict[str, Any]:
    """Read the text of such a note, whoever signed it.

    Raises:
        BadFormat: not one canonical line.
    """
    return canonical.decode(text.removesuffix("\n").encode("utf-8"))
