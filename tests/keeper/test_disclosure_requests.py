"""What may be asked for at all, who may ask and decide, and who reads the reasons: refusals first."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from crypto.policies import Route
from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.disclosing import AGREES, ASKS, DAY, LIFE, Ceremony, identity_of, words
from tests.keeper.observed import Observed
from tests.keeper.test_cases import add_police, stated
from tests.world import NOON, World, member_id, member_seed, name, request
from tipline.disclosures.terms import MOST_HOURS, MOST_OPEN
from tipline.ids import NO_TIP, DeskId
from tipline.keeper_client import Reason, Refused
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, seal_item
from tipline.searches.service import NO_CLAIM

LETTER: dict[str, Any] = {
    "ground": "decision",
    "body": "police",
    "letter": "2026-12",
    "accused_unit": "u4",
}


@pytest.fixture
def ceremony(world: World, keeper: Observed) -> Ceremony:
    add_police(world, keeper)
    return Ceremony.of(world, keeper)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ceremony]:
    """One for all tests that change nothing: what they ask for is refused."""
    with (
        World.made(tmp_path_factory.mktemp("disclosures") / "world", FixedClock(NOON)) as world,
        world.keeper(),
    ):
        keeper = Observed(world)
        add_police(world, keeper)
        yield Ceremony.of(world, keeper)


def refusal(ceremony: Ceremony, call: Callable[[], object]) -> Reason:
    """Why it is refused; the refusal stands in the log."""
    return ceremony.keeper.refusal(call)


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": {}},
        {"reason": "because"},
        {"hours": 0},
        {"hours": MOST_HOURS + 1},
        {"hours": "2"},
        {"hours": -2},
        {"hours": True},
        {"ground": "curiosity"},
        {"tell": "never"},
        {"tell": True},
        {"emergency": 1},
        {"item": "x"},
        {"letter": "by the chief"},
        {**LETTER, "accused_unit": ""},
        {"until": 1},
    ],
    ids=str,
)
def test_bad_or_missing_reasons_and_overlong_windows_are_refused(
    shared: Ceremony, changes: dict[str, Any]
) -> None:
    whole = {**shared.request().body, **changes}
    statement = Statement.signed(whole, {member_id(ASKS): member_seed(ASKS).signing_key})
    call = lambda: shared.keeper.client.disclosures.request(statement, request(shared.item))  # noqa: E731
    assert refusal(shared, call) is Reason.MALFORMED


@pytest.mark.parametrize(
    "changes",
    [
        {"ground": "decision"},
        {**LETTER, "letter": ""},
        {**LETTER, "body": ""},
        {**LETTER, "body": "nobody"},
        {**LETTER, "accused_unit": "u99"},
        {name: value for name, value in LETTER.items() if name != "accused_unit"},
        {"ground": "testimony", "accused_unit": "u4"},
        {"ground": "testimony", "body": "police"},
        {"ground": "testimony", "letter": "2026-12"},
        {**LIFE, "ground": "protection"},
        {**LIFE, "hours": 23},
        {**LIFE, "tell": "first"},
    ],
    ids=str,
)
def test_a_ground_without_what_it_takes_is_refused(shared: Ceremony, changes: dict[str, Any]) -> None:
    assert refusal(shared, lambda: shared.asked(**changes)) is Reason.NOT_ALLOWED


def test_the_letter_of_a_known_body_is_a_ground(ceremony: Ceremony) -> None:
    assert ceremony.asked(**LETTER) > 0


def test_whoever_a_tip_excludes_asks_for_nobody_of_it_whatever_letter_they_have(
    world: World, keeper: Observed
) -> None:
    add_police(world, keeper)
    ceremony = Ceremony.of(world, keeper, excluded=("u2",))
    assert refusal(ceremony, lambda: ceremony.asked(**LETTER)) is Reason.EXCLUDED
    assert ceremony.asked("reviewer-b", **LETTER) > 0


@pytest.mark.parametrize(
    ("by", "desk", "why"),
    [
        ("reviewer-a", "protection", Reason.DESK_NOT_HELD),
        ("registrar", "intake", Reason.DESK_NOT_HELD),
        ("protection", "protection", Reason.POLICY_MISMATCH),
        ("auditor", "auditors", Reason.POLICY_MISMATCH),
    ],
)
def test_the_wrong_desk_asks_in_vain(shared: Ceremony, by: str, desk: str, why: Reason) -> None:
    statement = shared.request(by, desk=desk)
    call = lambda: shared.keeper.client.disclosures.request(statement, request(shared.item))  # noqa: E731
    assert refusal(shared, call) is why


def test_two_members_do_not_ask_together(shared: Ceremony) -> None:
    body = shared.request().body
    statement = shared.world.sign(
        "disclosure", ASKS, "reviewer-b", **{key: body[key] for key in body if key not in HEAD}
    )
    call = lambda: shared.keeper.client.disclosures.request(statement, request(shared.item))  # noqa: E731
    assert refusal(shared, call) is Reason.NOT_ALLOWED


HEAD = ("v", "log", "type", "at", "nonce", "by")


def test_only_an_identity_that_its_reporter_signed_can_be_asked_for(shared: Ceremony) -> None:
    world, tip = shared.world, shared.tip
    unsigned = replace(shared, item=identity_of(world, tip, signed=False))
    assert refusal(shared, unsigned.asked) is Reason.CLAIM_SIGNATURE
    text = replace(shared, item=tip.item("text"))
    assert refusal(shared, text.asked) is Reason.POLICY_MISMATCH


def test_the_identity_of_another_tip_is_not_asked_for_under_this_one(
    world: World, keeper: Observed, ceremony: Ceremony
) -> None:
    other = Ceremony.of(world, keeper)
    mixed = replace(ceremony, item=other.item)
    assert refusal(ceremony, mixed.asked) is Reason.POLICY_MISMATCH
    unknown = world.seal_tip()
    never_read = replace(ceremony, tip=unknown, item=identity_of(world, unknown))
    assert refusal(ceremony, never_read.asked) is Reason.UNKNOWN_TIP


def test_a_request_comes_with_one_slip(shared: Ceremony) -> None:
    keeper = shared.keeper
    with pytest.raises(Refused) as refused:
        keeper.client._logged("disclose", shared.request(), {"slips": []})
    assert refused.value.reason is Reason.POLICY_MISMATCH


def test_no_other_operation_takes_these_statements(ceremony: Ceremony) -> None:
    index = ceremony.asked()
    world, keeper = ceremony.world, ceremony.keeper
    for statement in (
        ceremony.request(),
        world.sign("disclosure-unlock", AGREES, request=index),
        ceremony.looking(index),
    ):
        assert keeper.refused(statement) is Reason.NOT_ALLOWED


def test_nobody_states_that_a_request_lapsed_but_the_keeper(ceremony: Ceremony) -> None:
    statement = ceremony.world.sign("disclosure-lapse", ASKS, request=ceremony.asked())
    assert ceremony.keeper.refused(statement) is Reason.MALFORMED


def test_one_undecided_request_for_an_item_and_member(ceremony: Ceremony) -> None:
    index = ceremony.asked()
    assert refusal(ceremony, ceremony.asked) is Reason.ALREADY_ASKED
    assert ceremony.asked("reviewer-b") > index
    ceremony.decided(index, approved=False)
    assert ceremony.asked() > index


def test_one_member_has_so_many_undecided_requests_and_no_more(
    world: World, keeper: Observed, ceremony: Ceremony
) -> None:
    some = [replace(ceremony, item=identity_of(world, ceremony.tip)) for _ in range(MOST_OPEN + 1)]
    for one in some[:-1]:
        one.asked()
    assert refusal(ceremony, some[-1].asked) is Reason.TOO_MANY


@pytest.mark.parametrize("state", ["closed", "erased"])
def test_a_closed_or_erased_tip_opens_nothing(ceremony: Ceremony, clock: FixedClock, state: str) -> None:
    world, keeper = ceremony.world, ceremony.keeper
    index, sealed = ceremony.running(hours=MOST_HOURS)
    waiting = ceremony.asked("reviewer-b")
    keeper.client.append(stated(world, "close-spam", ASKS, ceremony.tip))
    calls: list[Callable[[], object]] = [
        ceremony.asked,
        lambda: ceremony.decided(waiting),
        lambda: ceremony.unlocked(index),
        lambda: ceremony.viewed(index, sealed),
    ]
    if state == "erased":
        clock.advance(61 * DAY)
        keeper.client.erase([ceremony.tip.id.hex()])
    for call in calls:
        assert refusal(ceremony, call) is Reason.TIP_CLOSED
    (own,) = keeper.client.disclosures.of_member(member_id(ASKS))
    assert own.stands == ("broken" if state == "closed" else "over")
    assert keeper.client.disclosures.for_custodian(member_id(AGREES)) == ()


# ------------------------------------------------------------------- deciding


@pytest.mark.parametrize("by", ["reviewer-b", "integrity", "auditor", "registrar"])
def test_nobody_but_a_custodian_decides(ceremony: Ceremony, by: str) -> None:
    index = ceremony.asked()
    assert refusal(ceremony, lambda: ceremony.decided(index, by)) is Reason.DESK_NOT_HELD


@pytest.mark.parametrize("changes", [{"reason": {}}, {"approved": 1}, {"request": "3"}], ids=str)
def test_a_decision_without_its_reason_is_refused(ceremony: Ceremony, changes: dict[str, Any]) -> None:
    statement = ceremony.decision(ceremony.asked(), **changes)
    call = lambda: ceremony.keeper.client.disclosures.decide(statement)  # noqa: E731
    assert refusal(ceremony, call) is Reason.MALFORMED


def test_a_request_that_is_none_is_not_decided(ceremony: Ceremony) -> None:
    assert refusal(ceremony, lambda: ceremony.decided(1)) is Reason.UNKNOWN_REQUEST
    assert refusal(ceremony, lambda: ceremony.unlocked(1)) is Reason.UNKNOWN_REQUEST
    assert refusal(ceremony, lambda: ceremony.viewed(1, b"")) is Reason.UNKNOWN_REQUEST


def test_a_custodian_of_an_excluded_unit_neither_sees_nor_decides(world: World, keeper: Observed) -> None:
    ceremony = Ceremony.of(world, keeper, excluded=("u1",))
    index = ceremony.asked()
    assert keeper.client.disclosures.for_custodian(member_id("custodian-1")) == ()
    assert refusal(ceremony, lambda: ceremony.decided(index, "custodian-1")) is Reason.EXCLUDED
    assert [one.request for one in keeper.client.disclosures.for_custodian(member_id("custodian-2"))] == [
        index
    ]
    assert ceremony.decided(index, "custodian-2").index > index


def test_a_request_is_decided_once(ceremony: Ceremony) -> None:
    index = ceremony.asked()
    ceremony.decided(index, approved=False)
    for by in ("custodian-1", "custodian-2"):
        assert refusal(ceremony, lambda: ceremony.decided(index, by)) is Reason.ALREADY_DECIDED  # noqa: B023
    assert refusal(ceremony, lambda: ceremony.unlocked(index)) is Reason.NOT_APPROVED


def test_a_refused_request_is_seen_as_one_with_its_answer(ceremony: Ceremony) -> None:
    ceremony.decided(ceremony.asked(), approved=False)
    (own,) = ceremony.keeper.client.disclosures.of_member(member_id(ASKS))
    assert (own.stands, own.approver, own.until) == ("refused", member_id(AGREES), 0)
    assert len(own.answer) == len(own.item)


def test_another_custodian_does_not_unlock_what_one_approved(ceremony: Ceremony) -> None:
    index = ceremony.asked()
    ceremony.decided(index, "custodian-1")
    assert refusal(ceremony, lambda: ceremony.unlocked(index, "custodian-2")) is Reason.ANOTHER_PERSON


def test_a_custodian_is_told_of_no_tip(ceremony: Ceremony) -> None:
    index = ceremony.asked()
    answer = ceremony.keeper.ask("disclosures-for", member=member_id(AGREES))
    assert [one["request"] for one in answer["requests"]] == [index]
    assert ceremony.tip.id.hex() not in str(answer)
    (shown,) = ceremony.keeper.client.disclosures.for_custodian(member_id(AGREES))
    assert (shown.item, shown.approved) == (ceremony.item.id.hex(), False)
    ceremony.decided(index)
    (shown,) = ceremony.keeper.client.disclosures.for_custodian(member_id(AGREES))
    assert shown.approved
    assert ceremony.keeper.client.disclosures.for_custodian(member_id("custodian-2")) == ()


# ------------------------------------------------------------------- reading the reasons


def sealed_words(world: World, *desks: str) -> NewItem:
    """A reason for these desks, of no tip."""
    keys = world.desk_keys(*desks)
    route = Route(tuple(DeskId(desk) for desk in sorted(desks)), ())
    audience = Audience(world.keeper_identity.recipient, keys, route, NO_CLAIM)
    return seal_item("reason", NO_TIP, b"{}", audience=audience)


def reading(ceremony: Ceremony, item: NewItem, by: str, desk: str) -> Callable[[], object]:
    """An ordinary reading of words of no tip."""
    fields = {"tip": NO_TIP.hex(), "desk": desk, "purpose": "audit", "items": [name(item)]}
    statement = ceremony.world.sign("read", by, **fields)
    return lambda: ceremony.keeper.client.release(statement, [request(item, desk)])


def test_the_reason_of_a_request_is_for_custodians_while_it_waits_and_for_auditors(
    ceremony: Ceremony,
) -> None:
    why = sealed_words(ceremony.world, "custodians", "auditors", "intake")
    assert refusal(ceremony, reading(ceremony, why, AGREES, "custodians")) is Reason.NOT_ALLOWED
    index = ceremony.asked(reason=name(why))
    assert refusal(ceremony, reading(ceremony, why, ASKS, "intake")) is Reason.NOT_ALLOWED
    reading(ceremony, why, AGREES, "custodians")()
    ceremony.decided(index)
    assert refusal(ceremony, reading(ceremony, why, AGREES, "custodians")) is Reason.NOT_ALLOWED
    reading(ceremony, why, "auditor", "auditors")()


def test_the_reason_of_a_decision_is_for_who_asked_and_for_auditors(ceremony: Ceremony) -> None:
    why = sealed_words(ceremony.world, "custodians", "auditors", "intake")
    decision = ceremony.decision(ceremony.asked(), approved=False, reason=name(why))
    ceremony.keeper.client.disclosures.decide(decision)
    for by, desk in (("reviewer-b", "intake"), (AGREES, "custodians")):
        assert refusal(ceremony, reading(ceremony, why, by, desk)) is Reason.NOT_ALLOWED
    reading(ceremony, why, ASKS, "intake")()
    reading(ceremony, why, "auditor", "auditors")()


def test_whoever_a_tip_excludes_reads_no_reason_about_it(world: World, keeper: Observed) -> None:
    ceremony = Ceremony.of(world, keeper, excluded=("u1",))
    why, answer = (sealed_words(world, "custodians", "auditors", "intake") for _ in range(2))
    index = ceremony.asked(reason=name(why))
    assert refusal(ceremony, reading(ceremony, why, "custodian-1", "custodians")) is Reason.NOT_ALLOWED
    reading(ceremony, why, "custodian-2", "custodians")()
    decision = ceremony.decision(index, "custodian-2", reason=name(answer))
    keeper.client.disclosures.decide(decision)
    route = world.route("reviewer-b", ceremony.tip, desks=["intake"], excluded=["u1", "u2"])
    keeper.client.append(route)
    assert refusal(ceremony, reading(ceremony, answer, ASKS, "intake")) is Reason.NOT_ALLOWED
    assert keeper.client.disclosures.of_member(member_id(ASKS)) == ()


def test_words_of_a_search_are_for_no_custodian(ceremony: Ceremony) -> None:
    why = sealed_words(ceremony.world, "custodians", "auditors", "intake")
    ceremony.keeper.client.append(ceremony.world.sign("search", ASKS, desk="intake", **name(why)))
    for by, desk in ((AGREES, "custodians"), (ASKS, "intake")):
        assert refusal(ceremony, reading(ceremony, why, by, desk)) is Reason.NOT_ALLOWED


def test_a_reason_is_an_item_of_its_own(ceremony: Ceremony) -> None:
    why = words()
    index = ceremony.asked(reason=why)
    decision = ceremony.decision(index, reason=why)
    call = lambda: ceremony.keeper.client.disclosures.decide(decision)  # noqa: E731
    assert refusal(ceremony, call) is Reason.ITEM_MISMATCH
