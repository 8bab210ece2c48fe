"""A report with one file of 50 MB, one reporter at a time; also how far the workers' memory rises."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from crypto.randomness import random_bytes
from tipline.bench.accounting import MemoryWatch
from tipline.bench.crowd import Effort, Operation
from tipline.bench.limits import limit_of
from tipline.bench.reporting import LANGUAGES, send_tip
from tipline.bench.results import Result
from tipline.bench.stage import Stage
from tipline.bench.visitor import Upload, visitors

NAME: Final = "file-50mb"
BLOCK: Final = 1_000_000  # bytes
BLOCKS: Final = 50
WARM_UP_BLOCKS: Final = 1
WARM_UP_CLIENTS: Final = 8
"""Small files first, over enough connections that every worker gets some.

What a worker loads once (the table of file types) is no growth of an upload.
"""

WARM_UPS: Final = 32
MOST: Final = 20
"""Uploads: enough to average over, and one gigabyte on the disk."""


@dataclass(frozen=True)
class Uploaders:
    """Reporters who send a file of so many blocks."""

    bind: str
    blocks: int

    @contextmanager
    def operations(self, clients: Sequence[int]) -> Iterator[Sequence[Operation]]:
        """Report with the file, as somebody new each time."""
        upload = Upload("files", "video.mp4", random_bytes(BLOCK), self.blocks)
        with visitors(self.bind, LANGUAGES[0], len(clients)) as people:
            yield [partial(send_tip, person, LANGUAGES[0], upload) for person in people]


def run(stage: Stage, effort: Effort) -> Result:
    """Measure time and growth."""
    bind = stage.settings.public_bind
    small = replace(effort, most=min(WARM_UPS, effort.most), warm_up=0)
    warm = stage.measure(Uploaders(bind, WARM_UP_BLOCKS), clients=WARM_UP_CLIENTS, effort=small)
    memory = MemoryWatch(stage.public_pids())
    few = replace(effort, most=min(MOST, effort.most), warm_up=0)
    measured = stage.measure(Uploaders(bind, BLOCKS), clients=1, effort=few)
    return Result(
        operation=NAME,
        cpu_ms=measured.cpu_ms,
        per_second=measured.per_second,
        failures=warm.failures + measured.failures,
        limit=limit_of(NAME),
        growth_mib=memory.growth_mib(),
    )
