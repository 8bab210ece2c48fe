"""Many simulated clients at once, in processes of their own, so that no server waits for them.

measure ─▶ crowd of driver processes ─▶ clients, each in a thread ─▶ one operation after the other
"""

import http.client
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from tipline.bench.errors import OperationFailed
from tipline.keeper_client.errors import KeeperError

DRIVERS: Final = 2
"""Processes that the clients are spread over, unless they must share one."""

Operation = Callable[[], object]
"""One operation from beginning to end; it raises when it did not go as it must."""


@dataclass(frozen=True)
class Effort:
    """How much of an operation is done: at most so many seconds, and at most so many operations."""

    seconds: float = 10.0
    most: int = 1_000_000
    warm_up: int = 60


class Caller(Protocol):
    """What every client does again and again. It travels to driver processes: it holds plain values."""

    def operations(self, clients: Sequence[int]) -> AbstractContextManager[Sequence[Operation]]:
        """One operation for each of these clients of one process, with what they keep open."""
        ...


@dataclass(frozen=True)
class Tally:
    """What came of the clients' operations; `reasons` holds each kind of failure once.

    `longest` is how long the slowest of them took (seconds).
    """

    done: int = 0
    failures: int = 0
    reasons: frozenset[str] = frozenset()
    longest: float = field(default=0.0, compare=False)

    @property
    def tried(self) -> int:
        """Operations that ended one way or the other."""
        return self.done + self.failures

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.done + other.done,
            self.failures + other.failures,
            self.reasons | other.reasons,
            max(self.longest, other.longest),
        )


@contextmanager
def drivers() -> Iterator[Executor]:
    """Driver processes, which end with the block."""
    # Started afresh: a fork would share our descriptors of the servers' pipes.
    with ProcessPoolExecutor(DRIVERS, multiprocessing.get_context("spawn")) as executor:
        yield executor


def let_run(
    executor: Executor, caller: Caller, clients: int, effort: Effort, processes: int = DRIVERS
) -> Tally:
    """Let so many clients do the operation at once; each does at least one, unless none is wanted at all."""
    if effort.most < 1:
        return Tally()
    share = replace(effort, most=max(1, effort.most // clients))
    groups = [range(first, clients, processes) for first in range(min(processes, clients))]
    futures = [executor.submit(_drive, caller, group, share) for group in groups]
    return sum((future.result() for future in futures), Tally())


def _drive(caller: Caller, clients: range, effort: Effort) -> Tally:
    with caller.operations(clients) as operations, ThreadPoolExecutor(len(clients)) as threads:
        return sum(threads.map(lambda operate: one_client(operate, effort), operations), Tally())


def one_client(operate: Operation, effort: Effort) -> Tally:
    """Let one client do the operation again and again."""
    done, failures, reasons, longest = 0, 0, set(), 0.0
    ends = (now := time.monotonic()) + effort.seconds
    while done + failures < effort.most and now < ends:
        began = now
        try:
            operate()
        except (OperationFailed, KeeperError, OSError, http.client.HTTPException) as error:
            failures += 1
            reasons.add(f"{type(error).__name__}: {error}")
        else:
            done += 1
        now = time.monotonic()
        longest = max(longest, now - began)
    return Tally(done, failures, frozenset(reasons), longest)
