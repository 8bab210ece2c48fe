"""Opening a mailbox: the code page and its post, eight reporters at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from typing import Final

from tipline.bench.crowd import Effort, Operation
from tipline.bench.limits import limit_of
from tipline.bench.reporting import LANGUAGES, send_tip
from tipline.bench.results import Result
from tipline.bench.stage import Stage
from tipline.bench.visitor import Visitor, visitors

NAME: Final = "mailbox-open"
CLIENTS: Final = 8
CODES_EACH: Final = 4


@dataclass(frozen=True)
class Returning:
    """Reporters who come back, each client with tracking codes of its own."""

    bind: str
    codes: tuple[tuple[str, ...], ...] = field(repr=False)

    @contextmanager
    def operations(self, clients: Sequence[int]) -> Iterator[Sequence[Operation]]:
        """Open one mailbox after the other, as somebody new each time."""
        with visitors(self.bind, LANGUAGES[0], len(clients)) as people:
            yield [
                partial(open_next, person, cycle(self.codes[client]))
                for client, person in zip(clients, people, strict=True)
            ]


def open_next(visitor: Visitor, codes: Iterator[str]) -> None:
    """Open the code page, type the next code, see whether there is something new.

    Raises:
        OperationFailed: a page did not come, or the code was not accepted.
    """
    visitor.become_new()
    form = visitor.get("/mailbox").hidden()
    visitor.post("/mailbox", {**form, "code": next(codes)})


def run(stage: Stage, effort: Effort) -> Result:
    """Measure."""
    bind = stage.settings.public_bind
    with Visitor(bind, LANGUAGES[0]) as visitor:
        codes = tuple(
            tuple(send_tip(visitor, LANGUAGES[0]) for _ in range(CODES_EACH)) for _ in range(CLIENTS)
        )
    measured = stage.measure(Returning(bind, codes), clients=CLIENTS, effort=effort)
    return Result(NAME, measured.cpu_ms, measured.per_second, measured.failures, limit_of(NAME))
