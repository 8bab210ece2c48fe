"""What two people sign one after the other: within three days, once, and each a person of their own."""

from io import BytesIO
from typing import Any

import pytest

from crypto.errors import BadFormat
from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.world import World, member_body, member_id, member_seed, request
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.export import ExportWriter
from tipline.evidence.verify import VerifyResult, verify_export
from tipline.keeper_client import AdminKeeper, Reason, Refused
from tipline.roster.freshness import FRESH_SECONDS, JOINT_SECONDS

DAY = 86_400
GRANT = {"member": member_id("newcomer"), "desk": "intake", "until": ""}


def joint(world: World, *by: str, **changes: Any) -> Statement:
    """A newcomer is given the intake desk: the first signs now, the other later."""
    return world.sign("grant", *(by or ("registrar", "reviewer-a")), **(GRANT | changes))


def newcomer(world: World, keeper: Observed) -> None:
    keeper.client.append(world.sign("member", "registrar", member=member_body("newcomer", "u4")))


def verify(world: World, client: AdminKeeper) -> VerifyResult:
    """Export the log and verify it as another machine would."""
    export, file = world.operator().export(), BytesIO()
    writer = ExportWriter(file)
    writer.header(world.settings.origin, world.settings.genesis)
    for index, salt, entry in export:
        writer.entry(index, salt, entry)
    writer.finish(export.checkpoint)
    file.seek(0)
    return verify_export(file, log_key=world.verifier, old_checkpoint=None, progress=None)


# ------------------------------------------------------------------- freshness


def test_what_two_signed_is_taken_for_three_days_and_no_longer(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    newcomer(world, keeper)
    too_old, in_time = joint(world), joint(world)
    clock.advance(JOINT_SECONDS)
    keeper.client.append(in_time)
    clock.advance(1)
    assert keeper.refused(too_old) is Reason.STALE
    assert verify(world, keeper.client).size == keeper.size()


def test_what_two_signed_is_not_taken_from_the_future(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    statement = joint(world)
    clock.advance(-(FRESH_SECONDS + 1))
    assert keeper.refused(statement) is Reason.STALE


@pytest.mark.parametrize("kind", ["revoke", "remove", "member"])
def test_what_one_signs_is_fresh_for_two_minutes_as_before(
    world: World, keeper: Observed, clock: FixedClock, kind: str
) -> None:
    fields: dict[str, dict[str, Any]] = {
        "revoke": {"member": member_id("reviewer-b"), "desk": "intake"},
        "remove": {"member": member_id("reviewer-b")},
        "member": {"member": member_body("newcomer", "u4")},
    }
    statement = world.sign(kind, "registrar", **fields[kind])
    clock.advance(FRESH_SECONDS + 1)
    assert keeper.refused(statement) is Reason.STALE


def test_a_second_signature_does_not_keep_a_reading_fresh(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = world.seal_tip()
    text = tip.item("text")
    body = world.read("reviewer-a", tip).body
    both = {**body, "by": [member_id("reviewer-a"), member_id("reviewer-b")]}
    keys = {member_id(name): member_seed(name).signing_key for name in ("reviewer-a", "reviewer-b")}
    reading = Statement.signed(both, keys)
    clock.advance(FRESH_SECONDS + 1)
    assert keeper.refused(reading, text) is Reason.STALE


# --------------------------------------------------------------------- replays


@pytest.mark.parametrize("days", [0, 1, 2])
def test_what_two_signed_counts_once_as_long_as_it_could_come(
    world: World, keeper: Observed, clock: FixedClock, days: int
) -> None:
    newcomer(world, keeper)
    statement = joint(world)
    keeper.client.append(statement)
    keeper.client.append(world.sign("revoke", "registrar", member=member_id("newcomer"), desk="intake"))
    clock.advance(days * DAY)
    keeper.client.append(world.sign("audit", "auditor", first=0, count=1))  # what is over is forgotten now
    assert keeper.refused(statement) is Reason.REPLAYED
    assert "intake" not in keeper.client.roster().members[member_id("newcomer")].desks


@pytest.mark.parametrize("days", [0, 1, 2])
def test_a_restart_forgets_nothing_that_two_signed(world: World, clock: FixedClock, days: int) -> None:
    with world.keeper():
        keeper = Observed(world)
        newcomer(world, keeper)
        statement = joint(world)
        keeper.client.append(statement)
        keeper.client.append(world.sign("revoke", "registrar", member=member_id("newcomer"), desk="intake"))
    clock.advance(days * DAY)
    with world.keeper():
        assert Observed(world).refused(statement) is Reason.REPLAYED


def test_what_was_refused_is_used_up_too(world: World, clock: FixedClock) -> None:
    """Otherwise a refused grant could be handed in again once the rules allow it."""
    with world.keeper():
        keeper = Observed(world)
        early = joint(world)  # nobody is there to be given anything
        assert keeper.refused(early) is Reason.UNKNOWN_MEMBER
        newcomer(world, keeper)
        wrong = joint(world, "registrar", "integrity")  # no holder of this desk signs
        assert keeper.refused(wrong) is Reason.NOT_ALLOWED
        assert keeper.refused(wrong) is Reason.REPLAYED
    clock.advance(DAY)
    with world.keeper():
        assert Observed(world).refused(wrong) is Reason.REPLAYED


def test_one_persons_statement_may_not_borrow_the_nonce_of_two(world: World, keeper: Observed) -> None:
    newcomer(world, keeper)
    statement = joint(world)
    keeper.client.append(statement)
    alone = world.sign("audit", "auditor", first=0, count=1, nonce=statement.body["nonce"])
    assert keeper.refused(alone) is Reason.REPLAYED


# --------------------------------------------------------------- two are two


def test_nobody_signs_twice() -> None:
    one = member_id("registrar")
    body = {"v": 1, "log": "x", "type": "grant", "at": 1, "nonce": "0" * 32, "by": [one, one]}
    with pytest.raises(BadFormat):
        Statement.signed(body, {one: member_seed("registrar").signing_key})


def test_a_second_who_was_removed_meanwhile_is_no_second(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    newcomer(world, keeper)
    statement = joint(world)
    clock.advance(DAY)
    keeper.client.append(world.sign("remove", "registrar", member=member_id("reviewer-a")))
    assert keeper.refused(statement) is Reason.REMOVED_MEMBER


@pytest.mark.parametrize("kind", ["revoke", "role"])
def test_a_first_who_may_no_longer_is_no_first(world: World, keeper: Observed, kind: str) -> None:
    newcomer(world, keeper)
    statement = joint(world)
    if kind == "revoke":
        keeper.client.append(world.sign("revoke", "registrar", member=member_id("reviewer-a"), desk="intake"))
    else:
        fields = {"member": member_id("registrar"), "role": "registrar", "held": False}
        keeper.client.append(world.sign("role", "registrar-2", **fields))
    assert keeper.refused(statement) is Reason.NOT_ALLOWED


def test_a_first_who_was_given_new_keys_has_not_signed(world: World, keeper: Observed) -> None:
    """Their old keys may be in other hands: that is why they were given new ones."""
    newcomer(world, keeper)
    statement = joint(world)
    fresh = member_seed("fresh")
    keys = {"signing_key": fresh.signing_key.public.raw.hex(), "recipient": fresh.identity.recipient.text}
    keeper.client.append(
        world.sign("new-keys", "registrar-2", "integrity", member=member_id("registrar"), **keys)
    )
    assert keeper.refused(statement) is Reason.BAD_SIGNATURE
    alone = world.sign("remove", "registrar", member=member_id("reviewer-b"))
    assert keeper.refused(alone) is Reason.BAD_SIGNATURE
    verify(world, keeper.client)


# --------------------------------------------------------- deputies and the table


def test_a_deputys_access_ends_with_the_day_in_the_keeper(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    newcomer(world, keeper)
    keeper.client.append(joint(world, until=clock.today().isoformat()))
    tip = world.seal_tip()
    text = tip.item("text")
    clock.advance(DAY // 2 - 1)  # the last second of the day
    assert keeper.client.release(world.read("newcomer", tip), [request(text)]).inner
    clock.advance(1)
    late = world.read("newcomer", tip)
    size = keeper.size()
    with pytest.raises(Refused, match="desk-not-held"):
        keeper.client.release(late, [request(text)])
    lapse, refused = keeper.entry(size), keeper.entry(size + 1)
    assert (lapse.statement.body["type"], lapse.statement.signers) == ("lapse", ("keeper",))
    assert (refused.statement.digest, refused.reason) == (late.digest, "desk-not-held")
    assert keeper.client.roster().desks["intake"].stale
    assert verify(world, keeper.client).size == keeper.size()


def test_each_deputy_lapses_once_and_a_restart_changes_nothing(world: World, clock: FixedClock) -> None:
    with world.keeper():
        keeper = Observed(world)
        newcomer(world, keeper)
        keeper.client.append(joint(world, until=clock.today().isoformat()))
    clock.advance(2 * DAY)
    for expected in (5, 6):  # genesis, member, grant; then the lapse and an audit, then an audit alone
        with world.keeper():
            keeper = Observed(world)
            keeper.client.append(world.sign("audit", "auditor", first=0, count=1))
            assert keeper.size() == expected


def test_a_deputy_reads_nothing_after_their_day_also_while_the_time_is_in_doubt(
    world: World, clock: FixedClock
) -> None:
    """Then the keeper states no end that cannot be undone; by whoever's clock, the day is over."""
    with world.keeper():
        keeper = Observed(world)
        newcomer(world, keeper)
        keeper.client.append(joint(world, until=clock.today().isoformat()))
    clock.advance(3 * DAY)
    with world.keeper():
        keeper, tip = Observed(world), world.seal_tip()
        with pytest.raises(Refused, match="desk-not-held"):
            keeper.client.release(world.read("newcomer", tip), [request(tip.item("text"))])
        assert keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))]).inner
        assert "lapse" not in {keeper.entry(index).statement.body["type"] for index in range(keeper.size())}
        assert verify(world, keeper.client).size == keeper.size()


def test_nobody_but_the_keeper_states_that_a_deputy_lapsed(world: World, keeper: Observed) -> None:
    newcomer(world, keeper)
    keeper.client.append(joint(world, until=world.clock.today().isoformat()))
    fields = {"member": member_id("newcomer"), "desk": "intake"}
    assert keeper.refused(world.sign("lapse", "registrar", **fields)) is Reason.MALFORMED
    body = {**world.body("lapse", **fields), "by": ["keeper"]}
    forged = Statement.signed(body, {"keeper": member_seed("registrar").signing_key})
    assert keeper.refused(forged) is Reason.UNKNOWN_MEMBER


@pytest.mark.parametrize(("name", "desk", "holder"), [("reviewer-a", "integrity", "integrity")])
def test_a_log_from_before_the_table_takes_no_new_impossible_combination(
    world: World, keeper: Observed, name: str, desk: str, holder: str
) -> None:
    assert keeper.client.roster().profile is None
    grant = {"member": member_id(name), "desk": desk, "until": ""}
    assert keeper.refused(world.sign("grant", "registrar", holder, **grant)) is Reason.NOT_ALLOWED
    role = {"member": member_id(name), "role": "pay-clerk", "held": True}
    assert keeper.refused(world.sign("role", "registrar", holder, **role)) is Reason.NOT_ALLOWED


def test_a_conflict_cuts_access_at_the_next_reading(world: World, keeper: Observed) -> None:
    tip = world.seal_tip(excluded=["u4"])
    text = tip.item("text")
    keeper.client.release(world.read("reviewer-a", tip), [request(text)])
    keeper.client.append(world.sign("conflicts", "reviewer-a", member=member_id("reviewer-a"), add=["u4"]))
    assert keeper.refused(world.read("reviewer-a", tip), text) is Reason.EXCLUDED


# -------------------------------------------------------------------- elsewhere


def test_a_verifier_takes_no_statement_of_one_that_is_days_old(world: World, clock: FixedClock) -> None:
    """The verifier counts as the keeper does: what only two may hand in late, one may not."""
    with world.keeper(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("tipline.keeper.rules.table.oldest", lambda _body: JOINT_SECONDS)
        patch.setattr("tipline.keeper.state.NONCE_SECONDS", JOINT_SECONDS)
        keeper = Observed(world)
        statement = world.sign("remove", "registrar", member=member_id("reviewer-b"))
        clock.advance(DAY)
        keeper.client.append(world.sign("audit", "auditor", first=0, count=1))
        clock.advance(1)
        keeper.client.append(statement)
        with pytest.raises(VerificationFailed, match="not made when it was logged"):
            verify(world, keeper.client)
