"""A site's own copy of the roster: replayed from proved entries, never taken on the keeper's word."""

import threading
from collections.abc import Callable

from crypto.errors import BadSignature
from crypto.notes import NoteVerifier
from crypto.statements import DONE
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.trust import Proven
from tipline.roster import Roster, RosterRefused
from tipline.roster.sensitive import require_assertions

AskRoster = Callable[[int], tuple[list[Proven], bool]]
"""Index of the last change known -> changes after it, and whether there are more."""


class RosterCopy:
    """Keeps the roster and adds to it what is new."""

    def __init__(self, log_key: NoteVerifier) -> None:
        self._log_key = log_key
        self._roster: Roster | None = None
        self._guard = threading.Lock()

    @property
    def last(self) -> Roster | None:
        """The roster as it was last proved; None before the first."""
        with self._guard:
            return self._roster

    def current(self, ask: AskRoster) -> Roster:
        """The roster as it is now.

        Raises:
            KeeperLied: an entry was not signed by whom it names, or breaks the roster's rules.
        """
        with self._guard:
            known = self._roster
        more = True
        while more:
            changes, more = ask(known.version if known else -1)
            for change in changes:
                known = self.applied(known, change)
            if more and not changes:
                raise KeeperLied("the answer promises more and brings nothing")
        if known is None:
            raise KeeperLied("the log has no genesis")
        return self._kept(known)

    def _kept(self, roster: Roster) -> Roster:
        """Remember it, unless another thread has a later one."""
        with self._guard:
            if self._roster is None or self._roster.version < roster.version:
                self._roster = roster
            return self._roster

    def applied(self, roster: Roster | None, change: Proven) -> Roster:
        """The roster after a change; before the genesis there is none.

        Raises:
            KeeperLied: the entry was not signed by whom it names, or breaks the roster's rules.
        """
        statement = change.entry.statement
        if change.entry.outcome != DONE or (roster is None) != (change.index == 0):
            raise KeeperLied("the roster does not begin with the genesis")
        try:
            before = roster or Roster.from_genesis(statement.body)
            statement.verify({signer: before.key_of(signer) for signer in statement.signers})
            require_assertions(before, statement)
            after = before if roster is None else roster.apply(change.index, statement.body)
        except (RosterRefused, BadSignature) as error:
            raise KeeperLied("an entry of the roster is not what its signers may state") from error
        if after.origin != self._log_key.name or (roster is None and after.log_key != self._log_key.key):
            raise KeeperLied("the roster is of another log")
        return after
