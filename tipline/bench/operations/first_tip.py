"""A first tip: the one-page form and its post with 2 KB of text, eight reporters at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from tipline.bench.crowd import Effort, Operation
from tipline.bench.limits import limit_of
from tipline.bench.reporting import LANGUAGES, send_tip
from tipline.bench.results import Result
from tipline.bench.stage import Measured, Stage
from tipline.bench.visitor import visitors

NAME: Final = "first-tip"
CLIENTS: Final = 8


@dataclass(frozen=True)
class Reporters:
    """Reporters who write in one language."""

    bind: str
    language: str

    @contextmanager
    def operations(self, clients: Sequence[int]) -> Iterator[Sequence[Operation]]:
        """Report, as somebody new each time."""
        with visitors(self.bind, self.language, len(clients)) as people:
            yield [partial(send_tip, person, self.language) for person in people]


def run(stage: Stage, effort: Effort) -> Result:
    """Measure both languages, half of the effort each, and report the slower one."""
    half = replace(
        effort, seconds=effort.seconds / len(LANGUAGES), most=max(1, effort.most // len(LANGUAGES))
    )
    measured = [
        stage.measure(Reporters(stage.settings.public_bind, language), clients=CLIENTS, effort=half)
        for language in LANGUAGES
    ]
    slower = max(measured, key=_cost)
    return Result(
        operation=NAME,
        cpu_ms=slower.cpu_ms,
        per_second=slower.per_second,
        failures=sum(each.failures for each in measured),
        limit=limit_of(NAME),
    )


def _cost(measured: Measured) -> float:
    # A language in which nothing succeeded is the slower one.
    return float("inf") if measured.cpu_ms is None else measured.cpu_ms
