"""The directory once a day: how many awards hide one another under a key changes with the day alone."""

from tipline.database import Database
from tipline.directory.errors import BadDirectory
from tipline.directory.service import Pin, newest_note, publish_directory
from tipline.directory.types import Directory, open_directory
from tipline.keeper_client import AdminKeeper


def publish_todays(database: Database, keeper: AdminKeeper, pin: Pin) -> bool:
    """Store the directory of today for the public site, where an older one is stored; whether it was.

    Raises:
        KeeperError: the keeper does not answer.
        BadDirectory: what it gives is not signed by the pinned log.
    """
    note = keeper.directory()
    fresh = _opened(note, pin)
    with database.reading() as session:
        stored = newest_note(session)
    if _is_as_new(stored, fresh, pin):
        return False
    with database.writing() as session:
        publish_directory(session, fresh.version, note)
    return True


def _is_as_new(stored: bytes, fresh: Directory, pin: Pin) -> bool:
    try:
        return _opened(stored, pin).age >= fresh.age
    except BadDirectory:
        return False  # nobody follows what was written by hand


def _opened(note: bytes, pin: Pin) -> Directory:
    return open_directory(note, pin.log_key, pin.origin, pin.genesis)
