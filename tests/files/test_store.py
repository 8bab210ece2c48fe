"""Sealed files: staged until their tip is stored, never half there."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.clocks import FixedClock
from tipline.files.errors import NoSuchFile
from tipline.files.store import FileStore
from tipline.ids import ItemId, new_item_id

NOON = datetime(2026, 3, 3, 12, 34, 56, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 3, tzinfo=UTC).timestamp()


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files", tmp_path / "staging", FixedClock(NOON))


def stage(store: FileStore, data: bytes = b"sealed") -> ItemId:
    item = new_item_id()
    staged = store.stage()
    staged.write(data)
    staged.finish(item)
    return item


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_not_there_cannot_be_opened(store: FileStore) -> None:
    with pytest.raises(NoSuchFile):
        store.open(new_item_id())


def test_nothing_is_on_disk_before_the_first_byte(store: FileStore, tmp_path: Path) -> None:
    staged = store.stage()
    assert files_below(tmp_path) == []
    with pytest.raises(FileNotFoundError):
        staged.finish(new_item_id())
    staged.drop()


def test_a_dropped_file_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    staged = store.stage()
    staged.write(b"half")
    staged.drop()
    whole = store.stage()
    whole.write(b"whole")
    whole.finish(new_item_id())
    whole.drop()
    assert files_below(tmp_path) == []


def test_the_sweep_throws_away_what_no_tip_holds_and_finishes_what_one_does(
    store: FileStore, tmp_path: Path
) -> None:
    unfinished = store.stage()
    unfinished.write(b"half")
    lost, held = stage(store, b"lost"), stage(store, b"held")
    (tmp_path / "staging" / "not-ours").write_bytes(b"?")
    store.sweep(lambda item: item == held)
    assert list((tmp_path / "staging").iterdir()) == []
    with pytest.raises(NoSuchFile):
        store.open(lost)
    with store.open(held) as file:
        assert file.read() == b"held"
    unfinished.drop()


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
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", full)
        store.keep([item])
    with store.open(item) as file:
        assert file.read() == b"sealed"
    store.sweep(lambda stored: stored == item)
    assert files_below(tmp_path / "staging") == []
    assert len(files_below(tmp_path / "files")) == 1
