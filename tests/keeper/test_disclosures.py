"""An identity is opened by two people. First everything that opens none: one test for each way alone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from crypto.errors import CannotOpen, CryptoError
from crypto.identities import open_middle
from crypto.slips import open_inner
from tests.clocks import FixedClock
from tests.keeper.disclosing import AGREES, ASKS, HOUR, LIFE, NAME, Ceremony, identity_of
from tests.keeper.observed import Observed
from tests.world import World, member_id, member_seed, request
from tipline.keeper_client import Reason, Refused


@pytest.fixture
def ceremony(world: World, keeper: Observed) -> Ceremony:
    return Ceremony.of(world, keeper)


def refusal(ceremony: Ceremony, call: Callable[[], object]) -> Reason:
    """Why it is refused; the refusal stands in the log."""
    return ceremony.keeper.refusal(call)


# ------------------------------------------------------------------- one person is not enough


def test_the_same_member_in_two_sessions_opens_nothing(ceremony: Ceremony) -> None:
    index = ceremony.asked()
    for other in (ceremony.world.client("first.json"), ceremony.world.client("second.json")):
        decision = ceremony.decision(index, ASKS)
        assert refusal(ceremony, lambda: other.disclosures.decide(decision)) is Reason.DESK_NOT_HELD  # noqa: B023
    assert refusal(ceremony, lambda: ceremony.unlocked(index)) is Reason.NOT_APPROVED


def test_nobody_approves_their_own_request(world: World, keeper: Observed, ceremony: Ceremony) -> None:
    """Also somebody who changed sides in between: asked at the desk, and is a custodian now."""
    index = ceremony.asked()
    me = member_id(ASKS)
    keeper.client.append(world.sign("revoke", "registrar", member=me, desk="intake"))
    keeper.client.append(world.sign("grant", "registrar", AGREES, member=me, desk="custodians", until=""))
    assert refusal(ceremony, lambda: ceremony.decided(index, ASKS)) is Reason.ANOTHER_PERSON
    assert refusal(ceremony, lambda: ceremony.unlocked(index, ASKS)) is Reason.ANOTHER_PERSON


def test_a_custodian_does_not_ask(world: World, keeper: Observed, ceremony: Ceremony) -> None:
    statement = ceremony.request(AGREES, desk="custodians")
    call = lambda: keeper.client.disclosures.request(statement, request(ceremony.item))  # noqa: E731
    assert refusal(ceremony, call) is Reason.POLICY_MISMATCH
    assert refusal(ceremony, lambda: ceremony.asked(AGREES)) is Reason.DESK_NOT_HELD


def test_an_expired_approval_opens_nothing(ceremony: Ceremony, clock: FixedClock) -> None:
    index, sealed = ceremony.running()
    clock.advance(2 * HOUR)
    assert refusal(ceremony, lambda: ceremony.unlocked(index)) is Reason.WINDOW_CLOSED
    assert refusal(ceremony, lambda: ceremony.viewed(index, sealed)) is Reason.WINDOW_CLOSED


def test_an_approval_for_another_item_opens_nothing(world: World, ceremony: Ceremony) -> None:
    """The request's slip and what is put back are for its item; another one's is refused at each step."""
    index, sealed = ceremony.running()
    later = Ceremony(world, ceremony.keeper, ceremony.tip, identity_of(world, ceremony.tip))
    assert refusal(ceremony, lambda: later.unlocked(index)) is Reason.POLICY_MISMATCH
    assert refusal(ceremony, lambda: later.viewed(index, sealed)) is Reason.POLICY_MISMATCH
    theirs, other_sealed = later.running()
    assert refusal(ceremony, lambda: ceremony.viewed(index, other_sealed)) is Reason.POLICY_MISMATCH
    assert refusal(ceremony, lambda: later.viewed(theirs, sealed)) is Reason.POLICY_MISMATCH


def test_an_approval_for_another_purpose_opens_nothing(ceremony: Ceremony) -> None:
    """Each ground is a request of its own: what was put back for one is nothing for the other."""
    index, sealed = ceremony.running(ground="protection")
    other = ceremony.asked(ground="testimony")
    assert refusal(ceremony, lambda: ceremony.unlocked(other)) is Reason.NOT_APPROVED
    assert refusal(ceremony, lambda: ceremony.viewed(other, sealed)) is Reason.NOT_APPROVED
    ceremony.decided(other)
    assert refusal(ceremony, lambda: ceremony.viewed(other, sealed)) is Reason.POLICY_MISMATCH
    assert ceremony.viewed(index, sealed).inner


def remove(who: str) -> Callable[[Ceremony], None]:
    def deed(ceremony: Ceremony) -> None:
        by = ("registrar", "registrar-2") if who != ASKS else ("registrar",)
        ceremony.keeper.client.append(ceremony.world.sign("remove", *by, member=member_id(who)))

    return deed


def revoke(who: str, desk: str) -> Callable[[Ceremony], None]:
    def deed(ceremony: Ceremony) -> None:
        body = ceremony.world.sign("revoke", "registrar", member=member_id(who), desk=desk)
        ceremony.keeper.client.append(body)

    return deed


def declare(who: str) -> Callable[[Ceremony], None]:
    """They declare a conflict with a unit that the tip excludes."""

    def deed(ceremony: Ceremony) -> None:
        body = ceremony.world.sign("conflicts", who, member=member_id(who), add=["u4"])
        ceremony.keeper.client.append(body)

    return deed


def exclude(unit: str) -> Callable[[Ceremony], None]:
    def deed(ceremony: Ceremony) -> None:
        route = ceremony.world.route(
            "reviewer-b", ceremony.tip, desks=["intake"], excluded=sorted(["u4", unit])
        )
        ceremony.keeper.client.append(route)

    return deed


HALF_WAY: dict[str, tuple[Callable[[Ceremony], None], Reason, Reason]] = {
    "the approver is removed": (remove(AGREES), Reason.REMOVED_MEMBER, Reason.NOT_ALLOWED),
    "the approver leaves": (revoke(AGREES, "custodians"), Reason.DESK_NOT_HELD, Reason.NOT_ALLOWED),
    "the approver declares": (declare(AGREES), Reason.EXCLUDED, Reason.NOT_ALLOWED),
    "the approver's unit is excluded": (exclude("u1"), Reason.EXCLUDED, Reason.NOT_ALLOWED),
    "the requester is removed": (remove(ASKS), Reason.NOT_ALLOWED, Reason.REMOVED_MEMBER),
    "the requester leaves": (revoke(ASKS, "intake"), Reason.NOT_ALLOWED, Reason.DESK_NOT_HELD),
    "the requester declares": (declare(ASKS), Reason.NOT_ALLOWED, Reason.EXCLUDED),
    "the requester's unit is excluded": (exclude("u2"), Reason.NOT_ALLOWED, Reason.EXCLUDED),
}


@pytest.mark.parametrize("case", HALF_WAY)
def test_whoever_is_suspended_or_shut_out_half_way_takes_the_window_with_them(
    world: World, keeper: Observed, case: str
) -> None:
    deed, unlock, view = HALF_WAY[case]
    ceremony = Ceremony.of(world, keeper, excluded=("u4",))
    index, sealed = ceremony.running()
    assert ceremony.opened(ceremony.viewed(index, sealed)) == NAME
    deed(ceremony)
    assert refusal(ceremony, lambda: ceremony.viewed(index, sealed)) is view
    assert refusal(ceremony, lambda: ceremony.unlocked(index)) is unlock
    assert all(mine.stands == "broken" for mine in keeper.client.disclosures.of_member(member_id(ASKS)))


@pytest.mark.parametrize(
    "deed", [remove(ASKS), revoke(ASKS, "intake"), declare(ASKS), exclude("u2")], ids=range(4)
)
def test_nobody_says_yes_to_whoever_may_not_ask_any_more(
    world: World, keeper: Observed, deed: Callable[[Ceremony], None]
) -> None:
    ceremony = Ceremony.of(world, keeper, excluded=("u4",))
    index = ceremony.asked()
    deed(ceremony)
    assert refusal(ceremony, lambda: ceremony.decided(index)) is Reason.NOT_ALLOWED
    assert ceremony.decided(index, approved=False).index > index


def test_a_tip_that_left_the_desk_opens_nothing(world: World, keeper: Observed) -> None:
    ceremony = Ceremony.of(world, keeper, "intake", "integrity")
    index, sealed = ceremony.running()
    route = world.route("integrity", ceremony.tip, desk="integrity", desks=["integrity"], excluded=[])
    keeper.client.append(route)
    assert refusal(ceremony, lambda: ceremony.viewed(index, sealed)) is Reason.NOT_ALLOWED
    assert refusal(ceremony, lambda: ceremony.unlocked(index)) is Reason.NOT_ALLOWED
    assert keeper.client.disclosures.of_member(member_id(ASKS)) == ()


def test_twenty_tries_at_once_open_nothing_and_each_refusal_is_in_the_log(ceremony: Ceremony) -> None:
    index = ceremony.asked()
    before = ceremony.keeper.size()
    clients = [ceremony.world.client(f"seen-{number}.json") for number in range(5)]

    def attempt(number: int) -> Reason:
        client, kind = clients[number % 5].disclosures, number % 4
        calls: list[Callable[[], object]] = [
            lambda: client.decide(ceremony.decision(index, ASKS)),
            lambda: client.unlock(
                ceremony.world.sign("disclosure-unlock", AGREES, request=index), request(ceremony.item)
            ),
            lambda: client.view(ceremony.looking(index), b""),
            lambda: client.decide(ceremony.decision(index, "integrity")),
        ]
        with pytest.raises(Refused) as refused:
            calls[kind]()
        assert refused.value.index >= before
        return refused.value.reason

    with ThreadPoolExecutor(8) as pool:
        reasons = list(pool.map(attempt, range(20)))
    assert len(reasons) == 20
    assert ceremony.keeper.size() == before + 20
    assert {ceremony.keeper.entry(at).outcome for at in range(before, before + 20)} == {"refused"}


def test_of_twenty_yeses_at_once_one_counts(ceremony: Ceremony) -> None:
    index = ceremony.asked()
    clients = [ceremony.world.client(f"seen-{number}.json") for number in range(5)]

    def attempt(number: int) -> str:
        by = ("custodian-1", "custodian-2")[number % 2]
        try:
            clients[number % 5].disclosures.decide(ceremony.decision(index, by))
        except Refused as refused:
            return refused.reason.value
        return "done"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(attempt, range(20)))
    assert outcomes == ["already-decided"] * 19 + ["done"]


def test_one_desks_key_or_the_custodians_opens_nothing_of_all_that_is_stored(ceremony: Ceremony) -> None:
    world = ceremony.world
    index, sealed = ceremony.running()
    slip = request(ceremony.item).slip
    for key in (*world.desks.values(), member_seed(ASKS).identity, member_seed(AGREES).identity):
        for stored in (slip, sealed):
            with pytest.raises(CryptoError):
                open_inner(stored, key)
            with pytest.raises(CryptoError):
                open_middle(stored, [key])
    assert ceremony.shut(sealed)
    viewed = ceremony.viewed(index, sealed)
    for member, desk in ((AGREES, "intake"), (ASKS, "custodians"), ("reviewer-b", "intake")):
        with pytest.raises(CannotOpen):
            ceremony.opened(viewed, member, desk)


def test_a_custodian_never_holds_the_item_key(ceremony: Ceremony) -> None:
    index = ceremony.asked()
    ceremony.decided(index)
    unlocked = ceremony.unlocked(index)
    inner = open_middle(unlocked.inner, [ceremony.world.desks["custodians"]])
    for key in (ceremony.world.desks["custodians"], member_seed(AGREES).identity):
        with pytest.raises(CannotOpen):
            open_inner(inner, key)


# ------------------------------------------------------------------- who opens it after all


def test_two_people_open_an_identity_and_each_step_is_in_the_log(ceremony: Ceremony) -> None:
    before = ceremony.keeper.size()
    index, sealed = ceremony.running()
    viewed = ceremony.viewed(index, sealed)
    assert ceremony.opened(viewed) == NAME
    kinds = [ceremony.keeper.entry(at).statement.body["type"] for at in range(before, viewed.index + 1)]
    assert kinds == ["disclosure", "disclosure-decision", "disclosure-unlock", "disclosure-view"]
    ceremony.viewed(index, sealed)
    (mine,) = ceremony.keeper.client.disclosures.of_member(member_id(ASKS))
    assert (mine.request, mine.stands, mine.views, mine.approver) == (index, "running", 2, member_id(AGREES))


def test_the_integrity_desk_asks_only_where_the_route_names_it(world: World, keeper: Observed) -> None:
    ceremony = Ceremony.of(world, keeper)
    call: Callable[[], Any] = lambda: ceremony.asked("integrity", desk="integrity")  # noqa: E731
    assert refusal(ceremony, call) is Reason.NOT_ALLOWED
    keeper.client.append(world.route("reviewer-a", ceremony.tip, desks=["intake", "integrity"], excluded=[]))
    assert call() > 0


def test_a_second_unlock_is_allowed_and_logged(ceremony: Ceremony) -> None:
    index = ceremony.asked()
    ceremony.decided(index)
    first, second = ceremony.unlocked(index), ceremony.unlocked(index)
    assert second.index == first.index + 1
    for unlocked in (first, second):
        assert ceremony.opened(ceremony.viewed(index, ceremony.put_back(unlocked))) == NAME


def test_in_an_emergency_requester_and_custodian_open_at_once_and_auditors_are_alerted(
    ceremony: Ceremony,
) -> None:
    index = ceremony.asked(**LIFE)
    decided = ceremony.decided(index, "custodian-2")
    assert decided.record == b""
    sealed = ceremony.put_back(ceremony.unlocked(index, "custodian-2"))
    assert ceremony.opened(ceremony.viewed(index, sealed)) == NAME
    alert = ceremony.keeper.entry(decided.index + 1).statement.body
    assert (alert["type"], alert["rule"], alert["by"]) == ("alert", "emergency-disclosure", ["keeper"])
    assert (alert["member"], alert["tip"]) == (member_id(ASKS), ceremony.tip.id.hex())
    assert alert["entries"] == [index, decided.index]
    again = ceremony.asked(**LIFE)
    second = ceremony.decided(again)
    assert ceremony.keeper.entry(second.index + 1).statement.body["entries"] == [again, second.index]


def test_an_emergency_needs_its_second_person(ceremony: Ceremony) -> None:
    index = ceremony.asked(**LIFE)
    assert refusal(ceremony, lambda: ceremony.viewed(index, b"")) is Reason.NOT_APPROVED
    assert refusal(ceremony, lambda: ceremony.decided(index, ASKS)) is Reason.DESK_NOT_HELD


def test_an_emergency_that_is_refused_alerts_nobody(ceremony: Ceremony) -> None:
    index = ceremony.asked(**LIFE)
    decided = ceremony.decided(index, approved=False)
    assert ceremony.keeper.size() == decided.index + 1


def test_the_alert_of_an_emergency_waits_for_an_auditors_review(ceremony: Ceremony) -> None:
    keeper, world = ceremony.keeper, ceremony.world
    decided = ceremony.decided(ceremony.asked(**LIFE))
    fields = {"alert": decided.index + 1, "finding": "justified", "tip": "", "reason": {}}
    keeper.client.append(world.sign("alert-review", "auditor", **fields))
    again = world.sign("alert-review", "auditor", **fields)
    assert keeper.refused(again) is Reason.NOT_ALLOWED


def test_the_alert_of_an_emergency_cannot_be_switched_off(ceremony: Ceremony) -> None:
    rules = {"emergency-disclosure": {"on": False}}
    statement = ceremony.world.sign("alert-rules", "auditor", "integrity", rules=rules)
    assert ceremony.keeper.refused(statement) is Reason.MALFORMED
