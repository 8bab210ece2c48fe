"""Asking for the pickup code of a voucher: the mint's signature, the keeper's rows."""

from functools import partial
from typing import Final

from tipline.bench.crowd import Effort
from tipline.bench.limits import limit_of
from tipline.bench.operations.till import CROWD, MOST, open_till, timed
from tipline.bench.results import Result
from tipline.bench.stage import Stage

NAME: Final = "redeem"


def run(stage: Stage, effort: Effort) -> Result:
    """Measure."""
    with open_till(stage) as till:
        count = effort.warm_up + min(effort.most, MOST)
        till.collect_yesterday(count + CROWD)
        vouchers = [till.mint(each) for each in till.asking(count)]
        return timed(NAME, [partial(till.redeem, each) for each in vouchers], effort, limit_of(NAME))
