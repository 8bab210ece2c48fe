"""Signed notes and the log's checkpoints.

Sources: c2sp.org/signed-note (text, signature lines, verifier keys), c2sp.org/tlog-checkpoint. Only Ed25519
signatures (type 0x01) are made and checked here; lines by unknown keys are kept and ignored, as the
specification wants, but a bad signature by a known key rejects the whole note. Base64 is padded here, unlike
in age.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NamedTuple, Self

from crypto import canonical
from crypto.errors import BadFormat, BadSignature
from crypto.keys import SigningKey, VerifyKey
from crypto.merkle import HASH_LENGTH

MAX_NOTE: Final = 1_000_000  # bytes; the limit of golang.org/x/mod/sumdb/note
MAX_SIGNATURES: Final = 100  # same source
ED25519: Final = b"\x01"  # c2sp.org/signed-note, signature types

_KEY_ID_LENGTH: Final = 4
_SIGNATURE_PREFIX: Final = "— "  # em dash, space
_CONTROL = re.compile(r"[\x00-\x1f\ud800-\udfff]")  # c2sp.org/signed-note; half surrogate pairs are no UTF-8
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")  # below 2^63, without leading zeros


class NoteVerifier:
    """A name and a public key, as they are known to whoever checks a note.

    Raises:
        BadFormat: the name is empty, or holds white space or a plus sign.
    """

    def __init__(self, name: str, key: VerifyKey) -> None:
        _check_name(name)
        self.name = name
        self.key = key
        self.key_id = sha256(name.encode("utf-8") + b"\n" + ED25519 + key.raw).digest()[:_KEY_ID_LENGTH]

    @property
    def vkey(self) -> str:
        """Write "name+key id+base64", as c2sp.org/signed-note has it."""
        return f"{self.name}+{self.key_id.hex()}+{_to_base64(ED25519 + self.key.raw)}"

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read a verifier key.

        Raises:
            BadFormat: wrong shape, another algorithm, or a key id that is not that of name and key.
        """
        parts = vkey.split("+", 2)  # base64 may hold a plus, a name may not
        if len(parts) != 3:
            raise BadFormat("a verifier key is name+id+key")
        raw = _from_base64(parts[2])
        if raw[:1] != ED25519:
            raise BadFormat("the verifier key is of another algorithm")
        verifier = cls(parts[0], _verify_key(raw[1:]))
        if verifier.vkey != vkey:
            raise BadFormat("the key id is not that of the verifier key")
        return verifier

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoteVerifier) and (self.name, self.key.raw) == (other.name, other.key.raw)

    def __hash__(self) -> int:
        return hash((self.name, self.key.raw))

    def __repr__(self) -> str:
        return f"NoteVerifier({self.vkey!r})"


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
        signature = self._key.sign(text.encode("utf-8"))
        return f"{_SIGNATURE_PREFIX}{self.name} {_to_base64(self.verifier.key_id + signature)}\n"

    def __repr__(self) -> str:
        return f"NoteSigner({self.name!r})"


def sign_note(text: str, signers: Sequence[NoteSigner]) -> bytes:
    """Sign a text that ends with a newline.

    Raises:
        BadFormat: nobody signs, or the text does not end with a newline or holds control characters.
    """
    _check_text(text)
    if not signers:
        raise BadFormat("a note needs a signature")
    return (text + "\n" + "".join(signer.line(text) for signer in signers)).encode("utf-8")


def add_signature(note: bytes, signer: NoteSigner) -> bytes:
    """Return the note with one more signature line; the lines that stand there are not checked.

    Raises:
        BadFormat: not a note, or it holds as many signatures as it may.
    """
    text, lines = _split(note)
    if len(lines) >= MAX_SIGNATURES:
        raise BadFormat("the note has too many signatures")
    return note + signer.line(text).encode("utf-8")


def open_note(note: bytes, verifiers: Sequence[NoteVerifier]) -> tuple[str, tuple[NoteVerifier, ...]]:
    """Return the text and those of the verifiers who signed it, in the order of their lines.

    Raises:
        BadFormat: not a note.
        BadSignature: a known key's signature is wrong, or no known key signed.
    """
    text, lines = _split(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed: dict[NoteVerifier, None] = {}
    for line in lines:
        verifier = known.get((line.name, line.key_id))
        if verifier is None:
            continue
        verifier.key.verify(line.signature, text.encode("utf-8"))
        signed[verifier] = None
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
        if not self.origin or _CONTROL.search(self.origin):
            raise BadFormat("a log needs a name")
        if self.size < 0 or not _SIZE.fullmatch(str(self.size)) or len(self.root) != HASH_LENGTH:
            raise BadFormat("the checkpoint has a wrong size or root")

    @property
    def text(self) -> str:
        """Three lines: origin, size, base64 of the root."""
        return f"{self.origin}\n{self.size}\n{_to_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a checkpoint's text. Extension lines are refused: no log here writes any.

        Raises:
            BadFormat: not three lines, a size with leading zeros, a root that is not 32 bytes in base64.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not _SIZE.fullmatch(lines[1]):
            raise BadFormat("a checkpoint is three lines")
        return cls(lines[0], int(lines[1]), _from_base64(lines[2]))


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[NoteSigner]) -> bytes:
    """Sign a checkpoint; the log's own key, whose name is the origin, must be among the signers.

    Raises:
        BadFormat: it is not.
    """
    if checkpoint.origin not in [signer.name for signer in signers]:
        raise BadFormat("a checkpoint is signed by its log")
    return sign_note(checkpoint.text, signers)


def open_checkpoint(note: bytes, verifiers: Sequence[NoteVerifier]) -> Checkpoint:
    """Check and read a checkpoint.

    A witness alone does not do: c2sp.org/tlog-checkpoint wants a signature by a key named as the origin.

    Raises:
        BadFormat: not a checkpoint.
        BadSignature: a known key's signature is wrong, or the log's key is not known here or did not sign.
    """
    text, signed = open_note(note, verifiers)
    checkpoint = Checkpoint.parse(text)
    if checkpoint.origin not in [verifier.name for verifier in signed]:
        raise BadSignature("the log itself did not sign this checkpoint")
    return checkpoint


def sign_json(value: Mapping[str, Any], signer: NoteSigner) -> bytes:
    """Sign an object as a note of one line of canonical JSON.

    Raises:
        BadFormat: the object has no canonical form.
    """
    return sign_note(canonical.encode(dict(value)).decode("utf-8") + "\n", [signer])


def open_json(note: bytes, verifier: NoteVerifier) -> dict[str, Any]:
    """Check and read a note made by `sign_json`.

    Raises:
        BadFormat: not a note of one canonical line.
        BadSignature: this key did not sign it.
    """
    text, _ = open_note(note, [verifier])
    return canonical.decode(text.removesuffix("\n").encode("utf-8"))


class _Line(NamedTuple):
    name: str
    key_id: bytes
    signature: bytes


def _split(note: bytes) -> tuple[str, list[_Line]]:
    """Split a note at its last blank line."""
    if len(note) > MAX_NOTE:
        raise BadFormat("the note is too long")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFormat("a note is UTF-8") from error
    body, separator, tail = whole.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise BadFormat("a note is a text, a blank line and signatures")
    _check_text(body + "\n")
    lines = tail.removesuffix("\n").split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise BadFormat("the note has too many signatures")
    return body + "\n", [_parse_line(line) for line in lines]


def _parse_line(line: str) -> _Line:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _SIGNATURE_PREFIX.strip():
        raise BadFormat("not a signature line")
    name, blob = parts[1], _from_base64(parts[2])
    _check_name(name)
    if len(blob) <= _KEY_ID_LENGTH:
        raise BadFormat("not a signature line")
    return _Line(name, blob[:_KEY_ID_LENGTH], blob[_KEY_ID_LENGTH:])


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _CONTROL.search(text.replace("\n", "")):
        raise BadFormat("a note's text ends with a newline and holds no control characters")


def _check_name(name: str) -> None:
    if not name or "+" in name or _CONTROL.search(name) or any(character.isspace() for character in name):
        raise BadFormat("not a key name")


def _verify_key(raw: bytes) -> VerifyKey:
    if len(raw) != 32:  # RFC 8032: an Ed25519 public key
        raise BadFormat("the verifier key has a wrong length")
    return VerifyKey(raw)


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _from_base64(text: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadFormat("not base64") from error
    if _to_base64(data) != text:  # bits left over at the end would be a second form of the same bytes
        raise BadFormat("not base64")
    return data
