"""What a reading may release: every way around it first, each an entry, nothing released."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crypto.keys import Identity, SigningKey
from crypto.policies import Route
from crypto.slips import make_slip, open_inner
from tests.keeper.observed import Observed
from tests.world import SealedTip, World, member_body, member_id, name, request
from tipline.keeper_client import Reason, SlipRequest
from tipline.sealing.audience import NewSlip
from tipline.sealing.items import NewItem, seal_item
from tipline.sealing.opening import open_item


def reslipped(world: World, tip: SealedTip, item: NewItem, /, **changes: Any) -> NewItem:
    """The item with a slip for the intake desk that somebody made anew: they know no item key."""
    policy = replace(
        world.policy(tip, item),
        **changes,
    )
    slip = make_slip(
        policy, Identity.generate(), world.keeper_identity.recipient, world.desks["intake"].recipient
    )
    return replace(item, slips=(NewSlip(item.slips[0].desk, 1, slip),))


def first_read(keeper: Observed, tip: SealedTip) -> None:
    keeper.client.release(keeper.world.read("reviewer-a", tip), [request(tip.item("text"))])


def test_a_desk_that_is_not_held_gives_nothing(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    statement = world.read("reviewer-a", tip, desk="integrity")
    assert keeper.refused(statement, tip.item("text"), desk="integrity") is Reason.DESK_NOT_HELD


def test_a_desk_that_the_route_does_not_name_gives_nothing(world: World, keeper: Observed) -> None:
    tip = world.seal_tip("intake")  # it has a slip for the integrity desk, as every tip has
    statement = world.read("integrity", tip, desk="integrity")
    assert keeper.refused(statement, tip.item("text"), desk="integrity") is Reason.NOT_ALLOWED


def test_an_excluded_unit_gets_nothing(world: World, keeper: Observed) -> None:
    tip = world.seal_tip(excluded=["u2"])
    assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.EXCLUDED
    other = world.read("reviewer-b", tip)
    assert keeper.client.release(other, [request(tip.item("text"))]).inner


def test_a_unit_that_was_left_still_counts(world: World, keeper: Observed) -> None:
    fields = {"member": member_id("reviewer-a"), "unit": "u4", "past_units": [], "conflicts": []}
    keeper.client.append(world.sign("member-unit", "registrar", "integrity", **fields))
    tip = world.seal_tip(excluded=["u2"])
    assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.EXCLUDED


def test_a_declared_conflict_counts(world: World, keeper: Observed) -> None:
    fields = {"member": member_id("reviewer-a"), "unit": "u2", "past_units": [], "conflicts": ["u4"]}
    keeper.client.append(world.sign("member-unit", "registrar", "integrity", **fields))
    tip = world.seal_tip(excluded=["u4"])
    assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.EXCLUDED


def test_an_exclusion_added_later_binds_old_slips(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    first_read(keeper, tip)
    keeper.client.append(world.route("reviewer-b", tip, desks=["intake"], excluded=["u2"]))
    assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.EXCLUDED


def test_a_desk_of_the_latest_route_may_read_and_the_old_one_not(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    first_read(keeper, tip)
    keeper.client.append(world.route("reviewer-a", tip, desks=["integrity"], excluded=[]))
    assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.NOT_ALLOWED
    statement = world.read("integrity", tip, desk="integrity")
    assert keeper.client.release(statement, [request(tip.item("text"), "integrity")]).inner


@pytest.mark.parametrize("kind", ["text", "card"])
def test_a_route_stays_after_a_restart(world: World, kind: str) -> None:
    tip = world.seal_tip()
    with world.keeper():
        keeper = Observed(world)
        first_read(keeper, tip)
        keeper.client.append(world.route("reviewer-b", tip, desks=["intake"], excluded=["u2"]))
    with world.keeper():
        statement = world.read("reviewer-a", tip, tip.item(kind))
        assert Observed(world).refused(statement, tip.item(kind)) is Reason.EXCLUDED


@pytest.mark.parametrize(
    "changes",
    [{"item": "0" * 32}, {"digest": "0" * 64}, {"tip": "0" * 32}, {"desk": "integrity"}, {"kind": "note"}],
    ids=lambda changes: next(iter(changes)),
)
def test_a_slip_made_for_something_else_opens_nothing(
    world: World, keeper: Observed, changes: dict[str, str]
) -> None:
    tip = world.seal_tip()
    other = reslipped(world, tip, tip.item("text"), **changes)
    assert keeper.refused(world.read("reviewer-a", tip), other) is Reason.POLICY_MISMATCH


def test_bytes_that_are_no_slip_open_nothing(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    call = SlipRequest(b"no slip", "text", tip.item("text").claim_signature)
    statement = world.read("reviewer-a", tip)
    assert keeper.refusal(lambda: keeper.client.release(statement, [call])) is Reason.POLICY_MISMATCH


def test_another_number_of_slips_than_items_opens_nothing(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    text, card = tip.item("text"), tip.item("card")
    assert keeper.refused(world.read("reviewer-a", tip), text, card) is Reason.POLICY_MISMATCH


@pytest.mark.parametrize(
    ("desks", "excluded"),
    [(("intake", "nowhere"), ()), (("auditors", "intake"), ()), (("intake",), ("u77",))],
)
def test_a_first_route_names_only_what_the_roster_knows(
    world: World, keeper: Observed, desks: tuple[str, ...], excluded: tuple[str, ...]
) -> None:
    tip = world.seal_tip()
    forged = reslipped(world, tip, tip.item("text"), route=Route(desks, excluded))
    assert keeper.refused(world.read("reviewer-a", tip, forged), forged) is Reason.POLICY_MISMATCH


def test_an_item_with_another_hash_than_first_seen_is_refused(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    first_read(keeper, tip)
    text = tip.item("text")
    # The attacker has everything but the reporter's claim key: even a valid signature would not help.
    swapped = reslipped(world, tip, replace(text, digest=bytes(32)))
    assert keeper.refused(world.read("reviewer-a", tip, swapped), swapped) is Reason.ITEM_MISMATCH


def test_another_claim_key_than_first_seen_is_refused(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    first_read(keeper, tip)
    claim = SigningKey.generate()
    audience = world.audience(tip.audience.route, claim)
    forged = seal_item("message", tip.id, b"{}", audience=audience, claim=claim)
    assert keeper.refused(world.read("reviewer-a", tip, forged), forged) is Reason.ITEM_MISMATCH


def test_an_item_of_one_tip_is_no_item_of_another(world: World, keeper: Observed) -> None:
    first, other = world.seal_tip(), world.seal_tip()
    first_read(keeper, first)
    first_read(keeper, other)
    moved = reslipped(world, first, first.item("text"), tip=other.id.hex(), claim=other.audience.claim.hex())
    assert keeper.refused(world.read("reviewer-a", other, moved), moved) is Reason.ITEM_MISMATCH


def test_a_route_that_the_tip_never_had_is_refused(world: World, keeper: Observed) -> None:
    """Otherwise a made-up slip, read first, would lift the reporter's own exclusion."""
    tip = world.seal_tip(excluded=["u2"])
    made_up = reslipped(world, tip, tip.item("text"), route=Route(("intake",), ()))
    opened = keeper.client.release(world.read("reviewer-a", tip), [request(made_up)])
    assert opened.inner  # junk: whoever made the slip knows no item key
    assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.ITEM_MISMATCH


def test_the_same_holds_after_a_later_route(world: World, keeper: Observed) -> None:
    tip = world.seal_tip(excluded=["u2"])
    made_up = reslipped(world, tip, tip.item("text"), route=Route(("intake",), ()))
    keeper.client.release(world.read("reviewer-a", tip), [request(made_up)])
    keeper.client.append(world.route("reviewer-a", tip, desks=["intake"], excluded=["u4"]))
    assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.ITEM_MISMATCH


def test_a_message_under_an_earlier_or_the_latest_route_is_read(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    first_read(keeper, tip)
    keeper.client.append(world.route("reviewer-a", tip, desks=["intake"], excluded=["u3"]))
    for excluded in ((), ("u3",)):
        audience = world.audience(Route(("intake",), excluded), tip.code.claim_key)
        message = seal_item("message", tip.id, b"{}", audience=audience, claim=tip.code.claim_key)
        assert keeper.client.release(world.read("reviewer-a", tip, message), [request(message)]).inner


@pytest.mark.parametrize("signature", [b"", bytes(64), b"short"], ids=["none", "wrong", "short"])
def test_an_item_that_the_reporter_did_not_sign_is_refused(
    world: World, keeper: Observed, signature: bytes
) -> None:
    tip = world.seal_tip()
    unsigned = replace(tip.item("text"), claim_signature=signature)
    assert keeper.refused(world.read("reviewer-a", tip), unsigned) is Reason.CLAIM_SIGNATURE
    first_read(keeper, tip)
    message = seal_item("message", tip.id, b"{}", audience=tip.audience)
    forged = replace(message, claim_signature=signature)
    assert keeper.refused(world.read("reviewer-a", tip, forged), forged) is Reason.CLAIM_SIGNATURE


def test_a_signature_for_another_kind_is_refused(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    text = tip.item("text")
    relabelled = reslipped(world, tip, replace(text, kind="file"), kind="file")
    assert keeper.refused(world.read("reviewer-a", tip), relabelled) is Reason.CLAIM_SIGNATURE


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_what_staff_write_is_no_first_sight_of_a_tip(world: World, keeper: Observed, kind: str) -> None:
    tip = world.seal_tip()
    item = world.staff_item(tip, kind)
    assert keeper.refused(world.read("reviewer-a", tip, item), item) is Reason.UNKNOWN_TIP


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_what_staff_write_opens_only_after_its_statement(world: World, keeper: Observed, kind: str) -> None:
    tip = world.seal_tip()
    first_read(keeper, tip)
    item = world.staff_item(tip, kind)
    assert keeper.refused(world.read("reviewer-a", tip, item), item) is Reason.ITEM_MISMATCH
    keeper.client.append(world.sign(kind, "reviewer-a", tip=tip.id.hex(), desk="intake", **name(item)))
    assert keeper.client.release(world.read("reviewer-b", tip, item), [request(item)]).inner


def test_the_statement_of_one_kind_does_not_open_another(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    first_read(keeper, tip)
    item = world.staff_item(tip, "reply")
    keeper.client.append(world.sign("note", "reviewer-a", tip=tip.id.hex(), desk="intake", **name(item)))
    assert keeper.refused(world.read("reviewer-a", tip, item), item) is Reason.ITEM_MISMATCH


@pytest.mark.parametrize("kind", ["route", "card-key"])
def test_kinds_that_no_reading_is_for_stay_shut(world: World, keeper: Observed, kind: str) -> None:
    tip = world.seal_tip()
    first_read(keeper, tip)
    item = world.staff_item(tip, kind)
    assert keeper.refused(world.read("reviewer-a", tip, item), item) is Reason.NOT_ALLOWED


def test_reasons_are_for_auditors_and_auditors_read_nothing_else(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    first_read(keeper, tip)
    reason = world.staff_item(tip, "reason", "intake", "auditors")
    route = world.route("reviewer-a", tip, desks=["intake"], excluded=["u4"], reason=name(reason))
    keeper.client.append(route)
    assert keeper.refused(world.read("reviewer-a", tip, reason), reason) is Reason.NOT_ALLOWED
    text = seal_item(
        "text",
        tip.id,
        b"{}",
        audience=replace(tip.audience, desks=world.desk_keys("auditors")),
        claim=tip.code.claim_key,
    )
    audit = world.read("auditor", tip, text, desk="auditors")
    assert keeper.refused(audit, text, desk="auditors") is Reason.NOT_ALLOWED
    audit = world.read("auditor", tip, reason, desk="auditors", purpose="audit")
    assert keeper.client.release(audit, [request(reason, "auditors")]).inner


def test_an_excluded_auditor_reads_no_reason(world: World, keeper: Observed) -> None:
    tip = world.seal_tip(excluded=["u9"])
    first_read(keeper, tip)
    reason = world.staff_item(tip, "reason", "auditors")
    route = world.route("reviewer-a", tip, desks=["intake"], excluded=["u4", "u9"], reason=name(reason))
    keeper.client.append(route)
    audit = world.read("auditor", tip, reason, desk="auditors")
    assert keeper.refused(audit, reason, desk="auditors") is Reason.EXCLUDED


def test_two_signers_are_one_too_many(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    fields = {"tip": tip.id.hex(), "desk": "intake", "purpose": "triage", "items": [name(tip.item("text"))]}
    statement = world.sign("read", "reviewer-a", "reviewer-b", **fields)
    assert keeper.refused(statement, tip.item("text")) is Reason.NOT_ALLOWED


@pytest.mark.parametrize(
    "changes",
    [{"purpose": "curiosity"}, {"items": []}, {"items": [{"item": "0" * 32}]}, {"tip": "0" * 31}],
    ids=str,
)
def test_a_reading_of_another_shape_is_refused(
    world: World, keeper: Observed, changes: dict[str, Any]
) -> None:
    tip = world.seal_tip()
    assert keeper.refused(world.read("reviewer-a", tip, **changes), tip.item("text")) is Reason.MALFORMED


def test_a_reading_is_whole_or_not_at_all(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    bad = replace(tip.item("card"), claim_signature=bytes(64))
    text = tip.item("text")
    assert keeper.refused(world.read("reviewer-a", tip, text, bad), text, bad) is Reason.CLAIM_SIGNATURE
    assert keeper.client.states([tip.id.hex()]) == {}  # nothing was pinned by what was refused


def test_a_grant_is_of_use_at_once_and_a_revocation_too(world: World, keeper: Observed) -> None:
    tip = world.seal_tip("integrity")
    newcomer = member_body("newcomer", "u9")
    keeper.client.append(world.sign("member", "registrar", member=newcomer))
    text = tip.item("text")

    def reading() -> Any:
        return world.read("newcomer", tip, desk="integrity")

    assert keeper.refused(reading(), text, desk="integrity") is Reason.DESK_NOT_HELD
    grant = {"member": member_id("newcomer"), "desk": "integrity"}
    keeper.client.append(world.sign("grant", "registrar", "integrity", **grant))
    assert keeper.client.release(reading(), [request(text, "integrity")]).inner
    keeper.client.append(world.sign("revoke", "registrar", **grant))
    assert keeper.refused(reading(), text, desk="integrity") is Reason.DESK_NOT_HELD


def test_a_unit_left_more_than_five_years_ago_counts_no_more(world: World, keeper: Observed) -> None:
    long_ago = (world.clock.today() - timedelta(days=6 * 366)).isoformat()
    past = [{"unit": "u4", "until": long_ago}]
    fields = {"member": member_id("reviewer-a"), "unit": "u2", "past_units": past, "conflicts": []}
    keeper.client.append(world.sign("member-unit", "registrar", "integrity", **fields))
    tip = world.seal_tip(excluded=["u4"])
    first_read(keeper, tip)


def test_what_is_released_opens_the_item_with_the_desks_key_and_stands_in_the_log(
    world: World, keeper: Observed
) -> None:
    tip = world.seal_tip()
    statement = world.read("reviewer-a", tip, tip.item("text"), tip.item("card"))
    release = keeper.client.release(statement, [request(tip.item("text")), request(tip.item("card"))])
    assert keeper.entry(release.index).statement == statement
    for item, inner in zip((tip.item("text"), tip.item("card")), release.inner, strict=True):
        key = open_inner(inner, world.desks["intake"])
        assert item.sealed is not None
        opened = open_item(item.sealed, key, kind=item.kind, tip=tip.id, item=item.id)
        assert opened.content.reveal() == b"{}"
