"""The log as a stopped keeper finds it, for as long as nothing else can be asked."""

from dataclasses import dataclass

from crypto.statements import Statement
from tipline.keeper_client import AdminKeeper, Appended, KeeperRolledBack, KeeperStopped
from tipline.roster import Roster


@dataclass(frozen=True)
class FoundLog:
    """Stands in for the keeper where two people sign: those whom this site knew, by the log that is found."""

    keeper: AdminKeeper

    def roster(self) -> Roster:
        """The roster that is found; of its members those active whom this site knew before."""
        return self.keeper.found_roster()

    def append(self, statement: Statement) -> Appended:
        """Have an acknowledgement logged, and follow it."""
        return self.keeper.acknowledge(statement)


def roster_or_found(keeper: AdminKeeper) -> Roster:
    """The roster; where the keeper stopped, or was set back, the one by which it can be decided.

    Nothing but signing in and deciding may rest on it.

    Raises:
        KeeperError: the keeper does not answer, or what it finds is no log.
    """
    try:
        return keeper.roster()
    except (KeeperStopped, KeeperRolledBack):
        return keeper.found_roster()
