"""The file of the last signed checkpoint: whatever cuts a write short, a whole note is in it."""

import os
from pathlib import Path

import pytest

from tipline.keeper.last_signed import SLOT, SignedFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "last-signed"


def test_what_was_written_last_is_read(path: Path) -> None:
    assert SignedFile(path).read() == b""
    file = SignedFile(path)
    for number in range(7):
        file.write(b"note %d\n" % number)
        assert SignedFile(path).read() == b"note %d\n" % number
    assert path.stat().st_size == 2 * SLOT
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("cut", [0, 1, 7, 500, SLOT - 33, SLOT - 1])
@pytest.mark.parametrize("writes", [2, 3])
def test_a_write_that_is_cut_short_leaves_the_note_before(path: Path, writes: int, cut: int) -> None:
    file = SignedFile(path)
    for number in range(writes):
        file.write(b"note %d\n" % number)
    before = path.read_bytes()
    file.write(b"the next note\n")
    after, start = path.read_bytes(), writes % 2 * SLOT
    torn = before[:start] + after[start : start + cut] + before[start + cut :]
    path.write_bytes(torn)
    assert SignedFile(path).read() == b"note %d\n" % (writes - 1)


def test_a_file_of_an_earlier_version_is_a_note(path: Path) -> None:
    path.write_bytes(b"a note alone\n")
    file = SignedFile(path)
    assert file.read() == b"a note alone\n"
    file.write(b"the next\n")
    assert file.read() == b"the next\n"


def test_a_smaller_note_that_is_written_later_counts(path: Path) -> None:
    """After an acknowledged rollback the log is smaller than before."""
    file = SignedFile(path)
    for note in (b"log\n9\n", b"log\n10\n", b"log\n4\n"):
        file.write(note)
    assert SignedFile(path).read() == b"log\n4\n"


def test_each_note_is_synced_before_anybody_hears_of_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, found = SignedFile(path), []
    file.write(b"first")

    def note_sync(_descriptor: int) -> None:
        found.append(SignedFile(path).read())

    monkeypatch.setattr(os, "fdatasync", note_sync)
    file.write(b"second")
    file.write(b"third")
    assert found == [b"second", b"third"]


@pytest.mark.parametrize("spoilt", [None, b"", b"half of it"])
def test_a_file_that_is_gone_or_cut_short_under_the_keeper_is_made_anew(
    path: Path, spoilt: bytes | None
) -> None:
    file = SignedFile(path)
    file.write(b"first")
    path.unlink() if spoilt is None else path.write_bytes(spoilt)
    for note in (b"second", b"third"):
        file.write(note)
        assert SignedFile(path).read() == note
    assert path.stat().st_size == 2 * SLOT
