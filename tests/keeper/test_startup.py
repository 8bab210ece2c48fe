"""A start of the keeper reads the roster and what is recent, however long the log has grown."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

from crypto.merkle import TILE_WIDTH
from tests.clocks import FixedClock
from tests.world import NOON, World
from tipline.bench.operations.long_log import YEARS, lengthen

A_TILE_MORE: Final = TILE_WIDTH * 10
"""Steps of SQLite for the rows of one tile: a larger tree has one more tile level now and then."""


def test_a_start_costs_the_same_however_many_entries_were_logged_before_the_last_days(tmp_path: Path) -> None:
    few, many = steps_of_a_start(tmp_path / "few", 100), steps_of_a_start(tmp_path / "many", 5_000)
    assert many < few + A_TILE_MORE


def steps_of_a_start(folder: Path, entries: int) -> int:
    """How many instructions SQLite carries out for a start with so many entries, none of the last days."""
    clock = FixedClock(NOON)
    with World.made(folder, clock) as world:
        lengthen(world.settings, entries)
        clock.advance((YEARS + timedelta(days=30)).total_seconds())
        with counted() as steps, world.keeper():
            return len(steps)


@contextmanager
def counted() -> Iterator[list[None]]:
    """The instructions of every connection that is opened while the block runs."""
    steps: list[None] = []

    def watch(connection: Any, _record: Any) -> None:
        connection.set_progress_handler(lambda: steps.append(None), 1)

    event.listen(Engine, "connect", watch)
    try:
        yield steps
    finally:
        event.remove(Engine, "connect", watch)
