"""The weekly comparison of the keeper's tables with a million entries, and of 100,000 items' digests.

It comes after the check of the log itself, which is `log-verify-1m`.
"""

import time
from typing import Final

from tipline.bench.crowd import Effort
from tipline.bench.limits import limit_of
from tipline.bench.operations.long_log import long_log
from tipline.bench.results import Result
from tipline.bench.stage import Stage
from tipline.database import Database
from tipline.keeper.checking.errors import CheckFailed
from tipline.keeper.checking.tables import check_tables
from tipline.keeper.digests.seal import RowSeal
from tipline.keeper.folder import KeeperFolder

NAME: Final = "log-tables-1m"


def run(stage: Stage, _effort: Effort) -> Result:
    """Measure one comparison."""
    settings = long_log(stage)
    seal = RowSeal(KeeperFolder(settings.keeper_folder).keys().identity)
    database = Database(settings.keeper_database_url)
    before, began, failures = time.process_time(), time.monotonic(), 0
    try:
        check_tables(database, seal, lambda _done, _all: None)
    except CheckFailed as failed:
        stage.tell(str(failed))
        failures = 1
    finally:
        database.dispose()
    spent, took = time.process_time() - before, time.monotonic() - began
    return Result(NAME, 1000 * spent, 1 / took, failures, limit_of(NAME))
