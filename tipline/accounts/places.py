"""How many passwords are checked at once, and how many wait: each takes 64 MiB and a tenth of a second.

Who waits is told apart by the name that was typed, whether there is such a name or not: a flood on one name
has a few places and no more, and whoever waits with another name comes before it.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tipline.accounts.errors import TooBusy

AT_ONCE: Final = 2
WAITING: Final = 16
"""Threads that may wait: about a second's work. Whoever comes next is told to come again."""
WAITING_OF_NAME: Final = 2
"""Of those, threads for one name."""


@dataclass(eq=False)
class _Turn:
    """A thread that waits."""

    name: str
    comes: threading.Event = field(default_factory=threading.Event)


class Places:
    """The places of one process. A name is held as long as its thread is here."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._lock = threading.Lock()
        self._free = at_once
        self._most = waiting
        self._inside: Counter[str] = Counter()
        self._waiting: list[_Turn] = []

    @contextmanager
    def taken(self, name: str) -> Iterator[None]:
        """Hold a place for a name, after waiting for one.

        Raises:
            TooBusy: as many as may wait are waiting, in all or for this name.
        """
        self._enter(name)
        try:
            yield
        finally:
            self._leave(name)

    def _enter(self, name: str) -> None:
        with self._lock:
            if self._free:  # then nobody waits
                self._free -= 1
                self._inside[name] += 1
                return
            of_name = sum(turn.name == name for turn in self._waiting)
            if len(self._waiting) >= self._most or of_name >= WAITING_OF_NAME:
                raise TooBusy
            turn = _Turn(name)
            self._waiting.append(turn)
        turn.comes.wait()

    def _leave(self, name: str) -> None:
        """Hand the place to whoever is next, or give it back."""
        with self._lock:
            # First a name that had no place until now, then whoever waits longest.
            others = (turn for turn in self._waiting if turn.name not in self._inside)
            turn = next(others, self._waiting[0] if self._waiting else None)
            self._inside[name] -= 1
            if not self._inside[name]:
                del self._inside[name]
            if turn is None:
                self._free += 1
                return
            self._waiting.remove(turn)
            self._inside[turn.name] += 1
            turn.comes.set()
