"""What a site has seen of the log only ever goes up, in every worker and after every restart."""

import os
import stat
import threading
from pathlib import Path

import pytest

from crypto import canonical
from crypto.keys import SigningKey
from crypto.notes import Checkpoint, NoteSigner, sign_checkpoint
from tipline.keeper_client import KeeperLied, KeeperRolledBack, SeenFile
from tipline.keeper_client.known import KnownSigners

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


def test_a_new_checkpoint_takes_one_sync(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = SeenFile(path)
    synced: list[os.stat_result] = []
    seen.advance_checkpoint(note(1), b"")
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda file: synced.append(os.fstat(file)))
    for size in range(2, 6):
        seen.advance_checkpoint(note(size), note(size - 1))
        assert len(synced) == size - 1
        assert SeenFile(path).checkpoint == note(size)
    assert all(each.st_ino == path.stat().st_ino for each in synced), "and all of the file itself"


@pytest.mark.parametrize("cut", [0, 1, 500, 4_000, 4_095])
@pytest.mark.parametrize("size", [3, 4])
def test_a_write_that_is_cut_short_leaves_what_was_seen_before(path: Path, size: int, cut: int) -> None:
    seen = SeenFile(path)
    seen.advance_checkpoint(note(1), b"")
    for each in range(2, size):
        seen.advance_checkpoint(note(each), note(each - 1))
    before = path.read_bytes()
    seen.advance_checkpoint(note(size), note(size - 1))
    after = path.read_bytes()
    [start] = [at for at in (0, 4_096) if after[at : at + 4_096] != before[at : at + 4_096]]
    path.write_bytes(before[:start] + after[start : start + cut] + before[start + cut :])
    assert SeenFile(path).checkpoint == note(size - 1)
    SeenFile(path).advance_checkpoint(note(9), note(size - 1))
    assert SeenFile(path).checkpoint == note(9)


def test_a_memory_that_is_spoilt_in_both_slots_is_not_forgotten_in_silence(path: Path) -> None:
    SeenFile(path).advance_checkpoint(note(5), b"")
    data = bytearray(path.read_bytes())
    data[10] ^= 1
    path.write_bytes(data)
    assert SeenFile(path).checkpoint == note(5)
    data[len(data) // 2 + 10] ^= 1
    path.write_bytes(data)
    with pytest.raises(KeeperLied):
        _ = SeenFile(path).checkpoint


def test_a_file_of_an_earlier_version_is_taken_over(path: Path) -> None:
    object_alone = {"v": 1, "directory_version": 3, "checkpoint": note(5).decode("utf-8"), "known": {}}
    path.write_bytes(canonical.encode(object_alone))
    seen = SeenFile(path)
    assert (seen.directory_version, seen.checkpoint) == (3, note(5))
    assert seen.advance_checkpoint(note(6), note(5))
    assert (SeenFile(path).directory_version, SeenFile(path).checkpoint) == (3, note(6))


def test_what_outgrows_its_slot_gets_a_larger_file(path: Path) -> None:
    seen, other = SeenFile(path), SeenFile(path)
    seen.advance_checkpoint(note(5), b"")
    large = KnownSigners({f"member-{number}": bytes(32).hex() for number in range(100)}, (), ())
    seen.remember(large)
    assert (other.known, other.checkpoint) == (large, note(5))
    assert other.advance_checkpoint(note(6), note(5))
    assert (seen.known, seen.checkpoint) == (large, note(6))


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
