"""`tipline bench`: how fast the service is on this machine."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

import click

from tipline.commands.plainly import say


@click.command()
@click.option("--only", metavar="NAME,…", help="Measure these operations only.")
@click.option(
    "--json", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures to FILE, too."
)
@click.pass_obj
def bench(environment: Mapping[str, str], only: str | None, file: Path | None) -> None:
    """Measure what operations cost, on an instance of its own that is gone afterwards."""
    from tipline.bench.crowd import Effort
    from tipline.bench.errors import BenchError, OperationFailed
    from tipline.bench.operations.registry import chosen
    from tipline.bench.results import table_of, write_json
    from tipline.bench.service import measure_all
    from tipline.bench.stage import Crew
    from tipline.trial.board import wide_console

    # As an exception, so that the instance and its processes end with the blocks that opened them.
    signal.signal(signal.SIGTERM, _leave)
    try:
        results = measure_all(environment, chosen(only), Crew(), Effort(), say)
    except (BenchError, OperationFailed) as error:
        raise click.ClickException(str(error)) from error
    if file is not None:
        write_json(results, file)
    wide_console().print(table_of(results))


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
