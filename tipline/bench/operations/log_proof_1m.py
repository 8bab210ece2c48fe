"""A proof at a million entries, none of whose hashes is in memory: as for the first look at an old entry."""

import time
from typing import Final

from crypto.merkle import HASH_LENGTH
from tipline.bench.crowd import Effort
from tipline.bench.limits import limit_of
from tipline.bench.operations.long_log import long_log
from tipline.bench.results import Result
from tipline.bench.stage import Stage
from tipline.database import Database
from tipline.keeper.log import Log, read_head

NAME: Final = "log-proof-1m"
PROOFS: Final = 300
_STRIDE: Final = 104_729  # a prime: no two of the proofs lie in one tile


def run(stage: Stage, _effort: Effort) -> Result:
    """Measure proofs all over the log."""
    database = Database(long_log(stage).keeper_database_url)
    try:
        with database.engine.begin() as connection:
            size = read_head(connection).size
        log, short = Log(database), 0
        spent, began = time.thread_time(), time.monotonic()
        for number in range(PROOFS):
            log.nodes.forget()
            proof = log.inclusion(number * _STRIDE % size, size)
            short += not proof or any(len(value) != HASH_LENGTH for value in proof)
        spent, took = time.thread_time() - spent, time.monotonic() - began
    finally:
        database.dispose()
    return Result(NAME, 1000 * spent / PROOFS, PROOFS / took, short, limit_of(NAME))
