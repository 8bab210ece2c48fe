"""A page of an auditor's list at a million entries: what fits a filter, how many there are, and the proofs.

The slowest of several filters counts, among them one that nothing fits.
"""

import time
from typing import Final

from tipline.bench.crowd import Effort
from tipline.bench.limits import limit_of
from tipline.bench.operations.long_log import TIPS, long_log
from tipline.bench.results import Result
from tipline.bench.stage import Stage
from tipline.database import Database
from tipline.keeper.facets import newest, total
from tipline.keeper.log import Log, read_head
from tipline.lookups.filters import Filter

NAME: Final = "log-filter-1m"
PAGE: Final = 50
MAX_BYTES: Final = 2 * 1024 * 1024
FILTERS: Final = (
    Filter(),
    Filter(member="m00000007"),
    Filter(type="reply", outcome="done"),
    Filter(member="m00000007", desk="intake", type="read", purpose="verification", outcome="done"),
    Filter(outcome="not-allowed"),
    Filter(tip=(TIPS // 2).to_bytes(16, "big").hex()),
    Filter(type="route"),
)


def run(stage: Stage, _effort: Effort) -> Result:
    """Measure the page of each filter."""
    database = Database(long_log(stage).keeper_database_url)
    try:
        log, times, short = Log(database), [], 0
        for asked in FILTERS:
            log.nodes.forget()
            began = time.thread_time()
            found, number = _page(log, asked)
            times.append(time.thread_time() - began)
            short += found != min(number, PAGE)
    finally:
        database.dispose()
    slowest = max(times)
    return Result(NAME, 1000 * slowest, 1 / slowest, short, limit_of(NAME))


def _page(log: Log, asked: Filter) -> tuple[int, int]:
    """How many entries stand on the page, and how many fit."""
    with log.database.reading() as session:
        connection = session.connection()
        size = read_head(connection).size
        indices = newest(connection, asked, size, size, PAGE)
        number = total(connection, asked, size)
    rows = log.rows_at(indices, max_bytes=MAX_BYTES)
    proofs = [log.inclusion(index, size) for index, _, _ in rows]
    return len(proofs), number
