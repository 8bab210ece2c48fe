"""The folder in RAM: what several public workers share and no disk may hold.

A tmpfs can be full. So whatever every request needs is there, whole, before the first one comes.
"""

import os
import stat
import weakref
from pathlib import Path


class NotInRam(Exception):
    """The folder for passing secrets is not in RAM, or others can read it."""


def prepare_ram_folder(folder: Path, *, require_tmpfs: bool) -> Path:
    """Make the folder (0700, ours) and check that it lies in RAM.

    Raises:
        NotInRam: it is on a disk, or belongs to somebody else.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise NotInRam(f"{folder} is not a folder of this account.")
    folder.chmod(0o700)
    if require_tmpfs and not _is_tmpfs(folder):
        raise NotInRam(f"{folder} is not on a tmpfs. Name one with TIPLINE_RAM.")
    return folder


class WholeFile:
    """A file of which every byte has its room; the missing ones are zero.

    To touch a page of a sparse file that a full tmpfs cannot give ends a process that has mapped it (SIGBUS).
    It is closed when nobody holds it any more.
    """

    def __init__(self, path: Path, size: int) -> None:
        """Open the file, and make it where there is none.

        Raises:
            OSError: there is no room for it.
        """
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        weakref.finalize(self, os.close, self._descriptor)
        os.posix_fallocate(self._descriptor, 0, size)

    def fileno(self) -> int:
        """The descriptor, for a mapping."""
        return self._descriptor

    def read(self, length: int, place: int) -> bytes:
        """So many bytes from a place."""
        return os.pread(self._descriptor, length, place)

    def write(self, data: bytes, place: int) -> None:
        """Write at a place."""
        os.pwrite(self._descriptor, data, place)


def _is_tmpfs(folder: Path) -> bool:
    real = folder.resolve()
    best, kind = Path("/"), ""
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, mount, filesystem, *_ = line.split()
        point = Path(mount)
        if (real == point or point in real.parents) and len(point.parts) >= len(best.parts):
            best, kind = point, filesystem
    return kind in {"tmpfs", "ramfs"}
