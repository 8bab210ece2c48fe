"""What was proved of the tips that were read last, so that the next page asks only for what came since."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from tipline.keeper_client.trust import Proven

LATEST_READINGS: Final = 20
"""Readings of one tip that its history names; auditors see all."""
KEPT_TIPS: Final = 64
"""Tips whose entries stay in memory, each of a few KiB."""
KEPT_SECONDS: Final = 3600.0
"""For so long they stay: what the log forgets, a page must not know for ever."""
_READ: Final = "read"
_NOTHING: Final[tuple[float, tuple[Proven, ...]]] = (0.0, ())


class Histories:
    """Proved entries by tip, in the log's order.

    What was proved once needs no second proof: every checkpoint that is believed afterwards was checked to
    continue the tree in which the entry stands (`Trust.checkpoint`). Nothing here is handed out before the
    keeper has answered for the reading at hand. An entry says who stated what, and nothing that a tip says.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Remember nothing yet; `seconds` go on evenly."""
        self._seconds = seconds
        self._kept: OrderedDict[str, tuple[float, tuple[Proven, ...]]] = OrderedDict()
        self._guard = threading.Lock()

    def of(self, tip: str) -> tuple[Proven, ...]:
        """What is known of a tip (32 hex digits)."""
        with self._guard:
            self._drop()
            return self._kept.get(tip, _NOTHING)[1]

    def keep(self, tip: str, entries: Sequence[Proven]) -> list[Proven]:
        """Remember what is known of a tip now, of its readings the latest alone; those are returned."""
        reads = [entry.index for entry in entries if entry.entry.statement.body["type"] == _READ]
        older = frozenset(reads[:-LATEST_READINGS])
        latest = [entry for entry in entries if entry.index not in older]
        with self._guard:
            since, before = self._kept.get(tip, (self._seconds(), ()))
            if latest and (not before or before[-1].index <= latest[-1].index):
                self._kept[tip] = (since, tuple(latest))
            self._drop()
        return latest

    def _drop(self) -> None:
        """Drop what was first kept too long ago, and the oldest where there are too many."""
        over = self._seconds() - KEPT_SECONDS
        while self._kept and (len(self._kept) > KEPT_TIPS or next(iter(self._kept.values()))[0] < over):
            self._kept.popitem(last=False)
