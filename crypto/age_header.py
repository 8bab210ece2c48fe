"""The textual header of an age file: stanzas that wrap the file key, and a MAC.

Source: c2sp.org/age, sections "Header" (with its ABNF) and "File key".
"""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.errors import BadFormat, CannotOpen

FILE_KEY_LENGTH = 16  # c2sp.org/age, "File key"
WRAPPED_KEY_LENGTH = FILE_KEY_LENGTH + 16  # with the Poly1305 tag
MAC_LENGTH = 32  # HMAC-SHA-256
COLUMNS = 64  # c2sp.org/age, "Recipient stanza": bodies wrap there
_VERSION_LINE = b"age-encryption.org/v1\n"
_STANZA_MARK = b"-> "
_END_MARK = b"---"
_ARGUMENTS = re.compile(rb"[!-~]+(?: [!-~]+)*")  # c2sp.org/age, ABNF: argument = 1*VCHAR
# Ours, against endless input: an argument line of the hybrid kind has 1,512 bytes and a recipient
# 1,557, so this is room for over 600 recipients.
_MAX_LINE = 16_384
_MAX_HEADER = 1_048_576


def encode_base64(data: bytes) -> bytes:
    """Standard base64 without padding."""
    return base64.b64encode(data).rstrip(b"=")


def decode_base64(text: bytes) -> bytes:
    """Decode unpadded base64.

    Raises:
        BadFormat: padding, characters outside the alphabet, or spare bits that
            are not zero (RFC 4648, section 3.5).
    """
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise BadFormat("the age header has wrong base64") from None
    if encode_base64(data) != text:
        raise BadFormat("the age header has base64 that is not canonical")
    return data


@dataclass(frozen=True, slots=True)
class Stanza:
    """One wrapped file key: what kind of recipient, its arguments, and the body in bytes."""

    kind: str
    arguments: tuple[str, ...]
    body: bytes

    def encode(self) -> bytes:
        """The argument line and the wrapped body; the last line is shorter than 64 columns."""
        text = encode_base64(self.body)
        lines = [_STANZA_MARK + " ".join((self.kind, *self.arguments)).encode("ascii")]
        lines += [text[start : start + COLUMNS] for start in range(0, len(text) + 1, COLUMNS)]
        return b"\n".join(lines) + b"\n"


@dataclass(frozen=True, slots=True)
class Header:
    """A header as it was read: ``covered`` are the bytes under the MAC, up to and with ``---``."""

    stanzas: tuple[Stanza, ...]
    covered: bytes
    mac: bytes

    def verify(self, file_key: bytes) -> None:
        """Check the MAC.

        Raises:
            CannotOpen: the header is not the one made with this file key.
        """
        if not hmac.compare_digest(_mac(file_key, self.covered), self.mac):
            raise CannotOpen("the age header was altered")


def derive_from_file_key(file_key: bytes, salt: bytes | None, info: bytes) -> bytes:
    """HKDF-SHA-256 to 32 bytes, as the MAC key and the payload key are made."""
    return HKDF(hashes.SHA256(), 32, salt, info).derive(file_key)


def _mac(file_key: bytes, covered: bytes) -> bytes:
    return hmac.digest(derive_from_file_key(file_key, None, b"header"), covered, "sha256")


def encode_header(file_key: bytes, stanzas: list[Stanza]) -> bytes:
    """The whole header, MAC line included."""
    covered = _VERSION_LINE + b"".join([stanza.encode() for stanza in stanzas]) + _END_MARK
    return covered + b" " + encode_base64(_mac(file_key, covered)) + b"\n"


def read_header(source: BinaryIO) -> Header:
    """Read a header and leave ``source`` at the payload's first byte.

    Raises:
        BadFormat: anything that the specification's ABNF does not allow.
    """
    lines = _Lines(source)
    if lines.next() != _VERSION_LINE[:-1]:
        raise BadFormat("not an age v1 file")
    stanzas: list[Stanza] = []
    while (line := lines.next()).startswith(_STANZA_MARK):
        stanzas.append(_read_stanza(line, lines))
    if not stanzas or not line.startswith(_END_MARK + b" "):
        raise BadFormat("the age header has no recipient or no end")
    mac = decode_base64(line[len(_END_MARK) + 1 :])
    if len(mac) != MAC_LENGTH:
        raise BadFormat("the age header's MAC has a wrong length")
    return Header(tuple(stanzas), lines.before_last() + _END_MARK, mac)


class _Lines:
    """The lines of a header, each within its limits, and the bytes they came from."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._lines: list[bytes] = []
        self._size = 0

    def next(self) -> bytes:
        line = self._source.readline(_MAX_LINE)
        self._size += len(line)
        if not line.endswith(b"\n") or self._size > _MAX_HEADER:
            raise BadFormat("the age header is cut short or too long")
        self._lines.append(line)
        return line[:-1]

    def before_last(self) -> bytes:
        return b"".join(self._lines[:-1])


def _read_stanza(line: bytes, lines: _Lines) -> Stanza:
    arguments = line[len(_STANZA_MARK) :]
    if not _ARGUMENTS.fullmatch(arguments):
        raise BadFormat("an age stanza has a wrong argument")
    text = b""
    while len(part := lines.next()) == COLUMNS:
        text += part
    if len(part) > COLUMNS:
        raise BadFormat("an age stanza has a line of over 64 columns")
    kind, *rest = arguments.decode("ascii").split(" ")
    return Stanza(kind, tuple(rest), decode_base64(text + part))
