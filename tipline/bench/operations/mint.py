"""Collecting an award of one voucher: the reporter's signature, the keeper's rows, a blind signature."""

from functools import partial
from typing import Final

from tipline.bench.crowd import Effort
from tipline.bench.limits import limit_of
from tipline.bench.operations.till import MOST, open_till, timed
from tipline.bench.results import Result
from tipline.bench.stage import Stage

NAME: Final = "mint"


def run(stage: Stage, effort: Effort) -> Result:
    """Measure."""
    with open_till(stage) as till:
        asking = till.asking(effort.warm_up + min(effort.most, MOST))
        return timed(NAME, [partial(till.mint, each) for each in asking], effort, limit_of(NAME))
