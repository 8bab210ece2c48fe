"""What can go wrong when a site asks the keeper. Nothing was shown in any of these cases."""

from tipline.keeper_client.reasons import Reason


class KeeperError(Exception):
    """Base of all errors of this room."""


class KeeperUnavailable(KeeperError):
    """The keeper cannot be reached, cannot write, or did not answer in time."""


class KeeperStopped(KeeperUnavailable):
    """The keeper signs and reads nothing until two people decide which log shall go on."""


class Refused(KeeperError):
    """The keeper refused the statement; the refusal is in the log, except for a flood of them.

    Attributes:
        reason: why.
        index: where in the log the refusal stands; -1 when it has no entry.
    """

    def __init__(self, reason: Reason, index: int = -1) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.index = index


class KeeperLied(KeeperError):
    """An answer does not prove what it says, so it was thrown away."""


class EntryNotProven(KeeperLied):
    """A stored entry is not the one that the log signed: it was altered, or it is gone. `index` names it."""

    def __init__(self, index: int) -> None:
        super().__init__(f"entry {index} is not in the log")
        self.index = index


class KeeperRolledBack(KeeperLied):
    """The keeper's log is smaller than, or not a continuation of, one that was seen before."""
