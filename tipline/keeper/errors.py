"""What can go wrong inside the keeper."""

from tipline.keeper_client.reasons import Reason


class KeeperFault(Exception):
    """Base of all errors of this room."""


class Refusal(KeeperFault):
    """A rule forbids what a statement asks for; `index` is where the refusal stands in the log, or -1."""

    def __init__(self, reason: Reason, index: int = -1) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.index = index


class Unavailable(KeeperFault):
    """The keeper cannot answer now. The sentence goes to the site; it names no tip and no member."""


class RolledBack(Unavailable):
    """The log is not the one signed here last: until it is restored, or two agree, nothing is signed."""


class StorageFailed(KeeperFault):
    """The disk failed while it was to make something durable: what is in memory proves nothing any more."""


class KeyFilesUnsafe(KeeperFault):
    """A key file is missing, malformed or readable by others; the sentence says which."""


class AlreadyInitialised(KeeperFault):
    """This keeper has a log; a second genesis would be a second truth."""


class CannotListen(KeeperFault):
    """A socket cannot be made; the sentence says which."""


class AlreadyRunning(KeeperFault):
    """Another process is this keeper."""


class RotationNotLogged(KeeperFault):
    """The log's next keys are stated, and no keeper has logged the statement yet."""
