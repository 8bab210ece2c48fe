"""The check of a log of a million entries alone: processor time of the one process that does it.

What the check of the tables beside it costs is `log-tables-1m`.
"""

import os
import subprocess
import sys
import time
from typing import Final

from tipline.bench.crowd import Effort
from tipline.bench.limits import limit_of
from tipline.bench.operations.long_log import long_log
from tipline.bench.results import Result
from tipline.bench.stage import Stage

NAME: Final = "log-verify-1m"


def run(stage: Stage, _effort: Effort) -> Result:
    """Measure one check, start of the program included."""
    settings = long_log(stage)
    environment = {"TIPLINE_DATA": str(settings.data), "TIPLINE_RAM": str(settings.ram)}
    command = (sys.executable, "-m", "tipline.cli", "log", "check", "--log-only")
    before, began = os.times(), time.monotonic()
    ended = subprocess.run(command, env=environment, check=False, capture_output=True)  # noqa: S603  our own
    after, took = os.times(), time.monotonic() - began
    if ended.returncode:
        stage.tell(ended.stderr.decode("utf-8", "replace"))
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return Result(NAME, 1000 * spent, 1 / took, int(ended.returncode != 0), limit_of(NAME))
