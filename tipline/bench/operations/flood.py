"""Five hundred garbage requests a second from fifty clients, and reporters who must come through.

`cpu_ms` is what a garbage request costs (the reporters' share included), `failures` counts reporters alone.
"""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

from tipline.bench.accounting import ProcessTree
from tipline.bench.crowd import DRIVERS, Effort, Tally, one_client
from tipline.bench.flood import Flood, pour
from tipline.bench.reporting import LANGUAGES, send_tip
from tipline.bench.results import Result
from tipline.bench.stage import Stage
from tipline.bench.visitor import Visitor, visitors

NAME: Final = "flood"
REPORTERS: Final = 4
PAUSE_SECONDS: Final = 1.0
"""Between two reports of a reporter: each comes as somebody new, and nobody presses all the time."""
TIMES: Final = 12
"""Two minutes, where other operations take ten seconds."""


@dataclass(frozen=True)
class Endured:
    """What came of the reporters, and how often the flood got which answer."""

    reporters: Tally
    answers: Counter[str]

    @property
    def requests(self) -> int:
        """Of the flood."""
        return sum(self.answers.values())


def endure(executor: Executor, flood: Flood) -> Endured:
    """Let the flood come, and reporters report until it has passed."""
    streams = [executor.submit(pour, flood, share, DRIVERS) for share in range(DRIVERS)]
    effort = Effort(seconds=flood.seconds)
    with visitors(flood.bind, LANGUAGES[0], REPORTERS) as people, ThreadPoolExecutor(REPORTERS) as threads:
        tallies = threads.map(lambda person: one_client(partial(_report, person), effort), people)
        reporters = sum(tallies, Tally())
    return Endured(reporters, sum((stream.result() for stream in streams), Counter()))


def run(stage: Stage, effort: Effort) -> Result:
    """Measure."""
    flood = Flood(stage.settings.public_bind, seconds=_seconds(effort))
    tree = ProcessTree(list(stage.pids.values()))
    spent, began = tree.cpu_seconds(), time.monotonic()
    endured = endure(stage.executor, flood)
    spent, took = tree.cpu_seconds() - spent, time.monotonic() - began
    stage.tell(_told(endured))
    return Result(
        operation=NAME,
        cpu_ms=1000 * spent / endured.requests,
        per_second=endured.requests / took,
        failures=endured.reporters.failures,
        limit=None,
    )


def _seconds(effort: Effort) -> float:
    return min(effort.seconds * TIMES, float(effort.most))


def _report(person: Visitor) -> None:
    time.sleep(PAUSE_SECONDS)
    send_tip(person, LANGUAGES[0])


def _told(endured: Endured) -> str:
    answers = ", ".join(f"{count} × {answer}" for answer, count in sorted(endured.answers.items()))
    reasons: Sequence[str] = sorted(endured.reporters.reasons)
    return (
        f"The flood got {answers}. "
        f"Of {endured.reporters.tried} reporters {endured.reporters.done} came through."
        + "".join(f" Failed: {reason}" for reason in reasons)
    )
