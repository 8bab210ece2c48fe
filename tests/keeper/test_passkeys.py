"""What only a person can state: the keeper refuses it where their passkey did not answer over it.

Whoever has taken over the admin site has the keys of everybody who is signed in. The tests play that: they
sign with every seed there is, and have no passkey.
"""

from collections.abc import Callable
from typing import Any

import pytest

from crypto.statements import Statement
from tests.keeper.observed import Observed
from tests.keeper.test_cases import opened
from tests.passkeys import SoftPasskey
from tests.world import World, member_id
from tipline.keeper_client import Reason

UNIT = {"id": "u5", "names": {"zh": "新", "en": "New"}, "superior": "u1", "inside": True}
BOTH = ("registrar", "integrity")


def bring(world: World, name: str, soft: SoftPasskey, *more: str) -> Statement:
    """A member's statement that brings their passkey, without its answer."""
    return world.sign("passkey", name, *more, member=member_id(name), passkey=soft.passkey.fields())


def answered(statement: Statement, **by: SoftPasskey) -> Statement:
    """The statement, with the answers of members' passkeys."""
    for name, soft in by.items():
        said = soft.answer(statement.challenge)
        statement = statement.add_assertion(member_id(name.replace("_", "-")), said)
    return statement


@pytest.fixture
def soft(world: World, keeper: Observed) -> SoftPasskey:
    """The registrar's passkey, in the roster."""
    made = SoftPasskey.make()
    keeper.client.append(answered(bring(world, "registrar", made), registrar=made))
    return made


def new_unit(world: World) -> Statement:
    return world.sign("unit", *BOTH, unit=UNIT)


def test_a_taken_over_admin_site_cannot_change_the_roster_of_a_registrar_with_a_passkey(
    world: World, keeper: Observed, soft: SoftPasskey
) -> None:
    before = keeper.client.roster().version
    newcomer = {"member": member_id("protection"), "desk": "intake", "until": ""}
    for statement in (
        new_unit(world),
        world.sign("remove", "registrar", member=member_id("reviewer-a")),
        world.sign("revoke", "registrar", member=member_id("reviewer-a"), desk="intake"),
        world.sign("grant", "registrar", "reviewer-a", **newcomer),
        bring(world, "registrar", SoftPasskey.make()),
    ):
        assert keeper.refused(statement) is Reason.PASSKEY_NEEDED, statement.body["type"]
    assert keeper.client.roster().version == before


WRONG: dict[str, Callable[[Statement, SoftPasskey], dict[str, str]]] = {
    "another's": lambda statement, soft: SoftPasskey.make().answer(statement.challenge),
    "over something else": lambda statement, soft: soft.answer(bytes(32)),
    "at another site": lambda statement, soft: soft.answer(
        statement.challenge, origin="https://evil.example"
    ),
    "for another site": lambda statement, soft: soft.answer(statement.challenge, host="evil.example"),
    "by nobody verified": lambda statement, soft: soft.answer(statement.challenge, flags=1),
    "by nobody present": lambda statement, soft: soft.answer(statement.challenge, flags=4),
    "for a registration": lambda statement, soft: soft.answer(statement.challenge, type="webauthn.create"),
}


@pytest.mark.parametrize("how", WRONG)
def test_an_answer_that_is_not_the_passkey_s_over_this_statement_is_refused(
    world: World, keeper: Observed, soft: SoftPasskey, how: str
) -> None:
    statement = new_unit(world)
    wrong = statement.add_assertion(member_id("registrar"), WRONG[how](statement, soft))
    assert keeper.refused(wrong) is Reason.PASSKEY_NEEDED


def test_an_answer_given_once_is_good_for_no_second_statement(
    world: World, keeper: Observed, soft: SoftPasskey
) -> None:
    first = answered(new_unit(world), registrar=soft)
    keeper.client.append(first)
    statement = new_unit(world)
    again = Statement(statement.body, statement.signatures, first.assertions)
    assert keeper.refused(again) is Reason.PASSKEY_NEEDED
    assert keeper.refused(first) is Reason.REPLAYED


def test_each_signer_s_passkey_answers(world: World, keeper: Observed, soft: SoftPasskey) -> None:
    other = SoftPasskey.make()
    keeper.client.append(answered(bring(world, "integrity", other), integrity=other))
    statement = new_unit(world)
    assert keeper.refused(answered(statement, registrar=soft)) is Reason.PASSKEY_NEEDED
    statement = new_unit(world)
    assert keeper.refused(answered(statement, integrity=other)) is Reason.PASSKEY_NEEDED
    statement = new_unit(world)
    assert keeper.refused(answered(statement, registrar=other, integrity=soft)) is Reason.PASSKEY_NEEDED
    keeper.client.append(answered(new_unit(world), registrar=soft, integrity=other))


def test_an_answer_of_somebody_without_a_passkey_is_none(
    world: World, keeper: Observed, soft: SoftPasskey
) -> None:
    statement = answered(new_unit(world), registrar=soft, integrity=SoftPasskey.make())
    assert keeper.refused(statement) is Reason.PASSKEY_NEEDED


def test_a_passkey_comes_into_the_roster_only_with_its_own_answer(world: World, keeper: Observed) -> None:
    made = SoftPasskey.make()
    assert keeper.refused(bring(world, "auditor", made)) is Reason.PASSKEY_NEEDED
    strange = answered(bring(world, "auditor", made), auditor=SoftPasskey.make())
    assert keeper.refused(strange) is Reason.PASSKEY_NEEDED
    keeper.client.append(answered(bring(world, "auditor", made), auditor=made))
    member = keeper.client.roster().member(member_id("auditor"))
    assert member.passkey == made.passkey


def test_a_passkey_that_is_none_is_refused(world: World, keeper: Observed) -> None:
    fields = {**SoftPasskey.make().passkey.fields(), "key": "AAAA"}
    statement = world.sign("passkey", "auditor", member=member_id("auditor"), passkey=fields)
    assert keeper.refused(statement) is Reason.PASSKEY_NEEDED


def test_a_lost_passkey_goes_by_the_registrar_s_answer(
    world: World, keeper: Observed, soft: SoftPasskey
) -> None:
    lost = SoftPasskey.make()
    keeper.client.append(answered(bring(world, "reviewer-a", lost), reviewer_a=lost))

    def take_out(*by: str) -> Statement:
        return world.sign("passkey", *by, member=member_id("reviewer-a"), passkey={})

    assert keeper.refused(take_out("reviewer-a", "registrar")) is Reason.PASSKEY_NEEDED
    keeper.client.append(answered(take_out("reviewer-a", "registrar"), registrar=soft))
    assert keeper.client.roster().member(member_id("reviewer-a")).passkey is None


def test_what_two_sign_to_let_somebody_in_takes_their_passkeys_and_shutting_out_takes_none(
    world: World, keeper: Observed
) -> None:
    made = SoftPasskey.make()
    keeper.client.append(answered(bring(world, "reviewer-a", made), reviewer_a=made))
    tip = opened(world, keeper)
    shut = world.route("reviewer-a", tip, desks=["intake"], excluded=["u4"])
    keeper.client.append(shut)
    fields = {"tip": tip.id.hex(), "desk": "intake", "reason": {}}

    def let_in(**route: Any) -> Statement:
        return world.sign("route", "reviewer-a", "integrity", **fields, **route)

    for route in (
        {"desks": ["intake"], "excluded": []},
        {"desks": ["intake", "protection"], "excluded": ["u4"]},
    ):
        assert keeper.refused(let_in(**route)) is Reason.PASSKEY_NEEDED
    lift = let_in(desks=["intake"], excluded=[])
    assert keeper.refused(answered(lift, reviewer_a=SoftPasskey.make())) is Reason.PASSKEY_NEEDED
    keeper.client.append(answered(let_in(desks=["intake"], excluded=[]), reviewer_a=made))


def test_everyday_work_needs_no_passkey(world: World, keeper: Observed) -> None:
    made = SoftPasskey.make()
    keeper.client.append(answered(bring(world, "auditor", made), auditor=made))
    keeper.client.append(world.sign("audit", "auditor", first=0, count=1))


def test_an_answer_that_nothing_asked_for_is_refused(world: World, keeper: Observed) -> None:
    made = SoftPasskey.make()
    keeper.client.append(answered(bring(world, "auditor", made), auditor=made))
    audit = answered(world.sign("audit", "auditor", first=0, count=1), auditor=made)
    assert keeper.refused(audit) is Reason.PASSKEY_NEEDED


def test_answers_are_in_the_log_and_hold_after_a_restart(world: World) -> None:
    made = SoftPasskey.make()
    with world.keeper():
        keeper = Observed(world)
        keeper.client.append(answered(bring(world, "registrar", made), registrar=made))
        appended = keeper.client.append(answered(new_unit(world), registrar=made))
        logged = keeper.entry(appended.index).statement
        assert logged.assertions.keys() == {member_id("registrar")}
        made.passkey.verify(logged.assertions[member_id("registrar")], logged.challenge)
    with world.keeper():
        fresh = world.client("another.json")
        assert fresh.roster().member(member_id("registrar")).passkey == made.passkey
        assert Observed(world).refused(new_unit(world)) is Reason.PASSKEY_NEEDED


def test_the_answer_travels_with_the_statement_that_is_compared(
    world: World, keeper: Observed, soft: SoftPasskey
) -> None:
    """The client compares the whole of what it sent with the entry, answers included."""
    statement: Any = answered(new_unit(world), registrar=soft)
    index = keeper.client.append(statement).index
    assert keeper.entry(index).statement == statement
