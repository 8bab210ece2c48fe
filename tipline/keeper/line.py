"""The line in which requests wait for the writer, and are taken out of it together."""

import queue
import threading
import time
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
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._answered = 0  # requests in the last batch
        self._closing = threading.Lock()
        self._closed = False

    def join(self, asked: Asked, answered: Answered) -> None:
        """Let a request wait; `answered` must not wait for anything.

        Raises:
            Unavailable: the line is closed, and `answered` is never called.
        """
        with self._closing:
            if self._closed:
                raise Unavailable(STOPPED)
            self._waiting.put(Waiting(asked, answered))

    def next_batch(self) -> list[Waiting]:
        """What waits now, at least one; empty at the end.

        At work are those whose answers have just left, and those who came meanwhile. For a moment they are
        waited for: to commit and to take over a new head costs as much, here and at the callers, as ten
        more requests in the batch. The moment begins when the answers leave, so whoever comes later, or is
        alone, never waits.
        """
        batch: list[Waiting] = []
        at_work, patient_until = self._answered + self._waiting.qsize(), time.monotonic() + PATIENCE
        following = self._waiting.get()
        while following is not None:
            batch.append(following)
            try:
                following = self._next(at_work - len(batch), len(batch), patient_until)
            except queue.Empty:
                self._answered = len(batch)
                return batch
        if batch:
            self._waiting.put(None)  # the end is seen again after this last batch
        return batch

    def _next(self, missing: int, taken: int, patient_until: float) -> Waiting | None:
        """One more, None at the end. Raises queue.Empty when the batch is to be closed."""
        if taken >= MAX_BATCH:
            raise queue.Empty
        left = patient_until - time.monotonic()
        if missing > 0 and left > 0:
            return self._waiting.get(timeout=left)
        return self._waiting.get_nowait()

    def close(self) -> None:
        """Let nobody join any more."""
        with self._closing:
            self._closed = True
            self._waiting.put(None)

    def refuse_all(self, batch: list[Waiting]) -> None:
        """Close, and tell everybody who still waits that nothing was decided."""
        with self._closing:
            self._closed = True
        for waiting in batch:
            if not waiting.is_answered:
                waiting.answer(Unavailable(STOPPED))
        while True:
            try:
                left = self._waiting.get_nowait()
            except queue.Empty:
                return
            if left is not None:
                left.answer(Unavailable(STOPPED))


def settled(outcome: Outcome | Unavailable) -> Outcome:
    """What was decided.

    Raises:
        Unavailable: nothing was, or nothing that may be shown.
    """
    if isinstance(outcome, Unavailable):
        # A fresh one: the batch's own is shared by all that waited for it.
        raise type(outcome)(str(outcome)) from outcome
    return outcome
