"""The full check of the keeper's log from the command line."""

from rich.console import Console
from rich.progress import Progress

from crypto.notes import NoteVerifier
from tipline.clock import Clock
from tipline.database import Database
from tipline.keeper.checking.errors import CheckFailed
from tipline.keeper.checking.outcome import Outcome, keep_outcome
from tipline.keeper.checking.service import Pins, check_log
from tipline.keeper.folder import KeeperFolder
from tipline.settings import Settings


def check_stored_log(settings: Settings, clock: Clock) -> int:
    """Check the whole log and keep the outcome in the keeper's folder; the number of entries.

    Raises:
        CheckFailed: with the first bad entry, where there is one.
        OSError: the outcome could not be kept.
    """
    folder = KeeperFolder(settings.keeper_folder, settings.operator_socket.parent)
    pins = Pins(settings.origin, settings.genesis, NoteVerifier.parse(settings.log_key))
    signed = folder.signed()  # first: what is signed while this goes on may be more than is looked at
    database = Database(settings.keeper_database_url)
    try:
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Checking", total=None, visible=bar.console.is_terminal)
            size = check_log(
                database, pins, signed, lambda done, total: bar.update(task, completed=done, total=total)
            )
    except CheckFailed as failed:
        keep_outcome(folder.path, Outcome(clock.today().isoformat(), 0, failed.index, str(failed)))
        raise
    finally:
        database.dispose()
    keep_outcome(folder.path, Outcome.good(clock.today(), size))
    return size
