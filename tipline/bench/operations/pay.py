"""Confirming that cash was paid: a clerk's statement, its entry, the voucher's rows."""

from functools import partial
from typing import Final

from tipline.bench.crowd import Effort
from tipline.bench.limits import limit_of
from tipline.bench.operations.till import CLERKS, CROWD, MOST, open_till, timed
from tipline.bench.results import Result
from tipline.bench.stage import Stage

NAME: Final = "pay"


def run(stage: Stage, effort: Effort) -> Result:
    """Measure; that each clerk looks at the code before is left out."""
    with open_till(stage) as till:
        count = effort.warm_up + min(effort.most, MOST)
        paid = (count + 1) // len(CLERKS)
        till.collect_yesterday(paid + CROWD)
        pickups = [till.redeem(till.mint(each)) for each in till.asking(paid)]
        confirmed = [
            partial(till.pay, pickup, till.look(pickup, clerk), clerk)
            for pickup in pickups
            for clerk in CLERKS
        ]
        return timed(NAME, confirmed[:count], effort, limit_of(NAME))
