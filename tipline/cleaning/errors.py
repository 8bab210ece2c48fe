"""What can go wrong with a cleaning."""

from tipline.cleaning.types import Reason


class CannotClean(Exception):
    """The file keeps its hidden data. It may be sent once that was said."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Dangerous(CannotClean):
    """The file is made to burst whoever opens it. It is refused."""
