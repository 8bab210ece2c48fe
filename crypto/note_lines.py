"""What all signed notes are made of: text, key names and ids, base64, signature lines.

Source: c2sp.org/signed-note. Base64 is padded here, unlike in age.
"""

import base64
import binascii
import re
from abc import ABC, abstractmethod
from hashlib import sha256
from typing import ClassVar, Final, NamedTuple, Self

from crypto.errors import BadFormat

MAX_NOTE: Final = 1_000_000  # bytes; the limit of golang.org/x/mod/sumdb/note
MAX_SIGNATURES: Final = 100  # same source

_KEY_ID_LENGTH: Final = 4
_SIGNATURE_PREFIX: Final = "— "  # em dash, space
_CONTROL = re.compile(r"[\x00-\x1f\ud800-\udfff]")  # c2sp.org/signed-note; half surrogate pairs are no UTF-8


class Line(NamedTuple):
    """A signature line: who signed, with which key, and what stands there."""

    name: str
    key_id: bytes
    signature: bytes


class Verifier(ABC):
    """A name and a public key, as they are known to whoever checks a note: one type of signature each.

    Raises:
        BadFormat: the name is empty, or holds white space or a plus sign.
    """

    ALGORITHM: ClassVar[bytes]
    """The signature type: one byte that c2sp.org/signed-note assigns."""

    def __init__(self, name: str, raw: bytes) -> None:
        check_name(name)
        self.name = name
        self.raw = raw
        named = name.encode("utf-8") + b"\n" + self.ALGORITHM + raw
        self.key_id = sha256(named).digest()[:_KEY_ID_LENGTH]

    @property
    def vkey(self) -> str:
        """Write "name+key id+base64", as c2sp.org/signed-note has it."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(self.ALGORITHM + self.raw)}"

    @property
    def keys(self) -> "tuple[Verifier, ...]":
        """Every single key that stands behind this one: itself, where there is no chain of them."""
        return (self,)

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read a verifier key of this type.

        Raises:
            BadFormat: wrong shape, another type, or a key id that is not that of name and key.
        """
        name, algorithm, raw = split_vkey(vkey)
        if algorithm != cls.ALGORITHM:
            raise BadFormat("the verifier key is of another algorithm")
        verifier = cls.of_raw(name, raw)
        if verifier.vkey != vkey:
            raise BadFormat("the key id is not that of the verifier key")
        return verifier

    @classmethod
    @abstractmethod
    def of_raw(cls, name: str, raw: bytes) -> Self:
        """Make the verifier of a name and a public key as bytes."""

    @abstractmethod
    def check(self, text: str, signature: bytes) -> None:
        """Check what stands in a signature line after the key id.

        Raises:
            BadSignature: this key did not sign the text.
            BadFormat: the text is of a kind that this type of signature is never made over.
        """

    def check_place(  # noqa: B027  # a single key is in force everywhere; a chain of keys says more
        self, signed: "tuple[Verifier, ...]", place: int | None
    ) -> None:
        """Check that the keys that signed were in force at a place of the log; one key always is.

        Raises:
            BadSignature: another key was.
        """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verifier) and (self.ALGORITHM, self.name, self.raw) == (
            other.ALGORITHM,
            other.name,
            other.raw,
        )

    def __hash__(self) -> int:
        return hash((self.ALGORITHM, self.name, self.raw))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.key_id.hex()})"


def split_vkey(vkey: str) -> tuple[str, bytes, bytes]:
    """Take a verifier key apart: name, signature type, public key. The key id is not checked.

    Raises:
        BadFormat: it is not three parts.
    """
    parts = vkey.split("+", 2)  # base64 may hold a plus, a name may not
    if len(parts) != 3:
        raise BadFormat("a verifier key is name+id+key")
    raw = from_base64(parts[2])
    return parts[0], raw[:1], raw[1:]


def write_line(verifier: Verifier, signature: bytes) -> str:
    """Write a signature line with its end."""
    return f"{_SIGNATURE_PREFIX}{verifier.name} {to_base64(verifier.key_id + signature)}\n"


def split_note(note: bytes) -> tuple[str, list[Line]]:
    """Split a note at its last blank line.

    Raises:
        BadFormat: not a note.
    """
    if len(note) > MAX_NOTE:
        raise BadFormat("the note is too long")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFormat("a note is UTF-8") from error
    body, separator, tail = whole.rpartition("\n\n")
    if not separator:
        raise BadFormat("a note is a text, a blank line and signatures")
    check_text(body + "\n")
    return body + "\n", read_lines(tail)


def read_lines(tail: str) -> list[Line]:
    """Read signature lines, at least one, each with its end.

    Raises:
        BadFormat: one is none, or there are too many.
    """
    if not tail.endswith("\n"):
        raise BadFormat("a note is a text, a blank line and signatures")
    lines = tail.removesuffix("\n").split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise BadFormat("the note has too many signatures")
    return [_read_line(line) for line in lines]


def _read_line(line: str) -> Line:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _SIGNATURE_PREFIX.strip():
        raise BadFormat("not a signature line")
    name, blob = parts[1], from_base64(parts[2])
    check_name(name)
    if len(blob) <= _KEY_ID_LENGTH:
        raise BadFormat("not a signature line")
    return Line(name, blob[:_KEY_ID_LENGTH], blob[_KEY_ID_LENGTH:])


def check_text(text: str) -> None:
    """Check a note's text.

    Raises:
        BadFormat: it does not end with a newline, or holds control characters.
    """
    if not text.endswith("\n") or has_control(text.replace("\n", "")):
        raise BadFormat("a note's text ends with a newline and holds no control characters")


def check_name(name: str) -> None:
    """Check a key name.

    Raises:
        BadFormat: it is empty, or holds white space, a plus sign or control characters.
    """
    if not name or "+" in name or has_control(name) or any(character.isspace() for character in name):
        raise BadFormat("not a key name")


def has_control(text: str) -> bool:
    """Whether a text holds control characters, or what no UTF-8 can hold."""
    return _CONTROL.search(text) is not None


def to_base64(data: bytes) -> str:
    """Write bytes as padded base64."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """Read padded base64.

    Raises:
        BadFormat: it is none, or another spelling of the same bytes.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadFormat("not base64") from error
    if to_base64(data) != text:  # bits left over at the end would be a second form of the same bytes
        raise BadFormat("not base64")
    return data
