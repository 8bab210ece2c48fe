"""age v1 files: the one format in which anything is sealed for somebody.

Hybrid post-quantum recipients for all that is stored, X25519 ones for
interchange with plain age. There is no associated data and no sender: what a
file belongs to stands inside its plaintext.

Source: c2sp.org/age, sections "File key" and "Payload".
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto.age_header import (
    FILE_KEY_LENGTH,
    Stanza,
    derive_from_file_key,
    encode_header,
    read_header,
)
from crypto.age_x25519 import X25519Identity, X25519Recipient
from crypto.errors import BadFormat, CannotOpen
from crypto.keys import Identity, Recipient
from crypto.randomness import random_bytes

CHUNK_LENGTH = 65_536  # c2sp.org/age, "Payload"
TAG_LENGTH = 16  # RFC 8439
NONCE_LENGTH = 16  # c2sp.org/age, "Payload"
_COUNTER_LENGTH = 11  # c2sp.org/age, "Payload"
_NOT_LAST, _LAST = b"\x00", b"\x01"  # c2sp.org/age, "Payload"
_SCRYPT_KIND = "scrypt"

Recipients = Sequence[Recipient] | Sequence[X25519Recipient]
Identities = Sequence[Identity | X25519Identity]


class Sink(Protocol):
    """What takes the sealed bytes; it must be done with ``data`` when ``write`` returns."""

    def write(self, data: bytes, /) -> object:
        """Take all of ``data``."""


class _Chunks:
    """The payload's cipher and its chunk counter."""

    def __init__(self, file_key: bytes, nonce: bytes) -> None:
        self._cipher = ChaCha20Poly1305(derive_from_file_key(file_key, nonce, b"payload"))
        self.count = 0

    def _nonce(self, mark: bytes) -> bytes:
        return self.count.to_bytes(_COUNTER_LENGTH, "big") + mark

    def seal(self, chunk: bytes | bytearray | memoryview, mark: bytes) -> bytes:
        sealed = self._cipher.encrypt(self._nonce(mark), chunk, None)
        self.count += 1
        return sealed

    def open(self, sealed: bytes, mark: bytes) -> bytes:
        chunk = self._cipher.decrypt(self._nonce(mark), sealed, None)
        self.count += 1
        return chunk


def _begin(recipients: Recipients) -> tuple[bytes, _Chunks]:
    """The header with the payload's nonce, and the payload's cipher."""
    if not recipients:
        raise BadFormat("an age file needs a recipient")
    if len({type(recipient) for recipient in recipients}) > 1:
        # c2sp.org/age: one recipient without post-quantum strength gives the file away.
        raise BadFormat("post-quantum and other recipients are never mixed")
    file_key = random_bytes(FILE_KEY_LENGTH)
    nonce = random_bytes(NONCE_LENGTH)
    header = encode_header(file_key, [recipient.wrap(file_key) for recipient in recipients])
    return header + nonce, _Chunks(file_key, nonce)


def seal(plaintext: bytes, recipients: Recipients) -> bytes:
    """Seal bytes to one or more recipients of one kind.

    Raises:
        BadFormat: no recipient, kinds mixed, or a recipient that is no valid key.
    """
    start, chunks = _begin(recipients)
    view = memoryview(plaintext)
    last = max(len(view) - 1, 0) // CHUNK_LENGTH * CHUNK_LENGTH
    parts = [start]
    parts += [chunks.seal(view[at : at + CHUNK_LENGTH], _NOT_LAST) for at in range(0, last, CHUNK_LENGTH)]
    parts.append(chunks.seal(view[last:], _LAST))
    return b"".join(parts)


class SealingWriter:
    """Seals a stream into ``sink`` in chunks of 64 KiB, with constant memory.

    The header is written at once. Without ``finish()`` the file is cut short
    and nobody can open its end, which is what an aborted upload should be.

    Raises:
        BadFormat: as for ``seal``.
    """

    def __init__(self, sink: Sink, recipients: Recipients) -> None:
        self._sink = sink
        start, self._chunks = _begin(recipients)
        self._waiting = bytearray()
        self._finished = False
        sink.write(start)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take more plaintext. At most one chunk waits inside, since only ``finish`` knows the last."""
        if self._finished:
            raise ValueError("the file is finished")
        view = memoryview(data).cast("B")
        if self._waiting:
            room = CHUNK_LENGTH - len(self._waiting)
            self._waiting += view[:room]
            view = view[room:]
            if not view:
                return
            self._sink.write(self._chunks.seal(self._waiting, _NOT_LAST))
            self._waiting.clear()
        while len(view) > CHUNK_LENGTH:
            self._sink.write(self._chunks.seal(view[:CHUNK_LENGTH], _NOT_LAST))
            view = view[CHUNK_LENGTH:]
        self._waiting += view

    def finish(self) -> None:
        """Write the last chunk. The sink stays open: it is the caller's."""
        if self._finished:
            raise ValueError("the file is finished")
        self._finished = True
        self._sink.write(self._chunks.seal(self._waiting, _LAST))
        self._waiting.clear()


def unseal(sealed: bytes, identities: Identities) -> bytes:
    """Open a whole age file.

    Raises:
        BadFormat: not an age file, or a header that is malformed or cut short.
        CannotOpen: for somebody else, altered, cut short, or followed by other bytes.
    """
    return b"".join(unseal_stream(BytesIO(sealed), identities))


def unseal_stream(source: BinaryIO, identities: Identities) -> Iterator[bytes]:
    """Open an age file chunk by chunk, with constant memory.

    Each chunk is authenticated before it is given out, but only a normal end
    says that the file was whole: until then the reader must be ready to throw
    away what came. ``source`` should be buffered, since its header is read by lines.

    Raises:
        BadFormat: not an age file, or a header that is malformed or cut short.
        CannotOpen: for somebody else, altered, cut short, or followed by other
            bytes; perhaps only after some chunks.
    """
    header = read_header(source)
    file_key = _find_file_key(header.stanzas, identities)
    header.verify(file_key)
    nonce = _read_full(source, NONCE_LENGTH)
    if len(nonce) < NONCE_LENGTH:
        raise BadFormat("the age file is cut short before its payload")
    yield from _open_chunks(source, _Chunks(file_key, nonce))


def _find_file_key(stanzas: Sequence[Stanza], identities: Identities) -> bytes:
    if len(stanzas) > 1 and any(stanza.kind == _SCRYPT_KIND for stanza in stanzas):
        # c2sp.org/age: a passphrase stanza stands alone or the header is refused.
        raise BadFormat("a passphrase stanza stands beside others")
    for stanza in stanzas:
        for identity in identities:
            try:
                return identity.unwrap(stanza)
            except CannotOpen:
                continue
    raise CannotOpen("no identity given opens the file")


def _open_chunks(source: BinaryIO, chunks: _Chunks) -> Iterator[bytes]:
    """Give out the chunks; the one that authenticates as last must be the end of the input."""
    while True:
        sealed = _read_full(source, CHUNK_LENGTH + TAG_LENGTH)
        if len(sealed) == CHUNK_LENGTH + TAG_LENGTH:
            try:
                chunk = chunks.open(sealed, _NOT_LAST)
            except InvalidTag:
                pass  # It may be a last chunk that is full.
            else:
                yield chunk
                continue
        yield _open_last(chunks, sealed)
        if source.read(1):
            raise CannotOpen("bytes follow the end of the file")
        return


def _open_last(chunks: _Chunks, sealed: bytes) -> bytes:
    try:
        chunk = chunks.open(sealed, _LAST)
    except InvalidTag:
        raise CannotOpen("the file was altered or cut short") from None
    if not chunk and chunks.count > 1:
        # c2sp.org/age: the final chunk is empty only when the whole payload is.
        raise CannotOpen("the file ends in an empty chunk")
    return chunk


def _read_full(source: BinaryIO, length: int) -> bytes:
    """Read until ``length`` bytes are there or the input ends: a read may give fewer."""
    data = source.read(length)
    while 0 < len(data) < length:
        more = source.read(length - len(data))
        if not more:
            break
        data += more
    return data
