"""One run: an instance is made, the operations are measured one after the other, all of it goes away."""

import os
from collections.abc import Mapping
from typing import Final

from tipline.bench.crowd import Effort
from tipline.bench.operations.registry import Measurement
from tipline.bench.results import Result
from tipline.bench.stage import Crew, Tell, open_stage

QUIET: Final = 0.5
"""Load (processes at work, over the last minute) below which nobody else disturbs the measurement much."""


def measure_all(
    environment: Mapping[str, str],
    operations: Mapping[str, Measurement],
    crew: Crew,
    effort: Effort,
    tell: Tell,
) -> list[Result]:
    """Measure operations on an instance of their own.

    Raises:
        BenchError: something that must stand before a measurement does not.
        OperationFailed: an operation failed while a measurement was prepared.
        SupervisorError: a server did not start.
    """
    load = os.getloadavg()[0]
    if load > QUIET:
        tell(f"Other programs are at work (load {load:.1f}): the figures will be worse than they should be.")
    results = []
    with open_stage(environment, crew, tell) as stage:
        for name, measure in operations.items():
            tell(f"Measuring {name} …")
            results.append(measure(stage, effort))
    return results
