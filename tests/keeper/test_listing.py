"""Lists: what a member may not have is withheld, named in the entry, and says nothing to them."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from crypto.keys import Identity
from crypto.policies import Route
from crypto.randomness import random_bytes
from crypto.slips import make_slip, open_inner
from crypto.statements import Statement
from tests.keeper.observed import Observed
from tests.world import SealedTip, World, name, request
from tipline.keeper.release import card_key_policy
from tipline.keeper_client import Listing, Reason
from tipline.sealing.items import seal_item


def listing(keeper: Observed, by: str, *tips: SealedTip, desk: str = "intake") -> Listing:
    """A list statement for the cards of tips."""
    cards = [tip.item("card") for tip in tips]
    statement = keeper.world.sign("list", by, desk=desk, items=[name(card) for card in cards])
    return keeper.client.list_cards(statement, [request(card, desk) for card in cards])


def renew(keeper: Observed, desk: str = "intake") -> None:
    """The desk's second key."""
    body = {
        "id": desk,
        "names": {"zh": "组", "en": "Desk"},
        "epoch": 2,
        "recipient": Identity.generate().recipient.text,
        "reads": True,
    }
    keeper.client.append(keeper.world.sign("desk", "registrar", "reviewer-a", desk=body))


class Group:
    """A card key that is not logged yet."""

    def __init__(self, world: World, *excluded: str, desk: str = "intake", **changes: Any) -> None:
        self.key = Identity.generate()
        self.id = random_bytes(16).hex()
        policy = replace(card_key_policy(self.id, desk, 1, tuple(excluded)), **changes)
        keeper, recipient = world.keeper_identity.recipient, world.desks[desk].recipient
        self.slip = make_slip(policy, self.key, keeper, recipient)
        self.fields = {
            "desk": desk,
            "group": self.id,
            "excluded": list(excluded),
            "slip": sha256(self.slip).hexdigest(),
        }

    def stated(self, world: World, by: str, **changes: Any) -> Statement:
        return world.sign("card-group", by, **(self.fields | changes))


def test_a_desk_that_is_not_held_lists_nothing(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    assert keeper.refusal(lambda: listing(keeper, "integrity", tip)) is Reason.DESK_NOT_HELD


@pytest.mark.parametrize(
    ("by", "desk"), [("auditor", "auditors"), ("custodian-1", "custodians")], ids=["auditors", "custodians"]
)
def test_a_desk_that_reads_no_tips_lists_nothing(world: World, keeper: Observed, by: str, desk: str) -> None:
    assert keeper.refusal(lambda: listing(keeper, by, desk=desk)) is Reason.NOT_ALLOWED


def test_more_cards_than_a_statement_may_name_are_refused(world: World, keeper: Observed) -> None:
    items = [{"item": random_bytes(16).hex(), "hash": "0" * 64} for _ in range(401)]
    statement = world.sign("list", "reviewer-a", desk="intake", items=items)
    assert keeper.refusal(lambda: keeper.client.list_cards(statement, [])) is Reason.MALFORMED


def test_another_number_of_slips_than_cards_is_refused(world: World, keeper: Observed) -> None:
    statement = world.sign("list", "reviewer-a", desk="intake", items=[name(world.seal_tip().item("card"))])
    assert keeper.refusal(lambda: keeper.client.list_cards(statement, [])) is Reason.POLICY_MISMATCH


def test_an_excluded_member_gets_the_other_cards_and_the_entry_names_what_was_withheld(
    world: World, keeper: Observed
) -> None:
    seen, hidden = world.seal_tip(), world.seal_tip(excluded=["u2"])
    result = listing(keeper, "reviewer-a", seen, hidden)
    assert result.inner.keys() == {seen.item("card").id.hex()}
    entry = keeper.entry(result.index)
    assert (entry.outcome, entry.withheld) == ("done", (hidden.item("card").id.hex(),))
    assert keeper.client.states([hidden.id.hex()]) == {}


@pytest.mark.parametrize("case", ["route", "text", "unsigned", "foreign-slip", "swapped", "later-exclusion"])
def test_what_may_not_be_read_may_not_be_listed(world: World, keeper: Observed, case: str) -> None:
    tip = world.seal_tip("integrity") if case == "route" else world.seal_tip()
    card = tip.item("text" if case == "text" else "card")
    if case == "route":  # a slip for the intake desk, which the route does not name
        audience = replace(tip.audience, desks=world.desk_keys("intake"))
        card = seal_item("card", tip.id, b"{}", audience=audience, claim=tip.code.claim_key)
    if case == "unsigned":
        card = replace(card, claim_signature=bytes(64))
    if case == "foreign-slip":
        card = replace(card, slips=world.seal_tip().item("card").slips)
    if case == "swapped":
        listing(keeper, "reviewer-a", tip)
        card = replace(card, digest=bytes(32))
    if case == "later-exclusion":
        listing(keeper, "reviewer-a", tip)
        keeper.client.append(world.route("reviewer-b", tip, desks=["intake"], excluded=["u2"]))
    statement = world.sign("list", "reviewer-a", desk="intake", items=[name(card)])
    result = keeper.client.list_cards(statement, [request(card)])
    assert result.inner == {}
    assert keeper.entry(result.index).withheld == (card.id.hex(),)


def test_a_listed_card_opens_with_the_desks_key_and_pins_its_tip(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    inner = listing(keeper, "reviewer-a", tip).inner[tip.item("card").id.hex()]
    assert open_inner(inner, world.desks["intake"]).seed
    assert keeper.client.states([tip.id.hex()])[tip.id.hex()].state == "received"
    swapped = replace(tip.item("card"), digest=bytes(32))
    assert keeper.refused(world.read("reviewer-a", tip, swapped), swapped) is Reason.POLICY_MISMATCH


@pytest.mark.parametrize(
    ("by", "changes", "reason"),
    [
        ("integrity", {}, Reason.DESK_NOT_HELD),
        ("reviewer-a", {"slip": "0" * 64}, Reason.POLICY_MISMATCH),
        ("reviewer-a", {"group": "0" * 32}, Reason.POLICY_MISMATCH),
        ("reviewer-a", {"excluded": ["u3"]}, Reason.POLICY_MISMATCH),
        ("reviewer-a", {"excluded": ["u2"]}, Reason.EXCLUDED),
        ("reviewer-a", {"excluded": ["u77"]}, Reason.NOT_ALLOWED),
        ("reviewer-a", {"excluded": ["u4", "u3"]}, Reason.MALFORMED),
    ],
    ids=str,
)
def test_a_card_group_that_is_not_what_it_says_is_refused(
    world: World, keeper: Observed, by: str, changes: dict[str, Any], reason: Reason
) -> None:
    group = Group(world)
    statement = group.stated(world, by, **changes)
    assert keeper.refusal(lambda: keeper.client.append(statement, group.slip)) is reason


@pytest.mark.parametrize(
    "changes",
    [{"epoch": 2}, {"kind": "card"}, {"tip": "1" * 32}, {"route": Route(("intake",), ("u3",))}],
    ids=str,
)
def test_a_card_keys_slip_under_another_policy_is_refused(
    world: World, keeper: Observed, changes: dict[str, Any]
) -> None:
    group = Group(world, **changes)
    statement = group.stated(world, "reviewer-a")
    assert keeper.refusal(lambda: keeper.client.append(statement, group.slip)) is Reason.POLICY_MISMATCH


def test_there_is_one_card_key_for_a_desk_and_set_of_excluded_units(world: World, keeper: Observed) -> None:
    first, second = Group(world, "u3"), Group(world, "u3")
    keeper.client.append(first.stated(world, "reviewer-a"), first.slip)
    statement = second.stated(world, "reviewer-a")
    assert keeper.refusal(lambda: keeper.client.append(statement, second.slip)) is Reason.GROUP_EXISTS


def test_a_desks_next_key_takes_one_card_key_more_and_the_older_ones_come_with_the_list(
    world: World, keeper: Observed
) -> None:
    older, newer, again = Group(world, "u3"), Group(world, "u3", epoch=2), Group(world, "u3", epoch=2)
    keeper.client.append(older.stated(world, "reviewer-a"), older.slip)
    statement = newer.stated(world, "reviewer-a")
    assert keeper.refusal(lambda: keeper.client.append(statement, newer.slip)) is Reason.POLICY_MISMATCH
    renew(keeper)
    keeper.client.append(newer.stated(world, "reviewer-a"), newer.slip)
    statement = again.stated(world, "reviewer-a")
    assert keeper.refusal(lambda: keeper.client.append(statement, again.slip)) is Reason.GROUP_EXISTS
    groups = listing(keeper, "reviewer-a").groups
    assert [(one.group, one.excluded, one.epoch) for one in groups] == [
        (older.id, ("u3",), 1),
        (newer.id, ("u3",), 2),
    ]


def test_no_card_key_is_made_for_an_older_key_of_the_desk(world: World, keeper: Observed) -> None:
    renew(keeper)
    group = Group(world, "u3")
    statement = group.stated(world, "reviewer-a")
    assert keeper.refusal(lambda: keeper.client.append(statement, group.slip)) is Reason.POLICY_MISMATCH


def test_card_keys_come_with_the_list_to_whom_they_do_not_exclude(world: World, keeper: Observed) -> None:
    everybody, without_u3 = Group(world), Group(world, "u3")
    integritys = Group(world, desk="integrity")
    keeper.client.append(everybody.stated(world, "reviewer-b"), everybody.slip)
    keeper.client.append(without_u3.stated(world, "reviewer-a"), without_u3.slip)
    keeper.client.append(integritys.stated(world, "integrity"), integritys.slip)
    assert [group.group for group in listing(keeper, "reviewer-b").groups] == [everybody.id]
    groups = listing(keeper, "reviewer-a").groups
    assert [(group.group, group.excluded) for group in groups] == [
        (everybody.id, ()),
        (without_u3.id, ("u3",)),
    ]
    assert open_inner(groups[1].inner, world.desks["intake"]).seed == without_u3.key.seed
