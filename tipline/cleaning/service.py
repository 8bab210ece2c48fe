"""Take the hidden data out of a file, in a limited process of its own."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tipline.cleaning.types import CLEANED_TYPES, MAX_CLEANED_BYTES
from tipline.confined.errors import CannotRead
from tipline.confined.process import ConfinedProcess
from tipline.confined.slots import Slots
from tipline.confined.types import Reason

CHILD = "tipline.cleaning.child"

SECONDS = 30.0
"""How long one file may take, from its first byte to its last."""

WAIT_SECONDS = 30.0
"""How long a file waits for its turn."""


def _spend_nothing(_: float) -> None:
    """Of a sender whose time nobody counts."""


@dataclass(frozen=True)
class Sender:
    """Whose file it is: one of theirs is cleaned at a time.

    `spend` is told how many seconds a file took, whatever became of it; waiting does not count.
    """

    name: str = ""
    spend: Callable[[float], None] = _spend_nothing


NOBODY = Sender()


class Cleaner:
    """Cleans files, two at a time on this machine. The parent never holds a whole file."""

    def __init__(self, slots: Path, *, seconds: float = SECONDS, wait: float = WAIT_SECONDS) -> None:
        """Use lock files in this folder, which lies in RAM."""
        self._slots = Slots(slots)
        self._seconds = seconds
        self._wait = wait

    @contextmanager
    def clean(
        self, media_type: str, pieces: Iterable[bytes], sender: Sender = NOBODY
    ) -> Iterator[Iterator[bytes]]:
        """The cleaned file, in pieces of at most 64 KiB.

        Whoever stops early, in whatever way, ends the process with the block.

        Args:
            media_type: what the file is by its content.
            pieces: the whole file, in pieces of any length.
            sender: whose turn it takes, and who is told how long it took.

        Raises:
            CannotRead: the file keeps its hidden data. Also while the pieces are taken, when the process
                dies or is too slow between its answer and its last byte: what came so far is no file.
            Dangerous: it is made to burst whoever opens it.
        """
        if media_type not in CLEANED_TYPES:
            raise CannotRead(Reason.KIND)
        with self._slots.hold(sender.name, self._wait):
            begun = time.monotonic()
            try:
                with ConfinedProcess(self._seconds, CHILD, media_type) as process:
                    process.write_all(pieces, MAX_CLEANED_BYTES)
                    yield process.read(process.answer())
            finally:
                sender.spend(time.monotonic() - begun)
