"""The keeper, as the command line asks it: through the admin site's socket and memory of the log."""

from collections.abc import Iterator
from contextlib import contextmanager

from crypto.notes import NoteVerifier
from tipline.clock import Clock
from tipline.database import Database
from tipline.keeper_client import AdminKeeper, SeenFile
from tipline.settings import Settings

SEEN_FILE = "seen.json"
PATIENCE_SECONDS = 30.0
"""A person at a terminal waits longer for the keeper than a page does."""


@contextmanager
def admin_keeper(settings: Settings) -> Iterator[AdminKeeper]:
    """The keeper of this instance, for the length of a command. Nothing is asked yet."""
    seen = SeenFile(settings.admin_folder / SEEN_FILE)
    log_key = NoteVerifier.parse(settings.log_key)
    keeper = AdminKeeper(settings.admin_socket, settings.origin, log_key, seen, timeout=PATIENCE_SECONDS)
    try:
        yield keeper
    finally:
        keeper.close()


@contextmanager
def main_database(settings: Settings, clock: Clock) -> Iterator[Database]:
    """The main database of this instance, for the length of a command."""
    database = Database(settings.database_url, dated_by=clock)
    try:
        yield database
    finally:
        database.dispose()
