"""The data folder: empty or half-made by us before an instance is made, never taken for a whole one."""

import os
import shutil
from pathlib import Path

from tipline.deployment.reading import DEPLOYMENT_FILE
from tipline.instance.errors import AlreadyMade, FolderNotEmpty
from tipline.settings import SITE_FILE, Settings

MARK = "half-made"
"""A file that stands in the data folder from the first step of making an instance to the last."""

OURS = ("keeper", "admin", "public", "files", "staging", "trial.json", DEPLOYMENT_FILE)
OURS_BY_START = ("main.db", f"{SITE_FILE}.")
OTHER_INSTANCE = "trial"
"""The trial's own folder lies in the default data folder; it is an instance apart."""


def is_whole(data: Path) -> bool:
    """Whether there is a complete instance in this folder."""
    return (data / SITE_FILE).exists()


def claim_folder(settings: Settings) -> None:
    """Make the data folder ours, and empty of what an interrupted attempt left.

    Raises:
        AlreadyMade: it holds an instance.
        FolderNotEmpty: it holds something else; nothing was touched.
    """
    data = settings.data
    if is_whole(data):
        raise AlreadyMade(f"There is an instance in {data} already. Name another folder with TIPLINE_DATA.")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = data / MARK
    if not mark.exists():
        foreign = sorted(path.name for path in data.iterdir() if path.name != OTHER_INSTANCE)
        if foreign:
            raise FolderNotEmpty(
                f"{data} is not empty: it holds {foreign[0]}. Name an empty folder with TIPLINE_DATA, "
                "or remove what is in this one if you need it no more."
            )
    data.chmod(0o700)
    mark.touch(mode=0o600)
    _clear(data)
    for folder in (
        settings.keeper_folder,
        settings.admin_folder,
        settings.public_folder,
        settings.files,
        settings.staging,
    ):
        folder.mkdir(mode=0o700)


def finish_folder(data: Path) -> None:
    """Take the mark of the half-made away, once site.json stands."""
    (data / MARK).unlink(missing_ok=True)


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only this account may read (0600), durably."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _clear(data: Path) -> None:
    for path in data.iterdir():
        if path.name in OURS or path.name.startswith(OURS_BY_START):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
