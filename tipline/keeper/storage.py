"""What a failed write means, in words for whoever runs the machine.

A disk that fails while something is made durable has perhaps dropped it, and will not say so twice: what was
read or written before proves nothing then. So the process ends, and the next one reads what is really stored.
Source: "Can Applications Recover from fsync Failures?" (USENIX ATC 2020).
"""

import errno
import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

CANNOT_WRITE: Final = "The keeper cannot write its log"
FULL: Final = (
    f"{CANNOT_WRITE}: the disk is full. Nothing is read; tips still arrive as long as the sites have room. "
    "Free some space; the keeper then goes on by itself."
)
NOT_DURABLE: Final = (
    f"{CANNOT_WRITE}: the disk failed ({{how}}). Nothing was shown. The keeper ends and must be started anew "
    "(systemd and `tipline serve` do it), and then reads what is really stored. If this comes again, replace "
    "the disk and put the newest copy of the data back."
)
OTHER: Final = f"{CANNOT_WRITE}: {{how}}. Nothing was shown. It tries again with the next request."

_FULL: Final = frozenset(("SQLITE_FULL",))
_NOT_DURABLE: Final = frozenset(("SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC"))


def is_full(error: Exception) -> bool:
    """Whether there is no room on the disk."""
    return _name(error) in _FULL or (isinstance(error, OSError) and error.errno == errno.ENOSPC)


def is_not_durable(error: Exception) -> bool:
    """Whether the disk failed while something was made durable."""
    return _name(error) in _NOT_DURABLE or (isinstance(error, OSError) and error.errno == errno.EIO)


def sentence(error: Exception) -> str:
    """What happened, and what to do."""
    if is_full(error):
        return FULL
    if is_not_durable(error):
        return NOT_DURABLE.format(how=_how(error))
    return OTHER.format(how=_how(error))


def _name(error: Exception) -> str:
    origin = error.orig if isinstance(error, DBAPIError) else None
    return origin.sqlite_errorname if isinstance(origin, sqlite3.Error) else ""


def _how(error: Exception) -> str:
    """Names of errors alone: an error's text may quote a statement."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, PoolTimeout):
        return "the database is busy"
    return _name(error) or type(error).__name__
