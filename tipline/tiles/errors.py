"""What can go wrong when tiles are written. The sentence says what to do."""


class TilesError(Exception):
    """Base of all errors of this room."""


class ForeignFolder(TilesError):
    """The folder holds something else than this log's tiles."""


class AnotherHistory(TilesError):
    """The tiles that were published are not the beginning of the log as it is now."""


class TilesDisagree(TilesError):
    """What is stored of the log does not fit the checkpoint; nothing was published."""
