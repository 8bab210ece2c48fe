"""A world with a running keeper, as the keeper's tests have it."""

from tests.keeper.conftest import clock, keeper, world

__all__ = ["clock", "keeper", "world"]
