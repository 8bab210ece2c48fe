"""What may come of a stranger's file."""

from enum import StrEnum


class Reason(StrEnum):
    """Why nothing came of a file."""

    KIND = "kind"  # nothing here reads this kind, or something inside it
    TOO_LARGE = "too-large"  # more bytes, or more memory, than its process may take
    TOO_MANY_PIXELS = "too-many-pixels"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"  # not what its first bytes say, or broken
    TOOK_TOO_LONG = "took-too-long"
    BUSY = "busy"  # others were being read all the while
