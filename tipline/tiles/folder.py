"""A folder of tiles: every file in it is whole, and its checkpoint covers only what lies beside it."""

import os
from pathlib import Path
from typing import Final

from crypto.note_lines import MAX_NOTE
from tipline.tiles.errors import ForeignFolder

CHECKPOINT: Final = "checkpoint"
TILES: Final = "tile"
_FRESH: Final = ".new"
_FILE_MODE: Final = 0o644  # for whoever serves them: there is nothing in here that is not for everybody
_FOLDER_MODE: Final = 0o755


class TileFolder:
    """Where tiles are published. Only one process writes here."""

    def __init__(self, path: Path) -> None:
        """Use a folder, which may be missing yet.

        Raises:
            ForeignFolder: it holds something else.
        """
        self.path = path
        self._make(path)
        foreign = {each.name for each in path.iterdir()} - {CHECKPOINT, TILES, CHECKPOINT + _FRESH}
        if foreign:
            raise ForeignFolder(
                f"{path} holds {min(foreign)}, which is no part of a log. Name an empty folder."
            )

    def checkpoint(self) -> bytes | None:
        """The checkpoint that is published here."""
        try:
            with (self.path / CHECKPOINT).open("rb") as file:
                return file.read(MAX_NOTE + 1)
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file, whole and durable; one of this name is replaced in one step."""
        path = self.path / name
        self._make(path.parent)
        fresh = path.with_name(path.name + _FRESH)
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _FILE_MODE)
        with os.fdopen(file, "wb") as stream:
            os.fchmod(file, _FILE_MODE)
            stream.write(data)
            stream.flush()
            os.fsync(file)
        fresh.replace(path)

    def publish(self, checkpoint: bytes) -> None:
        """Write the checkpoint, once all that it covers is on the disk."""
        self._sync(self.path / TILES)
        self.write(CHECKPOINT, checkpoint)
        _sync_folder(self.path)

    def drop_partial(self, whole: str) -> None:
        """Remove the partial tiles at the place of a full one."""
        folder = self.path / f"{whole}.p"
        if folder.is_dir():
            for each in folder.iterdir():
                each.unlink()
            folder.rmdir()

    def _make(self, path: Path) -> None:
        if not path.is_dir():
            self._make(path.parent)
            path.mkdir(exist_ok=True)
            path.chmod(_FOLDER_MODE)

    def _sync(self, path: Path) -> None:
        for each in path.rglob("*"):
            if each.is_dir():
                _sync_folder(each)
        _sync_folder(path)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
