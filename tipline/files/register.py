"""Which staged files still wait for their form, and until when: one small file for each, in RAM.

The name is the item, the content the end in unix seconds (u64, big-endian). It
holds no key and no name of a file; after a restart of the machine it is empty,
and so is everything that could have opened what waited.
"""

import fcntl
import os
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tipline.clock import Clock
from tipline.files.errors import TooManyWaiting
from tipline.ids import ItemId

STAGED_SECONDS = 8 * 3600
"""As long as a form's sealed field can live."""

MAX_WAITING = 20_000
"""Of all visitors together: each takes a page of RAM."""

_END = struct.Struct(">Q")
_LOCK = "lock"
_FRESH = "fresh"


class WaitingFiles:
    """The register of staged files, shared by all workers."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def add(self, items: Iterable[ItemId]) -> None:
        """Let files wait for eight hours from now.

        Raises:
            TooManyWaiting: they would be too many. None waits that did not before.
            OSError: the RAM folder is full or gone. Likewise.
        """
        places = [self._place(item) for item in items]
        with self._alone():
            new = [place for place in places if not place.exists()]
            if new and len(os.listdir(self._folder)) + len(new) > MAX_WAITING:
                raise TooManyWaiting("as many files wait as may")
            try:
                self._write(places)
            except OSError:
                for place in [self._folder / _FRESH, *new]:
                    place.unlink(missing_ok=True)
                raise

    def remove(self, items: Iterable[ItemId]) -> None:
        """Forget files; one that is not there is no error."""
        for item in items:
            self._place(item).unlink(missing_ok=True)

    def has(self, item: ItemId) -> bool:
        """Whether a file still waits."""
        return self._waits(self._place(item))

    def forget_ended(self) -> None:
        """Drop every entry whose time is over, and what a sudden end left half written."""
        with self._alone():
            for path in list(self._folder.iterdir()):
                if path.name != _LOCK and not self._waits(path):
                    path.unlink(missing_ok=True)

    def _write(self, places: Iterable[Path]) -> None:
        end = _END.pack(self._clock.unix() + STAGED_SECONDS)
        fresh = self._folder / _FRESH
        for place in places:
            fresh.write_bytes(end)
            # Renamed, so that nobody ever reads half an entry.
            fresh.replace(place)

    def _waits(self, path: Path) -> bool:
        try:
            (end,) = _END.unpack(path.read_bytes())
        except (FileNotFoundError, struct.error):
            return False
        return int(end) > self._clock.unix()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # Made when it is first needed: a site that stages nothing needs no right to it.
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _place(self, item: ItemId) -> Path:
        return self._folder / item.hex()
