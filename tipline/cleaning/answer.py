"""The one line that a cleaning process says before the cleaned bytes.

    clean <length>       the cleaned file follows, that many bytes
    cannot <reason>      nothing follows
    dangerous <reason>   nothing follows

Nothing else is understood: the process has read a stranger's file, so its words
are a stranger's too.
"""

import re

from tipline.cleaning.errors import CannotClean, Dangerous
from tipline.cleaning.types import Reason

MAX_LINE = 32  # bytes

_CLEAN = re.compile(rb"clean (0|[1-9][0-9]{0,9})\n")
_REFUSED = re.compile(rb"(cannot|dangerous) ([a-z-]+)\n")


def clean_line(length: int) -> bytes:
    """Say that this many cleaned bytes follow."""
    return b"clean %d\n" % length


def refusal_line(error: CannotClean) -> bytes:
    """Say why there are none."""
    word = "dangerous" if isinstance(error, Dangerous) else "cannot"
    return f"{word} {error.reason.value}\n".encode("ascii")


def read_line(line: bytes) -> int:
    """The length of what follows.

    Raises:
        CannotClean: nothing follows. DAMAGED for a line that is none of the three.
        Dangerous: likewise.
    """
    clean = _CLEAN.fullmatch(line)
    if clean:
        return int(clean.group(1))
    refused = _REFUSED.fullmatch(line)
    if not refused or refused.group(2).decode("ascii") not in set(Reason):
        raise CannotClean(Reason.DAMAGED)
    kind = Dangerous if refused.group(1) == b"dangerous" else CannotClean
    raise kind(Reason(refused.group(2).decode("ascii")))
