"""What a site has seen of the log only ever goes up, in every worker and after every restart."""

import os
import stat
import threading
from pathlib import Path

import pytest

from crypto.keys import SigningKey
from crypto.notes import Checkpoint, NoteSigner, sign_checkpoint
from tipline.keeper_client import KeeperLied, KeeperRolledBack, SeenFile

SIGNER = NoteSigner("test.example/log", SigningKey.from_seed(bytes(32)))


def note(size: int) -> bytes:
    return sign_checkpoint(Checkpoint("test.example/log", size, bytes(32)), [SIGNER])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "seen.json"


def test_a_lower_directory_is_refused_after_a_restart_too(path: Path) -> None:
    SeenFile(path).advance_directory(7)
    again = SeenFile(path)
    with pytest.raises(KeeperRolledBack):
        again.advance_directory(6)
    again.advance_directory(7)
    again.advance_directory(8)
    assert SeenFile(path).directory_version == 8


def test_a_smaller_checkpoint_is_refused(path: Path) -> None:
    seen = SeenFile(path)
    assert seen.advance_checkpoint(note(5), b"")
    with pytest.raises(KeeperRolledBack):
        seen.advance_checkpoint(note(4), note(5))
    assert SeenFile(path).checkpoint == note(5)


def test_a_checkpoint_counts_only_against_the_one_it_was_checked_against(path: Path) -> None:
    mine, other = SeenFile(path), SeenFile(path)
    assert mine.advance_checkpoint(note(5), b"")
    assert not other.advance_checkpoint(note(9), b"")
    assert other.checkpoint == note(5)
    assert other.advance_checkpoint(note(9), note(5))
    assert mine.checkpoint == note(9)


def test_both_are_kept_side_by_side(path: Path) -> None:
    seen = SeenFile(path)
    assert (seen.directory_version, seen.checkpoint) == (-1, b"")
    seen.advance_directory(3)
    seen.advance_checkpoint(note(5), b"")
    assert (SeenFile(path).directory_version, SeenFile(path).checkpoint) == (3, note(5))
    assert path.stat().st_mode & 0o777 == 0o600


def test_many_workers_lose_nothing(path: Path) -> None:
    def climb(start: int) -> None:
        seen = SeenFile(path)
        for size in range(start, 200, 4):
            before = seen.checkpoint
            while not before or size > int(before.split(b"\n")[1]):
                if seen.advance_checkpoint(note(size), before):
                    break
                before = seen.checkpoint

    threads = [threading.Thread(target=climb, args=(start,)) for start in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert SeenFile(path).checkpoint == note(199)


def test_what_was_seen_stands_after_a_power_cut_under_its_name_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in the place of another is durable once its folder is."""
    done: list[str] = []
    replace, sync = os.replace, os.fsync

    def note_replace(fresh: str, name: str) -> None:
        done.append("named")
        replace(fresh, name)

    def note_sync(file: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(file).st_mode) else "file")
        sync(file)

    monkeypatch.setattr(os, "replace", note_replace)
    monkeypatch.setattr(os, "fsync", note_sync)
    SeenFile(path).advance_directory(7)
    assert done == ["file", "named", "folder"]


@pytest.mark.parametrize("content", [b"", b"{}", b'{"checkpoint":1,"directory_version":1,"v":1}', b"\xff"])
def test_a_damaged_memory_is_not_forgotten_in_silence(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(KeeperLied):
        _ = SeenFile(path).checkpoint


def test_a_memory_that_vanishes_is_missed(path: Path) -> None:
    seen = SeenFile(path)
    seen.advance_directory(3)
    path.unlink()
    with pytest.raises(KeeperRolledBack):
        _ = seen.directory_version
