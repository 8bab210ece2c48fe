"""`tipline rebuild`: rows and records say what the log says, whatever somebody wrote into them."""

from typing import Any

import pytest
from sqlalchemy import update

from crypto.keys import SigningKey
from crypto.notes import NoteSigner, open_json, sign_json
from tests.clocks import FixedClock
from tests.deadlines.test_look import move, opened, row, step
from tests.keeper.conftest import clock, keeper, world
from tests.keeper.observed import Observed
from tests.world import ORIGIN, SealedTip, World
from tipline.rebuild import Rebuilt, rebuild_caches
from tipline.tips.models import Tip

__all__ = ["clock", "keeper", "world"]

REASON = {"item": "ab" * 16, "hash": "cd" * 32}


def rebuilt(world: World, keeper: Observed) -> Rebuilt:
    return rebuild_caches(world.database, keeper.client, world.verifier)


def change(world: World, tip: SealedTip, **values: Any) -> None:
    with world.database.writing() as session:
        session.execute(update(Tip).where(Tip.id == tip.id).values(**values))


@pytest.fixture
def tip(world: World, keeper: Observed) -> SealedTip:
    """A tip in screening whose row says so."""
    sealed = opened(world, keeper)
    appended = keeper.client.append(move(world, sealed, "received", "screening"))
    change(world, sealed, state_record=appended.records[sealed.id.hex()])
    assert rebuilt(world, keeper).put_right == 1
    assert rebuilt(world, keeper).put_right == 0
    return sealed


def test_a_tip_that_nobody_has_seen_keeps_what_intake_wrote(world: World, keeper: Observed) -> None:
    sealed = world.put_in(world.seal_tip())
    rebuilt(world, keeper)
    assert rebuilt(world, keeper) == Rebuilt(1, 0)
    change(world, sealed, state="closed", assignee="m1", level=2, paused=True, state_record=b"made up")
    assert rebuilt(world, keeper) == Rebuilt(1, 1)
    again = row(world, sealed)
    assert (again.state, again.assignee, again.level, again.paused) == ("received", "", 0, False)
    assert again.state_record is None


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "closed"},
        {"assignee": "m1"},
        {"level": 1},
        {"paused": True},
        {"due_on": FixedClock.today},
        {"desk": "integrity"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_column_that_somebody_changed_is_put_right(
    world: World, keeper: Observed, tip: SealedTip, changes: dict[str, Any]
) -> None:
    before = row(world, tip)
    change(
        world,
        tip,
        **{name: world.clock.today() if callable(value) else value for name, value in changes.items()},
    )
    assert rebuilt(world, keeper).put_right == 1
    after = row(world, tip)
    assert {name: getattr(after, name) for name in changes} == {
        name: getattr(before, name) for name in changes
    }


def test_a_record_that_was_lost_or_is_not_of_now_is_said_again(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    current = row(world, tip).state_record
    assert current is not None
    keeper.client.append(step(world, tip, "pause", reason=REASON))
    foreign = sign_json(open_json(current, world.verifier), NoteSigner(ORIGIN, SigningKey.generate()))
    for record in (current, foreign, b"", None):
        change(world, tip, state_record=record)
        assert rebuilt(world, keeper).put_right == 1
        said = row(world, tip).state_record
        assert said is not None
        fields = open_json(said, world.verifier)
        assert (fields["tip"], fields["state"], fields["paused"]) == (tip.id.hex(), "screening", True)
        assert rebuilt(world, keeper).put_right == 0
