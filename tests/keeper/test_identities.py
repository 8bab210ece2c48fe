"""Nobody gets an identity's slip by a reading or a list, whoever they are and whatever stands beside it."""

from dataclasses import replace

import pytest

from crypto import age
from crypto.errors import CannotOpen
from crypto.identities import open_middle
from crypto.keys import Identity
from crypto.slips import open_inner, open_outer
from tests.keeper.observed import Observed
from tests.world import SealedTip, World, name, request
from tipline.ids import new_item_id
from tipline.keeper_client import Reason
from tipline.sealing.items import NewItem, seal_identity

NAME = b"Li Na"


@pytest.fixture
def tip(world: World, keeper: Observed) -> SealedTip:
    """A tip that was read once, so that it is known."""
    sealed = world.seal_tip()
    keeper.client.release(world.read("reviewer-a", sealed), [request(sealed.item("text"))])
    return sealed


def identity(world: World, tip: SealedTip, *, signed: bool = True) -> NewItem:
    """Who the reporter is, as their mailbox seals it."""
    return seal_identity(
        new_item_id(),
        tip.id,
        NAME,
        audience=tip.audience,
        custodians=world.desks["custodians"].recipient,
        claim=tip.code.claim_key if signed else None,
    )


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
def test_a_reading_releases_no_identity(world: World, keeper: Observed, tip: SealedTip, signed: bool) -> None:
    item = identity(world, tip, signed=signed)
    refused = Reason.NOT_ALLOWED if signed else Reason.CLAIM_SIGNATURE
    assert keeper.refused(world.read("reviewer-a", tip, item), item) is refused


def test_an_identity_is_not_even_released_beside_items_that_may_be_read(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    text, item = tip.item("text"), identity(world, tip)
    assert keeper.refused(world.read("reviewer-a", tip, text, item), text, item) is Reason.NOT_ALLOWED
    assert keeper.client.release(world.read("reviewer-a", tip), [request(text)]).inner


def test_a_tip_is_not_taken_in_by_the_reading_of_an_identity(world: World, keeper: Observed) -> None:
    unknown = world.seal_tip()
    item = identity(world, unknown)
    assert keeper.refused(world.read("reviewer-a", unknown, item), item) is Reason.NOT_ALLOWED
    assert keeper.client.states([unknown.id.hex()]) == {}


@pytest.mark.parametrize(
    ("by", "desk", "reason"),
    [
        ("integrity", "integrity", Reason.NOT_ALLOWED),
        ("custodian-1", "custodians", Reason.POLICY_MISMATCH),
        ("auditor", "auditors", Reason.POLICY_MISMATCH),
    ],
)
def test_no_other_desk_reads_an_identity(
    world: World, keeper: Observed, tip: SealedTip, by: str, desk: str, reason: Reason
) -> None:
    item = identity(world, tip)
    slip = desk if desk == "integrity" else "intake"
    statement = world.read(by, tip, item, desk=desk)
    assert keeper.refusal(lambda: keeper.client.release(statement, [request(item, slip)])) is reason


def test_an_identity_that_calls_itself_a_text_is_none(world: World, keeper: Observed, tip: SealedTip) -> None:
    item = replace(identity(world, tip), kind="text")
    assert keeper.refused(world.read("reviewer-a", tip, item), item) is Reason.POLICY_MISMATCH


def test_an_identity_under_two_locks_alone_is_not_released_either(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    item = identity(world, tip)
    inner = age.seal(Identity.generate().reveal().encode(), [world.desks["intake"].recipient])
    by_hand = age.seal(world.policy(tip, item).encode() + inner, [world.keeper_identity.recipient])
    item = replace(item, slips=(replace(item.slips[0], slip=by_hand),))
    assert keeper.refused(world.read("reviewer-a", tip, item), item) is Reason.NOT_ALLOWED


def test_a_list_shows_no_identity(world: World, keeper: Observed, tip: SealedTip) -> None:
    item = identity(world, tip)
    statement = world.sign("list", "reviewer-a", desk="intake", items=[name(item)])
    result = keeper.client.list_cards(statement, [request(item)])
    assert result.inner == {}
    assert keeper.entry(result.index).withheld == (item.id.hex(),)


def test_what_the_keepers_key_alone_takes_off_leaves_the_custodians_lock(
    world: World, tip: SealedTip
) -> None:
    for slip in identity(world, tip).slips:
        _, released = open_outer(slip.slip, world.keeper_identity)
        with pytest.raises(CannotOpen):
            open_inner(released, world.desks[slip.desk])
        inner = open_middle(released, [world.desks["custodians"]])
        assert open_inner(inner, world.desks[slip.desk]).seed
