"""The directory that goes with the roster, and its publication for the public site."""

import threading

from crypto.notes import NoteVerifier
from tipline.database import Database
from tipline.directory.errors import BadDirectory
from tipline.directory.service import newest_note, publish_directory
from tipline.directory.types import Directory, open_directory
from tipline.keeper_client import AdminKeeper
from tipline.roster import Roster


def check_keys(directory: Directory, roster: Roster) -> None:
    """Compare a directory, which the log key alone signs, with what members' statements say.

    Raises:
        BadDirectory: at the same version it names another key.
    """
    if directory.version != roster.directory_version:
        return
    named = {desk.id: (desk.key.epoch, desk.key.recipient) for desk in directory.desks.values()}
    stated = {desk.id: (desk.epoch, desk.recipient) for desk in roster.desks.values()}
    if named != stated or directory.keeper != roster.keeper:
        raise BadDirectory("the directory names keys that no statement gave")


class PublishedDirectory:
    """Keeps the newest directory at hand, and puts each new one into the main database."""

    def __init__(
        self, keeper: AdminKeeper, database: Database, log_key: NoteVerifier, origin: str, genesis: str
    ) -> None:
        self._keeper = keeper
        self._database = database
        self._pin = (log_key, origin, genesis)
        self._current: Directory | None = None
        self._turn = threading.Lock()

    def known(self) -> Directory:
        """The newest directory that was published, without a word from the keeper.

        Raises:
            BadDirectory: none was that is signed by the pinned log.
        """
        with self._turn:
            if self._current is not None:
                return self._current
        with self._database.reading() as session:
            return open_directory(newest_note(session), *self._pin)

    def at(self, roster: Roster) -> Directory:
        """The directory of this roster, or a newer one.

        Raises:
            KeeperError: the keeper does not give it.
            BadDirectory: what it gives is not signed by the pinned log, or names other keys than the roster.
        """
        with self._turn:
            if self._current is None or self._current.version < roster.directory_version:
                note = self._keeper.directory()
                fresh = open_directory(note, *self._pin)
                check_keys(fresh, roster)
                with self._database.writing() as session:
                    publish_directory(session, fresh.version, note)
                self._current = fresh
            return self._current
