"""What can go wrong with a stranger's file."""

from tipline.confined.types import Reason


class CannotRead(Exception):
    """Nothing came of the file. One that was to be cleaned keeps its hidden data."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Dangerous(CannotRead):
    """The file is made to burst whoever opens it."""
