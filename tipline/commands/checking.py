"""The full check of what the keeper has stored, from the command line."""

from collections.abc import Callable

from rich.console import Console
from rich.progress import Progress

from crypto.notes import NoteVerifier
from tipline.clock import Clock
from tipline.database import Database
from tipline.keeper.checking.errors import CheckFailed
from tipline.keeper.checking.outcome import Outcome, keep_outcome
from tipline.keeper.checking.service import Pins, check_log
from tipline.keeper.checking.tables import check_tables
from tipline.keeper.digests.seal import RowSeal
from tipline.keeper.folder import KeeperFolder
from tipline.settings import Settings


def check_stored_log(settings: Settings, clock: Clock, *, log_only: bool = False) -> int:
    """Check the whole log and what tables repeat of it; the number of entries.

    The outcome is kept in the keeper's folder: only a good check of all of it ends an alarm, so a good one of
    the log alone keeps none.

    Raises:
        CheckFailed: with the first bad entry, where there is one.
        OSError: the outcome could not be kept.
    """
    folder = KeeperFolder(settings.keeper_folder, settings.operator_socket.parent)
    database = Database(settings.keeper_database_url)
    try:
        size = _check(settings, folder, database, log_only=log_only)
    except CheckFailed as failed:
        keep_outcome(folder.path, Outcome(clock.today().isoformat(), 0, failed.index, str(failed)))
        raise
    finally:
        database.dispose()
    if not log_only:
        keep_outcome(folder.path, Outcome.good(clock.today(), size))
    return size


def _check(settings: Settings, folder: KeeperFolder, database: Database, *, log_only: bool) -> int:
    pins = Pins(settings.origin, settings.genesis, NoteVerifier.parse(settings.log_key))
    signed = folder.signed()  # first: what is signed while this goes on may be more than is looked at
    with Progress(console=Console(stderr=True), transient=True) as bar:
        size = check_log(database, pins, signed, _shown(bar, "Checking the log"))
        if not log_only:
            check_tables(database, RowSeal(folder.keys().identity), _shown(bar, "Checking the tables"))
    return size


def _shown(bar: Progress, what: str) -> Callable[[int, int], None]:
    task = bar.add_task(what, total=None, visible=bar.console.is_terminal)
    return lambda done, total: bar.update(task, completed=done, total=total)
