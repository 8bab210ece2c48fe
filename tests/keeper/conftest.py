"""A world with a running keeper, for every test of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.world import NOON, World


@pytest.fixture
def clock() -> FixedClock:
    """Noon, until the test moves it."""
    return FixedClock(NOON)


@pytest.fixture
def world(tmp_path: Path, clock: FixedClock) -> Iterator[World]:
    """A world whose keeper does not run yet."""
    with World.made(tmp_path / "world", clock) as made:
        yield made


@pytest.fixture
def keeper(world: World) -> Iterator[Observed]:
    """The running keeper, as a client and the log see it."""
    with world.keeper():
        yield Observed(world)
