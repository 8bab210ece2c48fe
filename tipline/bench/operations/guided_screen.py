"""One screen of the guided form, sent on to the next: eight reporters at once, each new."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from typing import Final

from tipline.bench.crowd import Effort, Operation
from tipline.bench.errors import OperationFailed
from tipline.bench.limits import limit_of
from tipline.bench.reporting import LANGUAGES, NO_FILE, description
from tipline.bench.results import Result
from tipline.bench.stage import Stage
from tipline.bench.visitor import Visitor, visitors

NAME: Final = "guided-screen"
CLIENTS: Final = 8
_PATH: Final = "/report/guided"


def answers(language: str) -> Sequence[dict[str, str]]:
    """What is typed on the screens before the last one, in their order."""
    return (
        {},
        {"official": "no", "unit": "", "exclude_text": ""},
        {"description": description(language), "category": ""},
    )


@dataclass(frozen=True)
class Reporters:
    """Reporters on their way through the screens; `filled` is what each screen's form sends."""

    bind: str
    filled: tuple[dict[str, str], ...] = field(repr=False)

    @contextmanager
    def operations(self, clients: Sequence[int]) -> Iterator[Sequence[Operation]]:
        """Send one screen after the other, as somebody new each time."""
        with visitors(self.bind, LANGUAGES[0], len(clients)) as people:
            yield [partial(send_next, person, cycle(self.filled)) for person in people]


def send_next(visitor: Visitor, filled: Iterator[dict[str, str]]) -> None:
    """Send a screen, see the next one.

    Raises:
        OperationFailed: another screen than the next one came.
    """
    visitor.become_new()
    sent = next(filled)
    step = visitor.post_multipart(_PATH, sent, NO_FILE).hidden().get("step")
    if step != str(int(sent["step"]) + 1):
        raise OperationFailed(f"after screen {sent['step']} came {step}")


def run(stage: Stage, effort: Effort) -> Result:
    """Measure."""
    bind = stage.settings.public_bind
    caller = Reporters(bind, _walk(bind))
    measured = stage.measure(caller, clients=CLIENTS, effort=effort)
    return Result(NAME, measured.cpu_ms, measured.per_second, measured.failures, limit_of(NAME))


def _walk(bind: str) -> tuple[dict[str, str], ...]:
    """The forms of the screens before the last, filled in by somebody who went that way."""
    filled = []
    with Visitor(bind, LANGUAGES[0]) as visitor:
        page = visitor.get(_PATH)
        for typed in answers(LANGUAGES[0]):
            filled.append({**page.hidden(), **typed})
            page = visitor.post_multipart(_PATH, filled[-1], NO_FILE)
    return tuple(filled)
