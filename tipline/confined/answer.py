"""The one line that a confined process says before the bytes that it made.

    whole <length>       they follow, that many
    cannot <reason>      nothing follows
    dangerous <reason>   nothing follows

Nothing else is understood: the process has read a stranger's file, so its words
are a stranger's too.
"""

import re

from tipline.confined.errors import CannotRead, Dangerous
from tipline.confined.types import Reason

MAX_LINE = 32  # bytes

_WHOLE = re.compile(rb"whole (0|[1-9][0-9]{0,9})\n")
_REFUSED = re.compile(rb"(cannot|dangerous) ([a-z-]+)\n")


def whole_line(length: int) -> bytes:
    """Say that this many bytes follow."""
    return b"whole %d\n" % length


def refusal_line(error: CannotRead) -> bytes:
    """Say why there are none."""
    word = "dangerous" if isinstance(error, Dangerous) else "cannot"
    return f"{word} {error.reason.value}\n".encode("ascii")


def read_line(line: bytes) -> int:
    """The length of what follows.

    Raises:
        CannotRead: nothing follows. DAMAGED for a line that is none of the three.
        Dangerous: likewise.
    """
    whole = _WHOLE.fullmatch(line)
    if whole:
        return int(whole.group(1))
    refused = _REFUSED.fullmatch(line)
    if not refused or refused.group(2).decode("ascii") not in set(Reason):
        raise CannotRead(Reason.DAMAGED)
    kind = Dangerous if refused.group(1) == b"dangerous" else CannotRead
    raise kind(Reason(refused.group(2).decode("ascii")))
