"""Asking the keeper how it is: at most twice a minute for all pages of a process."""

import threading
from typing import Final

from tipline.clock import Clock
from tipline.keeper_client import AdminKeeper, KeeperError

KEPT_SECONDS: Final = 30.0


class Alarms:
    """The codes of all alarms, as of half a minute ago or less."""

    def __init__(self, keeper: AdminKeeper, clock: Clock) -> None:
        self._keeper = keeper
        self._clock = clock
        self._turn = threading.Lock()
        self._known: tuple[str, ...] = ()
        self._until = float("-inf")

    def now(self) -> tuple[str, ...]:
        """Whatever is wrong. Nothing while the keeper does not answer: then the page itself says so."""
        if self._clock.steady() >= self._until and self._turn.acquire(blocking=False):
            try:
                self._known = self._ask()
                self._until = self._clock.steady() + KEPT_SECONDS
            finally:
                self._turn.release()
        return self._known  # while somebody else asks: as of before

    def _ask(self) -> tuple[str, ...]:
        try:
            return self._keeper.health().alarms
        except KeeperError:
            return ()
