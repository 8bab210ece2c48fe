"""What makes no entry leaves no second behind, nor do the times of the keeper's files: copies keep them."""

from datetime import UTC, datetime, time

from crypto.randomness import random_bytes
from tests.keeper.observed import Observed
from tests.world import World, request
from tipline.keeper.asked import SETTLE, Asked, Settled
from tipline.keeper.rewards.money import put_pickup
from tipline.keeper.state import Draft

NAMES = ("keeper.db", "keeper.db-journal", "last-signed")


def times(world: World) -> dict[str, float]:
    return {name: (world.keeper_folder.path / name).stat().st_mtime for name in NAMES}


def note(draft: Draft) -> Settled:
    """As a redeemed voucher does: a row, and no entry."""
    put_pickup(draft.rows, random_bytes(32), random_bytes(32))
    return Settled({})


def midnight(world: World) -> float:
    return datetime.combine(world.clock.today(), time(), UTC).timestamp()


def test_what_makes_no_entry_dates_the_keepers_files_by_the_day(world: World) -> None:
    with world.keeper() as running:
        for _ in range(2):
            running.writer.submit(Asked(SETTLE, settle=note))
            assert set(times(world).values()) == {midnight(world)}


def test_a_visit_takes_away_the_second_of_the_entry_before_it(world: World) -> None:
    with world.keeper() as running:
        keeper, tip = Observed(world), world.seal_tip()
        keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
        assert midnight(world) not in times(world).values()
        running.writer.submit(Asked(SETTLE, settle=note))
        assert set(times(world).values()) == {midnight(world)}
