"""The line in which requests wait for the writer, and are taken out of it together."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tipline.keeper.asked import Asked
from tipline.keeper.batch import Outcome
from tipline.keeper.errors import Unavailable

MAX_BATCH: Final = 256
PATIENCE: Final = 0.006
"""Seconds after the last answers have left; see `Line.next_batch`."""
STOPPED: Final = "The keeper is stopping."

Answered = Callable[[Outcome | Unavailable], None]
"""Called once for a request, in the writer's thread, when its batch is durable or has failed."""


@dataclass
class Waiting:
    """A request, and who is told of its outcome."""

    asked: Asked
    answered: Answered
    is_answered: bool = False

    def answer(self, outcome: Outcome | Unavailable) -> None:
        """Tell the outcome."""
        self.is_answered = True
        self.answered(outcome)


class Line:
    """Open until it is closed; what waits then is still taken out."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()
        self._changed = threading.Condition(threading.Lock())
        self._answered = 0  # requests in the last batch
        self._wanted = 1  # so many must wait before the writer is woken: each time costs it a turn of its own
        self._closed = False

    def join(self, asked: Asked, answered: Answered) -> None:
        """Let a request wait; `answered` must not wait for anything.

        Raises:
            Unavailable: the line is closed, and `answered` is never called.
        """
        with self._changed:
            if self._closed:
                raise Unavailable(STOPPED)
            self._waiting.append(Waiting(asked, answered))
            if len(self._waiting) >= self._wanted:
                self._changed.notify()

    def next_batch(self) -> list[Waiting]:
        """What waits now, at least one; empty at the end.

        At work are those whose answers have just left, and those who came meanwhile. For a moment half of
        them are waited for: to commit and to take over a new head costs as much, here and at the callers, as
        ten more requests in the batch. Not all of them: while one half's batch is made durable, the other
        half reads its answers and asks anew. The moment begins when the answers leave, so whoever comes
        later, or is alone, never waits.
        """
        with self._changed:
            at_work = self._answered + len(self._waiting)
            self._await((at_work + 1) // 2, time.monotonic() + PATIENCE)
            self._await(1, None)
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_BATCH))]
            self._answered = len(batch)
            return batch

    def _await(self, wanted: int, until: float | None) -> None:
        """Wait until so many wait, the line is closed, or a moment has come."""
        self._wanted = wanted
        while len(self._waiting) < wanted and not self._closed:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                return
            self._changed.wait(left)

    def close(self) -> None:
        """Let nobody join any more."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def refuse_all(self, batch: list[Waiting]) -> None:
        """Close, and tell everybody who still waits that nothing was decided."""
        with self._changed:
            self._closed = True
            left = [waiting for waiting in batch if not waiting.is_answered]
            left += self._waiting
            self._waiting.clear()
        for waiting in left:
            waiting.answer(Unavailable(STOPPED))


def settled(outcome: Outcome | Unavailable) -> Outcome:
    """What was decided.

    Raises:
        Unavailable: nothing was, or nothing that may be shown.
    """
    if isinstance(outcome, Unavailable):
        # A fresh one: the batch's own is shared by all that waited for it.
        raise type(outcome)(str(outcome)) from outcome
    return outcome
