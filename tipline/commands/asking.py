"""The keeper, as the command line asks it: as the admin site does, or as its own operator."""

from collections.abc import Iterator
from contextlib import contextmanager

from crypto.notes import NoteVerifier
from tipline.clock import Clock
from tipline.database import Database
from tipline.keeper_client import AdminKeeper, OperatorKeeper, SeenFile
from tipline.settings import Settings

SEEN_FILE = "seen.json"
OPERATOR_SEEN_FILE = "operator-seen.json"
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
def operator_keeper(settings: Settings) -> Iterator[OperatorKeeper]:
    """The same for what is the operator's alone: socket and memory lie in folders of the keeper's account."""
    seen = SeenFile(settings.keeper_folder / OPERATOR_SEEN_FILE)
    log_key = NoteVerifier.parse(settings.log_key)
    socket, origin = settings.operator_socket, settings.origin
    keeper = OperatorKeeper(socket, origin, log_key, seen, timeout=PATIENCE_SECONDS)
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
