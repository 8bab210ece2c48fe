"""Rules of `crypto.age`. The X25519 kind has its own file, with a second implementation beside it."""

import json
import tracemalloc
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import age
from crypto.age_header import Stanza, encode_base64, encode_header, read_header
from crypto.age_x25519 import X25519Identity
from crypto.errors import BadFormat, CannotOpen, CryptoError
from crypto.keys import Identity

CHUNK = 65_536
SEALED_CHUNK = CHUNK + 16
NPM = json.loads((Path(__file__).parent / "vectors" / "age_npm.json").read_text("utf-8"))
READER = Identity.from_seed(bytes(32))
OTHER = Identity.from_seed(b"\x01" * 32)


def pattern(length: int) -> bytes:
    """Bytes in which no two chunks are alike."""
    return b"".join(number.to_bytes(4, "big") for number in range(length // 4 + 1))[:length]


def payload_start(sealed: bytes) -> int:
    """Where the first chunk begins."""
    source = BytesIO(sealed)
    read_header(source)
    return source.tell() + age.NONCE_LENGTH


def handmade(stanzas: list[Stanza]) -> bytes:
    """A file whose header is right but for its stanzas."""
    return encode_header(bytes(16), stanzas) + bytes(32)


class Dribble(BytesIO):
    """A source that gives fewer bytes than asked for, as a pipe does."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size, 1_000) if size and size > 0 else size)


def test_nobody_else_opens() -> None:
    sealed = age.seal(b"a tip", [READER.recipient])
    for identities in ([], [OTHER], [X25519Identity.generate()]):
        with pytest.raises(CannotOpen):
            age.unseal(sealed, identities)


def test_without_a_recipient_nothing_is_sealed() -> None:
    with pytest.raises(BadFormat, match="needs a recipient"):
        age.seal(b"a tip", [])


def test_kinds_of_recipients_are_never_mixed() -> None:
    mixed: Any = [READER.recipient, X25519Identity.generate().recipient]
    with pytest.raises(BadFormat, match="never mixed"):
        age.seal(b"a tip", mixed)
    sink = BytesIO()
    with pytest.raises(BadFormat, match="never mixed"):
        age.SealingWriter(sink, mixed)
    assert sink.getvalue() == b""


def test_every_changed_byte_is_refused() -> None:
    sealed = age.seal(b"a tip", [READER.recipient])
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(CryptoError):
            age.unseal(bytes(changed), [READER])


def test_a_file_cut_anywhere_in_its_header_is_refused() -> None:
    sealed = age.seal(b"a tip", [READER.recipient])
    for end in range(payload_start(sealed)):
        with pytest.raises(BadFormat):
            age.unseal(sealed[:end], [READER])


@pytest.mark.parametrize("length", [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5])
def test_a_file_cut_around_any_chunk_border_is_refused(length: int) -> None:
    data = pattern(length)
    sealed = age.seal(data, [READER.recipient])
    start = payload_start(sealed)
    borders = range(start, len(sealed), SEALED_CHUNK)
    for end in {border + shift for border in (*borders, len(sealed)) for shift in (-1, 0, 1, 16)}:
        if start <= end < len(sealed):
            given_out: list[bytes] = []
            with pytest.raises(CannotOpen):
                given_out.extend(age.unseal_stream(BytesIO(sealed[:end]), [READER]))
            assert data.startswith(b"".join(given_out))
            assert len(given_out) <= (end - start) // SEALED_CHUNK


def test_swapped_repeated_and_dropped_chunks_are_refused() -> None:
    sealed = age.seal(pattern(3 * CHUNK), [READER.recipient])
    start = payload_start(sealed)
    head, rest = sealed[:start], sealed[start:]
    one, two, three = (rest[at : at + SEALED_CHUNK] for at in range(0, len(rest), SEALED_CHUNK))
    for order in ([two, one, three], [one, one, two, three], [one, three], [three], [one, two, three, three]):
        with pytest.raises(CannotOpen):
            age.unseal(head + b"".join(order), [READER])
    assert age.unseal(head + one + two + three, [READER]) == pattern(3 * CHUNK)


@pytest.mark.parametrize("length", [0, 5, CHUNK, 2 * CHUNK])
@pytest.mark.parametrize("more", [b"\0", bytes(16), bytes(17), bytes(SEALED_CHUNK)])
def test_bytes_after_the_end_are_refused(length: int, more: bytes) -> None:
    sealed = age.seal(pattern(length), [READER.recipient])
    with pytest.raises(CannotOpen):
        age.unseal(sealed + more, [READER])


def test_an_empty_last_chunk_after_others_is_refused() -> None:
    class FullChunksOnly(age.SealingWriter):
        def finish(self) -> None:
            self._sink.write(self._chunks.seal(self._waiting, b"\0"))
            self._sink.write(self._chunks.seal(b"", b"\1"))

    sink = BytesIO()
    writer = FullChunksOnly(sink, [READER.recipient])
    writer.write(bytes(CHUNK))
    writer.finish()
    with pytest.raises(CannotOpen, match="empty chunk"):
        age.unseal(sink.getvalue(), [READER])


@pytest.mark.parametrize("point", [bytes(32), b"\x01" + bytes(31)])
def test_a_share_of_low_order_is_a_bad_header(point: bytes) -> None:
    wrapped = READER.recipient.wrap(bytes(16))
    share = b64decode(wrapped.arguments[0] + "==")[:-32] + point
    stanza = Stanza(wrapped.kind, (encode_base64(share).decode(),), wrapped.body)
    with pytest.raises(BadFormat, match="low order"):
        age.unseal(handmade([stanza]), [READER])


def test_a_share_in_base64_that_is_not_canonical_is_a_bad_header() -> None:
    wrapped = READER.recipient.wrap(bytes(16))
    share = wrapped.arguments[0]
    # 1,120 bytes leave four spare bits in the last character.
    spare = chr(ord(share[-1]) + 1)
    for wrong in (share[:-1] + spare, share + "==", share + "\u0041", share[:-1]):
        with pytest.raises(BadFormat):
            age.unseal(handmade([Stanza(wrapped.kind, (wrong,), wrapped.body)]), [READER])


def test_a_wrong_header_mac_is_refused() -> None:
    sealed = age.seal(b"a tip", [READER.recipient])
    at = sealed.index(b"\n--- ") + 5
    other = b"A" if sealed[at : at + 1] != b"A" else b"B"
    with pytest.raises(CannotOpen, match="altered"):
        age.unseal(sealed[:at] + other + sealed[at + 1 :], [READER])


def test_a_recipient_added_by_somebody_else_is_refused() -> None:
    # A stanza wraps the file key, so only its holder can make one; the MAC refuses a copied one.
    sealed = age.seal(b"a tip", [READER.recipient])
    stolen = age.seal(b"another", [OTHER.recipient])
    first, second = sealed.index(b"-> "), stolen.index(b"-> ")
    stanza = stolen[second : stolen.index(b"--- ")]
    with pytest.raises(CannotOpen):
        age.unseal(sealed[:first] + stanza + sealed[first:], [READER])


def test_a_passphrase_beside_other_recipients_is_a_bad_header() -> None:
    stanza = READER.recipient.wrap(bytes(16))
    with pytest.raises(BadFormat, match="passphrase"):
        age.unseal(
            handmade([stanza, Stanza("scrypt", ("AAAAAAAAAAAAAAAAAAAAAA", "10"), bytes(32))]), [READER]
        )


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(CryptoError):
        age.unseal(data, [READER])


@given(st.data())
def test_any_altered_file_is_refused(draw: st.DataObject) -> None:
    sealed = age.seal(pattern(100), [OTHER.recipient, READER.recipient])
    start = draw.draw(st.integers(0, len(sealed)))
    end = draw.draw(st.integers(start, len(sealed)))
    altered = sealed[:start] + draw.draw(st.binary(max_size=20)) + sealed[end:]
    if altered == sealed:
        assert age.unseal(altered, [READER]) == pattern(100)
    else:
        with pytest.raises(CryptoError):
            age.unseal(altered, [READER])


def test_a_finished_writer_takes_nothing_more() -> None:
    writer = age.SealingWriter(BytesIO(), [READER.recipient])
    writer.finish()
    with pytest.raises(ValueError, match="finished"):
        writer.write(b"more")
    with pytest.raises(ValueError, match="finished"):
        writer.finish()


def test_an_unfinished_file_does_not_open() -> None:
    for length in (0, 5, CHUNK, CHUNK + 1):
        sink = BytesIO()
        age.SealingWriter(sink, [READER.recipient]).write(pattern(length))
        with pytest.raises(CannotOpen):
            age.unseal(sink.getvalue(), [READER])


@pytest.mark.parametrize("vector", NPM["files"], ids=lambda vector: vector["name"])
def test_what_the_npm_package_sealed_opens(vector: dict[str, Any]) -> None:
    for text, recipient in zip(vector["identities"], vector["recipients"], strict=True):
        identity = (Identity if "-PQ-" in text else X25519Identity).parse(text)
        assert identity.recipient.text == recipient
        opened = age.unseal(b64decode(vector["sealed_base64"]), [OTHER, identity])
        assert opened == b64decode(vector["plaintext_base64"])


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_a_sealed_file_opens_at_once_and_as_a_stream_for_each_recipient(length: int) -> None:
    data = pattern(length)
    sealed = age.seal(data, [READER.recipient, OTHER.recipient])
    for identity in (READER, OTHER):
        assert age.unseal(sealed, [identity]) == data
        assert b"".join(age.unseal_stream(Dribble(sealed), [identity])) == data
    # crypto.md: the header has 70 bytes and 1,557 a recipient; then the nonce and a tag a chunk.
    chunks = max(1, -(-length // CHUNK))
    assert len(sealed) == 70 + 2 * 1_557 + 16 + length + 16 * chunks


@given(st.lists(st.integers(0, 2 * CHUNK + 10), max_size=5))
def test_the_writer_gives_one_file_however_it_is_fed(sizes: list[int]) -> None:
    data = pattern(sum(sizes))
    sink = BytesIO()
    writer = age.SealingWriter(sink, [READER.recipient])
    at = 0
    for size in sizes:
        writer.write(memoryview(data)[at : at + size])
        at += size
    writer.finish()
    assert age.unseal(sink.getvalue(), [READER]) == data
    assert len(sink.getvalue()) == len(age.seal(data, [READER.recipient]))


def test_two_files_of_one_text_share_nothing() -> None:
    one, two = (age.seal(b"a tip", [READER.recipient]) for _ in range(2))
    assert read_header(BytesIO(one)).stanzas[0] != read_header(BytesIO(two)).stanzas[0]
    assert one[-32:] != two[-32:]


def test_a_stream_takes_constant_memory(tmp_path: Path) -> None:
    piece = pattern(100_000)
    path = tmp_path / "sealed"
    tracemalloc.start()
    try:
        with path.open("wb") as sink:
            writer = age.SealingWriter(sink, [READER.recipient])
            for _ in range(100):
                writer.write(piece)
            writer.finish()
        with path.open("rb") as source:
            assert sum(map(len, age.unseal_stream(source, [READER]))) == 100 * len(piece)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
