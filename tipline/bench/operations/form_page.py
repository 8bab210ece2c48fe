"""The one-page form, opened by eight visitors at once, each new."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from tipline.bench.crowd import Effort, Operation
from tipline.bench.limits import limit_of
from tipline.bench.reporting import LANGUAGES
from tipline.bench.results import Result
from tipline.bench.stage import Stage
from tipline.bench.visitor import Visitor, visitors

NAME: Final = "form-page"
CLIENTS: Final = 8


@dataclass(frozen=True)
class Openers:
    """Visitors who look at the form."""

    bind: str

    @contextmanager
    def operations(self, clients: Sequence[int]) -> Iterator[Sequence[Operation]]:
        """Open the form, as somebody new each time."""
        with visitors(self.bind, LANGUAGES[0], len(clients)) as people:
            yield [partial(open_form, person) for person in people]


def open_form(visitor: Visitor) -> None:
    """Open the one-page form.

    Raises:
        OperationFailed: it did not come.
    """
    visitor.become_new()
    visitor.get("/report")


def run(stage: Stage, effort: Effort) -> Result:
    """Measure."""
    measured = stage.measure(Openers(stage.settings.public_bind), clients=CLIENTS, effort=effort)
    return Result(NAME, measured.cpu_ms, measured.per_second, measured.failures, limit_of(NAME))
