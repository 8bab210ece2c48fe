"""How many bytes of files one client may bring, and for how long their files are cleaned.

Counted as they come, so that nobody fills the disk, the register of waiting
files or the places of cleaning alone. Over it a text is still taken. A
client's name ends with the hour, and these counts with it.

Source: docs/threat-model.md, T13 (the flooder).
"""

import math

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from tipline.cleaning.service import Sender

FILE_MEBIBYTES_PER_HOUR = 1024
FILE_COUNTS_MEBIBYTES = 4
"""What each file counts beside its bytes, however small it is."""
CLEANING_SECONDS = 60
CLEANING_MINUTES = 10

_MEBIBYTE = 1 << 20
_MILLISECONDS = 1000
_BYTES = RateLimitItemPerHour(FILE_MEBIBYTES_PER_HOUR)
_CLEANING = RateLimitItemPerMinute(CLEANING_SECONDS * _MILLISECONDS, CLEANING_MINUTES)


class EnoughFiles(OSError):
    """This client has brought as many bytes of files as one client may in an hour."""


class FileAllowance:
    """What the client of one request may still bring."""

    def __init__(self, windows: FixedWindowRateLimiter, client: str) -> None:
        self._windows = windows
        self._client = client
        self._uncounted = 0
        self._due = 0

    @property
    def sender(self) -> Sender:
        """The client, as the cleaning of files knows them."""
        return Sender(self._client, self._spend)

    def begin_file(self) -> None:
        """Let the next bytes be a file's first: it counts when they come, for an empty one is none."""
        self._due = FILE_COUNTS_MEBIBYTES

    def take_bytes(self, length: int) -> None:
        """Count bytes of files as they come; a rest of less than a MiB is in what its file counts.

        Raises:
            EnoughFiles: they are over what a client may bring.
        """
        if not length:
            return
        mebibytes, self._uncounted = divmod(self._uncounted + length, _MEBIBYTE)
        count, self._due = mebibytes + self._due, 0
        if count and not self._windows.hit(_BYTES, "files", self._client, cost=count):
            raise EnoughFiles("a client's hour of files is used up")

    def may_clean(self) -> bool:
        """Whether this client's files have not yet been cleaned for as long as they may."""
        return self._windows.test(_CLEANING, "cleaning", self._client)

    def _spend(self, seconds: float) -> None:
        self._windows.hit(_CLEANING, "cleaning", self._client, cost=math.ceil(seconds * _MILLISECONDS))
