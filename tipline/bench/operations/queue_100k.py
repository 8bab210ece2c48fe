"""The list as it opens, at a desk with 100,000 tips: counts and the fifty most urgent."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from tipline.bench.crowd import Effort, Operation
from tipline.bench.errors import OperationFailed
from tipline.bench.limits import limit_of
from tipline.bench.operations.queue_stage import sit_down
from tipline.bench.reporting import LANGUAGES
from tipline.bench.results import Result
from tipline.bench.stage import Stage
from tipline.bench.visitor import Visitor, visitors

NAME: Final = "queue-100k"
CLIENTS: Final = 2
ROWS: Final = 50
LINE: Final = b'<th scope="row">'


@dataclass(frozen=True)
class Lookers:
    """One member's browser windows, each of which opens the list again and again."""

    bind: str
    cookies: dict[str, str] = field(repr=False)

    @contextmanager
    def operations(self, clients: Sequence[int]) -> Iterator[Sequence[Operation]]:
        """Open the list."""
        with visitors(self.bind, LANGUAGES[0], len(clients)) as windows:
            yield [partial(look, window, self.cookies) for window in windows]


def look(visitor: Visitor, cookies: dict[str, str]) -> None:
    """Open the list.

    Raises:
        OperationFailed: it is not a full page.
    """
    visitor.cookies = dict(cookies)
    if visitor.get("/tips").body.count(LINE) != ROWS:
        raise OperationFailed("the list does not show fifty tips")


def run(stage: Stage, effort: Effort) -> Result:
    """Measure."""
    seat = sit_down(stage)
    caller = Lookers(stage.settings.admin_bind, seat.cookies)
    measured = stage.measure(caller, clients=CLIENTS, effort=effort)
    return Result(NAME, measured.cpu_ms, measured.per_second, measured.failures, limit_of(NAME))
