"""Sealed files: staged until their tip is stored, never half there."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from tests.clocks import FixedClock
from tipline.files import staging
from tipline.files.errors import DiskReserveReached, NoSuchFile, TooManyWaiting
from tipline.files.register import STAGED_SECONDS
from tipline.files.staging import RESERVE_BYTES, StagedFile
from tipline.files.store import SWEEP_SECONDS, FileStore
from tipline.ids import ItemId, new_item_id

NOON = datetime(2026, 3, 3, 12, 34, 56, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 3, tzinfo=UTC).timestamp()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> FileStore:
    return make_store(tmp_path, clock)


def make_store(folder: Path, clock: FixedClock) -> FileStore:
    return FileStore(folder / "files", folder / "staging", folder / "ram" / "staged", clock)


@pytest.fixture
def writing(store: FileStore) -> Iterator[StagedFile]:
    """A file whose request still runs."""
    staged = store.stage()
    staged.write(b"half")
    yield staged
    staged.drop()


def stage(store: FileStore, data: bytes = b"sealed") -> ItemId:
    """A finished file that nobody holds any more."""
    item = new_item_id()
    staged = store.stage()
    staged.write(data)
    staged.finish(item)
    staged.release()
    return item


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def nothing_is_stored(_: ItemId) -> bool:
    return False


# ------------------------------------------------------------------ refusals


def test_what_is_not_there_cannot_be_opened(store: FileStore) -> None:
    with pytest.raises(NoSuchFile):
        store.open(new_item_id())


def test_nothing_is_on_disk_before_the_first_byte(store: FileStore, tmp_path: Path) -> None:
    staged = store.stage()
    assert files_below(tmp_path) == []
    with pytest.raises(FileNotFoundError):
        staged.finish(new_item_id())
    with pytest.raises(FileNotFoundError):
        staged.open()
    staged.drop()


def test_files_leave_a_reserve_of_the_disk(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = store.stage()
    staged.write(b"x")
    room = {"free": RESERVE_BYTES - 1}
    monkeypatch.setattr(
        os, "statvfs", lambda _: SimpleNamespace(f_bavail=room["free"], f_frsize=1), raising=True
    )
    with pytest.raises(DiskReserveReached):
        store.stage()
    # One that had begun is stopped too, before it has eaten the reserve.
    with pytest.raises(DiskReserveReached):
        staged.write(bytes(staging.LOOK_EVERY))
    staged.drop()
    assert files_below(tmp_path / "staging") == []
    room["free"] = RESERVE_BYTES
    store.stage().drop()


def test_no_more_files_wait_than_may_and_none_of_a_form_by_half(
    store: FileStore, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipline.files.register.MAX_WAITING", 3)
    waiting, fresh = [stage(store), stage(store)], [stage(store), stage(store)]
    store.hold(waiting)
    with pytest.raises(TooManyWaiting):
        store.hold(fresh)
    assert [store.is_there(item) for item in (*waiting, *fresh)] == [True, True, False, False]
    # Those that wait go on: their page came back once more.
    clock.advance(STAGED_SECONDS - 1)
    store.hold(waiting)
    clock.advance(STAGED_SECONDS - 1)
    assert all(store.is_there(item) for item in waiting)


def test_a_ram_folder_that_fills_lets_no_file_of_a_form_wait_by_half(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = Path.write_bytes, []

    def full(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) > 1:
            raise OSError(28, "No space left on device")
        return real(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space"):
            store.hold([new_item_id(), new_item_id()])
    assert [path.name for path in files_below(tmp_path / "ram")] == ["lock"]


# ------------------------------------------------------------------ one file


def test_a_dropped_file_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    staged = store.stage()
    staged.write(b"half")
    staged.drop()
    whole = store.stage()
    whole.write(b"whole")
    whole.finish(new_item_id())
    whole.drop()
    assert files_below(tmp_path) == []


def test_a_file_is_found_before_and_after_it_moves(store: FileStore, tmp_path: Path) -> None:
    item = stage(store)
    with store.open(item) as file:
        assert file.read() == b"sealed"
    store.keep([item])
    store.keep([item])
    with store.open(item) as file:
        assert file.read() == b"sealed"
    assert files_below(tmp_path) == [tmp_path / "files" / item.hex()[:2] / item.hex()]
    store.delete(item)
    store.delete(item)
    assert files_below(tmp_path) == []


def test_what_a_tip_holds_is_not_discarded(store: FileStore, tmp_path: Path) -> None:
    kept, waiting = stage(store), stage(store)
    store.hold([kept, waiting])
    store.keep([kept])
    store.discard([kept, waiting, new_item_id()])
    assert store.is_kept(kept)
    assert not store.is_there(waiting)
    assert [path.name for path in files_below(tmp_path / "files")] == [kept.hex()]
    assert [path.name for path in files_below(tmp_path / "ram")] == ["lock"]


def test_files_and_folders_tell_the_day_and_are_private(store: FileStore, tmp_path: Path) -> None:
    item = stage(store)
    assert {path.stat().st_mtime for path in (tmp_path / "staging").rglob("*")} == {MIDNIGHT}
    store.keep([item])
    for path in (tmp_path / "files", *(tmp_path / "files").rglob("*"), tmp_path / "staging"):
        assert path.stat().st_mtime == MIDNIGHT
        assert path.stat().st_mode & 0o077 == 0


def test_a_disk_that_refuses_the_move_loses_no_file_of_a_stored_tip(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    item = stage(store)
    store.hold([item])
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", full)
        store.keep([item])
    with store.open(item) as file:
        assert file.read() == b"sealed"
    store.sweep(lambda stored: stored == item)
    assert files_below(tmp_path / "staging") == []
    assert len(files_below(tmp_path / "files")) == 1


# ------------------------------------------------------------------ the sweep


def test_the_sweep_throws_away_what_no_tip_holds_and_finishes_what_one_does(
    store: FileStore, tmp_path: Path
) -> None:
    lost, held = stage(store, b"lost"), stage(store, b"held")
    (tmp_path / "staging" / "not-ours").write_bytes(b"?")
    store.sweep(lambda item: item == held)
    assert list((tmp_path / "staging").iterdir()) == []
    with pytest.raises(NoSuchFile):
        store.open(lost)
    with store.open(held) as file:
        assert file.read() == b"held"


def test_the_sweep_leaves_a_file_whose_request_still_runs(
    store: FileStore, writing: StagedFile, tmp_path: Path
) -> None:
    finished, item = store.stage(), new_item_id()
    finished.write(b"whole")
    finished.finish(item)
    store.sweep(nothing_is_stored)
    assert len(files_below(tmp_path / "staging")) == 2
    writing.drop()
    finished.release()
    store.sweep(nothing_is_stored)
    assert files_below(tmp_path / "staging") == []


def test_a_writer_that_is_killed_leaves_nothing_after_the_sweep(tmp_path: Path, clock: FixedClock) -> None:
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.files.test_store import NOON, make_store\n"
        "from tests.clocks import FixedClock\n"
        "from tipline.ids import new_item_id\n"
        "store = make_store(Path(sys.argv[1]), FixedClock(NOON))\n"
        "half, whole = store.stage(), store.stage()\n"
        "half.write(b'half')\n"
        "whole.write(b'whole')\n"
        "whole.finish(new_item_id())\n"
        "print('written', flush=True)\n"
        "time.sleep(60)\n"
    )
    store = make_store(tmp_path, clock)
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == b"written\n"
        store.sweep(nothing_is_stored)
        assert len(files_below(tmp_path / "staging")) == 2
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    store.sweep(nothing_is_stored)
    assert files_below(tmp_path / "staging") == []


def test_a_waiting_file_outlives_a_restart_and_ends_after_eight_hours(
    store: FileStore, tmp_path: Path, clock: FixedClock
) -> None:
    item = stage(store)
    store.hold([item])
    clock.advance(STAGED_SECONDS - 1)
    make_store(tmp_path, clock).sweep(nothing_is_stored)
    assert store.is_there(item)
    clock.advance(1)
    assert not store.is_there(item)
    make_store(tmp_path, clock).sweep(nothing_is_stored)
    assert files_below(tmp_path / "staging") == []
    assert [path.name for path in files_below(tmp_path / "ram")] == ["lock"]


def test_after_a_restart_of_the_machine_no_waiting_file_is_left(
    store: FileStore, tmp_path: Path, clock: FixedClock
) -> None:
    item = stage(store)
    store.hold([item])
    for path in files_below(tmp_path / "ram"):
        path.unlink()
    assert not store.is_there(item)
    make_store(tmp_path, clock).sweep(nothing_is_stored)
    assert files_below(tmp_path / "staging") == []


def test_what_a_sudden_end_left_in_the_register_is_dropped(store: FileStore, tmp_path: Path) -> None:
    store.hold([new_item_id()])
    for name in ("fresh", "ab" * 16):
        (tmp_path / "ram" / "staged" / name).write_bytes(b"\x00")
    store.sweep(nothing_is_stored)
    assert len(files_below(tmp_path / "ram")) == 2  # the lock and the one that waits


def test_the_sweep_is_due_every_five_minutes(store: FileStore, tmp_path: Path, clock: FixedClock) -> None:
    store.sweep_due(nothing_is_stored)
    stage(store)
    clock.advance(SWEEP_SECONDS - 1)
    store.sweep_due(nothing_is_stored)
    assert len(files_below(tmp_path / "staging")) == 1
    clock.advance(1)
    store.sweep_due(nothing_is_stored)
    assert files_below(tmp_path / "staging") == []


def test_a_database_that_is_away_does_not_stop_the_request_that_would_sweep(
    store: FileStore, tmp_path: Path
) -> None:
    def away(_: ItemId) -> bool:
        raise OperationalError("select", None, sqlite3.OperationalError("away"))

    stage(store)
    store.sweep_due(away)
    assert len(files_below(tmp_path / "staging")) == 1
