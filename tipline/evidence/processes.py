"""Checking a long log's signatures in other processes of this machine, one for each of its cores."""

import os
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from types import TracebackType
from typing import Final

from tipline.evidence.signatures import Batch, Signatures, first_wrong

ALONE: Final = 4_000
"""Signatures that this process checks by itself: to start others takes as long."""


class SharedSignatures(Signatures):
    """Hands batches to other processes while the log is read; however it is left, none of them stays."""

    def __init__(self, *, alone: int = ALONE) -> None:
        """Begin; up to `alone` signatures are checked in this process, and all where it has one core."""
        super().__init__()
        self._alone = alone
        self._count = 0
        self._cores = (
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        )
        self._checking: deque[tuple[Batch, Future[int | None]]] = deque()
        self._pool: ProcessPoolExecutor | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            super().__exit__(kind, error, trace)
        finally:
            if self._pool is not None:
                self._pool.shutdown(cancel_futures=True)

    def finish(self) -> None:
        """Hand over what is left, and wait for all."""
        super().finish()
        self._collect(0)

    def check(self, batch: Batch) -> None:
        """Have a batch checked elsewhere."""
        self._count += len(batch)
        if self._cores == 1 or self._count <= self._alone:
            super().check(batch)
            return
        try:
            self._checking.append((batch, self._processes().submit(first_wrong, batch)))
        except BrokenProcessPool:  # somebody killed one of them: the work is done here
            self._collect(0)
            super().check(batch)
        self._collect(2 * self._cores)

    def _processes(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Not forked: the bar of a terminal has a thread of its own.
            self._pool = ProcessPoolExecutor(self._cores, get_context("spawn"))
            with _interrupts_left_to_this_process():
                for _ in range(self._cores):  # each starts one, while none is idle yet
                    self._pool.submit(first_wrong, ())
        return self._pool

    def _collect(self, most: int) -> None:
        """Take results, the oldest first, until at most so many batches are under way."""
        while len(self._checking) > most:
            batch, found = self._checking.popleft()
            try:
                wrong = found.result()
            except BrokenProcessPool:
                wrong = first_wrong(batch)
            self.note(wrong)


@contextmanager
def _interrupts_left_to_this_process() -> Iterator[None]:
    """^C reaches all processes of a terminal. Those that start meanwhile ignore it; this one ends them."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
