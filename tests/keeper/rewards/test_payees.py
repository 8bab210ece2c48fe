"""Whom to pay by name opens for a pay clerk and a custodian together. First everything that opens nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from crypto.errors import CannotOpen
from crypto.identities import open_middle, put_back
from crypto.policies import Route
from crypto.slips import open_inner, open_outer
from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.disclosing import AGREES, ASKS, NAME, Ceremony, identity_of
from tests.keeper.rewards.till import FIRST, SECOND, YEAR, Granted, Till, till
from tests.world import member_body, member_id, member_seed, request
from tipline.ids import CUSTODIANS, PAYMENTS, new_item_id
from tipline.keeper_client import KeeperError, Reason
from tipline.keeper_client.collecting import Collect
from tipline.sealing.items import NewItem, seal_identity

CLERK: Final = "clerk-1"
THIRD: Final = "clerk-3"


@pytest.fixture
def one(tmp_path: Path, clock: FixedClock) -> Iterator[Till]:
    with till(tmp_path, clock) as made:
        give(made, FIRST, PAYMENTS, by=ASKS)
        give(made, SECOND, PAYMENTS)
        yield made


def give(one: Till, who: str, desk: str, by: str = FIRST) -> None:
    fields = {"member": member_id(who), "desk": desk, "until": ""}
    one.client.append(one.world.sign("grant", "registrar", by, **fields))


def by_name(one: Till, granted: Granted) -> None:
    """The reporter asks to be paid by name."""
    collect = Collect(granted.tip.id, granted.award.index, YEAR, (), named=True)
    one.public.ask_by_name(collect, granted.sign(collect))


def payee_of(one: Till, granted: Granted) -> NewItem:
    """Whom to pay, as the mailbox seals it: for the pay clerks alone."""
    tip, world = granted.tip, one.world
    return seal_identity(
        new_item_id(),
        tip.id,
        NAME,
        audience=replace(tip.audience, desks=world.desk_keys(PAYMENTS)),
        custodians=world.desks[CUSTODIANS].recipient,
        claim=tip.code.claim_key,
    )


class Paying(Ceremony):
    """The same ceremony at the pay clerks' desk."""

    def request(self, by: str = CLERK, **changes: Any) -> Statement:
        return super().request(by, **({"desk": PAYMENTS, "ground": "reward"} | changes))

    def looking(self, index: int, by: str = CLERK, **changes: Any) -> Statement:
        return super().looking(index, by, **({"desk": PAYMENTS} | changes))

    def asked(self, by: str = CLERK, **changes: Any) -> int:
        return super().asked(by, **({"desk": PAYMENTS} | changes))

    def sealed_for(self, index: int, clerk: str = CLERK) -> bytes:
        """What the custodian puts back for the clerk."""
        unlocked = self.unlocked(index, desk=PAYMENTS)
        inner = open_middle(unlocked.inner, [self.world.desks[CUSTODIANS]])
        requester = member_seed(clerk).identity.recipient
        return put_back(unlocked.window, inner, requester, self.world.keeper_identity.recipient)


def paying(one: Till, *, named: bool = True) -> tuple[Paying, Granted]:
    granted = one.granted()
    if named:
        by_name(one, granted)
    return Paying(one.world, one.seen, granted.tip, payee_of(one, granted)), granted


def confirm(one: Till, granted: Granted, clerk: str) -> None:
    """A clerk says that it was paid."""
    fields = {"award": granted.award.index, "amount": granted.award.amount}
    one.client.append(one.world.sign("pay-named", clerk, **fields))


def refused(one: Till, call: Callable[[], object]) -> Reason:
    return one.seen.refusal(call)


# ------------------------------------------------------------------- what opens nothing


def test_nobody_asks_whom_to_pay_before_the_reporter_wants_to_be_paid_by_name(one: Till) -> None:
    ceremony, _ = paying(one, named=False)
    assert refused(one, ceremony.asked) is Reason.NOT_ALLOWED


def test_what_was_collected_as_vouchers_opens_no_name(one: Till) -> None:
    ceremony, granted = paying(one, named=False)
    one.mint(granted)
    assert refused(one, ceremony.asked) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("ground", ["protection", "testimony", "wish"])
def test_a_pay_clerk_names_no_other_ground(one: Till, ground: str) -> None:
    ceremony, _ = paying(one)
    assert refused(one, lambda: ceremony.asked(ground=ground)) is Reason.NOT_ALLOWED


def test_the_tips_own_desk_cannot_ask_for_it(one: Till) -> None:
    ceremony, _ = paying(one)
    assert refused(one, lambda: ceremony.asked(ASKS)) is Reason.DESK_NOT_HELD
    statement = ceremony.request(ASKS, desk="intake")
    call = lambda: one.client.disclosures.request(statement, request(ceremony.item, PAYMENTS))  # noqa: E731
    assert refused(one, call) is Reason.POLICY_MISMATCH


def test_a_pay_clerk_opens_no_other_name_of_the_tip(one: Till) -> None:
    ceremony, granted = paying(one)
    own = Paying(one.world, one.seen, granted.tip, identity_of(one.world, granted.tip))
    statement = own.request()
    call = lambda: one.client.disclosures.request(statement, request(own.item, "intake"))  # noqa: E731
    assert refused(one, call) is Reason.POLICY_MISMATCH
    assert ceremony.asked() > 0


def test_somebody_at_the_desk_who_is_no_pay_clerk_asks_for_nothing(one: Till) -> None:
    give(one, "approver", PAYMENTS)
    ceremony, _ = paying(one)
    assert refused(one, lambda: ceremony.asked("approver")) is Reason.NOT_ALLOWED


def test_who_took_a_step_of_the_award_neither_asks_nor_agrees(one: Till) -> None:
    ceremony, granted = paying(one)
    one.rewrite(granted, proposer=member_id(CLERK))
    assert refused(one, ceremony.asked) is Reason.ANOTHER_PERSON
    one.rewrite(granted, proposer=member_id(ASKS), verifier=member_id(AGREES))
    index = ceremony.asked()
    assert refused(one, lambda: ceremony.decided(index)) is Reason.ANOTHER_PERSON


def test_a_clerk_of_an_excluded_unit_asks_for_nothing(one: Till) -> None:
    other = "clerk-of-u3"
    one.client.append(one.world.sign("member", "registrar", member=member_body(other, "u3")))
    fields = {"member": member_id(other), "role": "pay-clerk", "held": True}
    one.client.append(one.world.sign("role", "registrar", "registrar-2", **fields))
    give(one, other, PAYMENTS)
    ceremony, granted = paying(one)
    route = {"desks": ["intake"], "excluded": ["u3"], "reason": {}}
    one.client.append(one.world.sign("route", ASKS, tip=granted.tip.id.hex(), desk="intake", **route))
    assert refused(one, lambda: ceremony.asked(other)) is Reason.EXCLUDED
    assert ceremony.asked()


def test_a_clerk_of_an_excluded_unit_confirms_no_payment_by_name(one: Till) -> None:
    other = "clerk-of-u4"
    one.client.append(one.world.sign("member", "registrar", member=member_body(other, "u3")))
    fields = {"member": member_id(other), "role": "pay-clerk", "held": True}
    one.client.append(one.world.sign("role", "registrar", "registrar-2", **fields))
    _, granted = paying(one)
    route = {"desks": ["intake"], "excluded": ["u3"], "reason": {}}
    one.client.append(one.world.sign("route", ASKS, tip=granted.tip.id.hex(), desk="intake", **route))
    assert refused(one, lambda: confirm(one, granted, other)) is Reason.EXCLUDED
    confirm(one, granted, FIRST)
    assert refused(one, lambda: confirm(one, granted, other)) is Reason.EXCLUDED
    confirm(one, granted, SECOND)


def test_one_person_opens_nothing(one: Till) -> None:
    ceremony, _ = paying(one)
    index = ceremony.asked()
    assert refused(one, lambda: ceremony.decided(index, CLERK)) is Reason.DESK_NOT_HELD
    assert refused(one, lambda: ceremony.unlocked(index, desk=PAYMENTS)) is Reason.NOT_APPROVED


def test_when_it_is_paid_the_window_opens_nothing_more(one: Till) -> None:
    ceremony, granted = paying(one)
    index = ceremony.asked()
    ceremony.decided(index)
    sealed = ceremony.sealed_for(index)
    for clerk in (FIRST, SECOND):
        fields = {"award": granted.award.index, "amount": granted.award.amount}
        one.client.append(one.world.sign("pay-named", clerk, **fields))
    assert refused(one, lambda: ceremony.viewed(index, sealed, CLERK)) is Reason.NOT_ALLOWED


def test_without_the_custodians_the_desks_key_opens_nothing(one: Till) -> None:
    ceremony, _ = paying(one)
    [slip] = ceremony.item.slips
    assert slip.desk == PAYMENTS
    _, released = open_outer(slip.slip, one.world.keeper_identity)
    with pytest.raises(CannotOpen):
        open_inner(released, one.world.desks[PAYMENTS])
    with pytest.raises(CannotOpen):
        open_inner(slip.slip, one.world.desks[PAYMENTS])


# ------------------------------------------------------------------- another payee, sent later


def agreed(one: Till, ceremony: Paying, clerk: str) -> None:
    """A clerk asks whom to pay, and a custodian says yes."""
    ceremony.decided(ceremony.asked(clerk))


def test_nobody_is_paid_while_a_request_for_a_newer_payee_waits(one: Till) -> None:
    ceremony, granted = paying(one)
    agreed(one, ceremony, FIRST)
    waiting = replace(ceremony, item=payee_of(one, granted)).asked(SECOND)
    for clerk in (FIRST, SECOND):
        assert refused(one, partial(confirm, one, granted, clerk)) is Reason.NOT_APPROVED
    ceremony.decided(waiting, approved=False)
    confirm(one, granted, FIRST)
    confirm(one, granted, SECOND)


def test_nobody_is_paid_before_a_custodian_has_agreed_to_the_request_that_was_made(one: Till) -> None:
    ceremony, granted = paying(one)
    ceremony.asked(FIRST)
    assert refused(one, lambda: confirm(one, granted, FIRST)) is Reason.NOT_APPROVED
    one.pass_days(15)  # it lapses, and stops nothing any more
    confirm(one, granted, FIRST)


def test_who_saw_an_earlier_payee_confirms_nothing_before_seeing_the_newer_one(one: Till) -> None:
    ceremony, granted = paying(one)
    agreed(one, ceremony, FIRST)
    newer = replace(ceremony, item=payee_of(one, granted))
    agreed(one, newer, SECOND)
    assert refused(one, lambda: confirm(one, granted, FIRST)) is Reason.NOT_APPROVED
    confirm(one, granted, SECOND)
    assert refused(one, lambda: confirm(one, granted, FIRST)) is Reason.NOT_APPROVED
    agreed(one, newer, FIRST)
    confirm(one, granted, FIRST)
    assert refused(one, lambda: confirm(one, granted, THIRD)) is Reason.NOT_ALLOWED  # it is paid


def test_two_clerks_who_mean_two_payees_pay_nobody(one: Till) -> None:
    ceremony, granted = paying(one)
    agreed(one, ceremony, FIRST)
    confirm(one, granted, FIRST)
    agreed(one, replace(ceremony, item=payee_of(one, granted)), SECOND)
    for clerk in (SECOND, THIRD):
        assert refused(one, partial(confirm, one, granted, clerk)) is Reason.NOT_APPROVED
    one.pass_days(1)  # the first word is none any more
    confirm(one, granted, SECOND)
    confirm(one, granted, THIRD)


def test_a_request_that_was_taken_out_of_the_rows_lets_nobody_be_paid(one: Till) -> None:
    ceremony, granted = paying(one)
    agreed(one, ceremony, FIRST)
    with sqlite3.connect(one.world.settings.keeper_database_url.removeprefix("sqlite:///")) as rows:
        rows.execute("DELETE FROM disclosures")
    with pytest.raises(KeeperError):
        confirm(one, granted, FIRST)


# ------------------------------------------------------------------- what two people open


def test_a_pay_clerk_and_a_custodian_open_whom_to_pay_also_when_the_tip_is_closed(one: Till) -> None:
    ceremony, granted = paying(one)
    index = ceremony.asked()
    assert Route(("intake",), ()) == granted.tip.audience.route  # the clerks stand on no route
    ceremony.decided(index)
    sealed = ceremony.sealed_for(index)
    viewed = ceremony.viewed(index, sealed, CLERK)
    assert ceremony.opened(viewed, CLERK, PAYMENTS) == NAME
    assert one.seen.entry(viewed.index).statement.body["desk"] == PAYMENTS
