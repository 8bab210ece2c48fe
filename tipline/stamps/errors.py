"""Why there is no time stamp. The sentence says what to do."""


class StampError(Exception):
    """Base of all errors of this room."""


class NoService(StampError):
    """None is set, or its certificates cannot be read."""


class NoStamp(StampError):
    """The service did not answer with a time stamp on what was asked."""
