"""A world with a running keeper."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clocks import FixedClock
from tests.world import NOON, World


@pytest.fixture
def clock() -> FixedClock:
    """Noon, until the test moves it."""
    return FixedClock(NOON)


@pytest.fixture
def world(tmp_path: Path, clock: FixedClock) -> Iterator[World]:
    """A world whose keeper runs."""
    with World.made(tmp_path / "world", clock) as made, made.keeper():
        yield made
