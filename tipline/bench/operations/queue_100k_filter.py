"""Filters over what is sealed, at a desk with 100,000 tips: every card is opened for each answer.

Two are measured, half of the effort each, and the slower one is reported: by category in the address, and a
word among the tags, which is posted.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from tipline.bench.accounting import MemoryWatch
from tipline.bench.crowd import Effort, Operation
from tipline.bench.errors import OperationFailed
from tipline.bench.limits import limit_of
from tipline.bench.operations.queue_100k import LINE
from tipline.bench.operations.queue_stage import sit_down
from tipline.bench.reporting import LANGUAGES
from tipline.bench.results import Result
from tipline.bench.stage import Measured, Stage
from tipline.bench.visitor import Visitor, visitors

NAME: Final = "queue-100k-filter"
WARM_UPS: Final = 2
BY_CATEGORY: Final = "/tips?category=usury"
WORD: Final = "苏a00"


@dataclass(frozen=True)
class Searchers:
    """A member who filters; `words` is empty for the filter in the address."""

    bind: str
    cookies: dict[str, str] = field(repr=False)
    words: Mapping[str, str] = field(repr=False)

    @contextmanager
    def operations(self, clients: Sequence[int]) -> Iterator[Sequence[Operation]]:
        """Filter."""
        with visitors(self.bind, LANGUAGES[0], len(clients)) as windows:
            yield [partial(search, window, self.cookies, self.words) for window in windows]


def search(visitor: Visitor, cookies: dict[str, str], words: Mapping[str, str]) -> None:
    """Filter the list.

    Raises:
        OperationFailed: nothing is found.
    """
    visitor.cookies = dict(cookies)
    page = visitor.post("/tips", words) if words else visitor.get(BY_CATEGORY)
    if not page.body.count(LINE):
        raise OperationFailed("a filter finds no tip")


def run(stage: Stage, effort: Effort) -> Result:
    """Measure time, and how far the admin site's memory rises."""
    seat, bind = sit_down(stage), stage.settings.admin_bind
    half = replace(
        effort,
        seconds=effort.seconds / 2,
        most=max(1, effort.most // 2),
        warm_up=min(WARM_UPS, effort.warm_up),
    )
    memory = MemoryWatch(stage.admin_pids())
    measured = [
        stage.measure(Searchers(bind, seat.cookies, words), clients=1, effort=half)
        for words in ({}, {"csrf_token": seat.token, "words": WORD})
    ]
    slower = max(measured, key=_cost)
    failures = sum(each.failures for each in measured)
    growth = memory.growth_mib()
    return Result(NAME, slower.cpu_ms, slower.per_second, failures, limit_of(NAME), growth_mib=growth)


def _cost(measured: Measured) -> float:
    # A filter with which nothing succeeded is the slower one.
    return float("inf") if measured.cpu_ms is None else measured.cpu_ms
