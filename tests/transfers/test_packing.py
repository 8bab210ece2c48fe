"""A packet: one age file to the body's key that public programs open, with what was put in and no more."""

import tarfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import pyrage  # type: ignore[import-untyped]  # it carries no annotations
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import age
from crypto.age_x25519 import X25519Recipient
from crypto.errors import CannotOpen
from crypto.keys import Identity
from tipline.transfers.packing import MAX_NAME_BYTES, Enclosure, path_for, seal_packet

DAY = date(2026, 3, 3)
MIDNIGHT = int(datetime(2026, 3, 3, tzinfo=UTC).timestamp())


def sealed(to: Any, *enclosures: Enclosure) -> bytes:
    sink = BytesIO()
    seal_packet(sink, to, enclosures, DAY)
    return sink.getvalue()


def opened(packet: bytes, key: Identity) -> tarfile.TarFile:
    return tarfile.open(fileobj=BytesIO(age.unseal(packet, [key])))


def streamed(path: str, size: int, *pieces: bytes) -> Enclosure:
    return Enclosure(path, size, sha256(b"".join(pieces)).hexdigest(), lambda: iter(pieces))


def test_nobody_but_the_body_opens_a_packet() -> None:
    packet = sealed(Identity.generate().recipient, Enclosure.of("tip.txt", b"A gang runs the quarry."))
    with pytest.raises(CannotOpen):
        age.unseal(packet, [Identity.generate()])
    assert b"quarry" not in packet


def test_a_file_that_became_shorter_ends_the_packet_where_nobody_opens_it() -> None:
    key, sink = Identity.generate(), BytesIO()
    with pytest.raises(OSError, match="unexpected end of data"):
        seal_packet(sink, key.recipient, [streamed("files/001", 10, b"short")], DAY)
    with pytest.raises(CannotOpen):
        age.unseal(sink.getvalue(), [key])


def test_the_program_of_a_body_with_a_plain_age_key_opens_a_packet() -> None:
    key = pyrage.x25519.Identity.generate()
    packet = sealed(X25519Recipient.parse(str(key.to_public())), Enclosure.of("tip.txt", b"text"))
    with tarfile.open(fileobj=BytesIO(pyrage.decrypt(packet, [key]))) as archive:
        assert archive.getnames() == ["tip.txt"]


def test_a_packet_tells_no_hour_and_no_account() -> None:
    key = Identity.generate()
    with opened(sealed(key.recipient, Enclosure.of("a", b"1"), Enclosure.of("文件", b"2")), key) as archive:
        for entry in archive:
            assert (entry.uid, entry.gid, entry.uname, entry.gname) == (0, 0, "", "")
            assert (entry.mtime, entry.mode, entry.isreg()) == (MIDNIGHT, 0o600, True)


def test_what_went_in_comes_out_whatever_its_pieces() -> None:
    key = Identity.generate()
    pieces = (b"", b"x" * 70_000, b"y", b"z" * 200_001)
    whole = b"".join(pieces)

    def again() -> Iterator[bytes]:
        yield from (pieces[1], pieces[2], pieces[3])

    big = Enclosure("files/001-照片.jpg", len(whole), sha256(whole).hexdigest(), again)
    with opened(sealed(key.recipient, big, Enclosure.of("end", b"end")), key) as archive:
        found = {entry.name: archive.extractfile(entry) for entry in archive}
        assert found["files/001-照片.jpg"].read() == whole  # type: ignore[union-attr]
        assert found["end"].read() == b"end"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("../../etc/passwd", "files/001-_.._etc_passwd"),
        ("C:\\x\\y.jpg", "files/001-C__x_y.jpg"),
        ("a\nb\x00c.jpg", "files/001-a_b_c.jpg"),
        ("\u202egpj.exe", "files/001-_gpj.exe"),
        (" .. ", "files/001"),
        ("", "files/001"),
        ("照片 1.jpg", "files/001-照片 1.jpg"),
    ],
)
def test_a_senders_name_is_a_name_and_no_path(name: str, path: str) -> None:
    assert path_for(name, 1) == path


@given(st.text(), st.integers(1, 999))
def test_every_name_stays_in_its_folder_and_fits(name: str, number: int) -> None:
    path = path_for(name, number)
    folder, _, rest = path.partition("/")
    assert folder == "files"
    assert rest.startswith(f"{number:03}")
    assert "/" not in rest
    assert "\\" not in rest
    assert rest.isprintable()
    assert len(rest.encode()) <= MAX_NAME_BYTES + 4
