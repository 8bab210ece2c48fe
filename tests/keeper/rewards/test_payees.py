"""Whom to pay by name opens for a pay clerk and a custodian together. First everything that opens nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from crypto.errors import CannotOpen
from crypto.policies import Route
from crypto.slips import open_inner, open_outer
from tests.clocks import FixedClock
from tests.keeper.disclosing import AGREES, ASKS, NAME, identity_of
from tests.keeper.rewards.payees import (
    CLERK,
    THIRD,
    Paying,
    agreed,
    by_name,
    confirm,
    give,
    payee_of,
    paying,
    sit_down,
)
from tests.keeper.rewards.till import FIRST, SECOND, Granted, Till, till
from tests.world import member_body, member_id, request
from tipline.ids import PAYMENTS
from tipline.keeper.checking.gone import table_of_gone
from tipline.keeper.digests.anew import take_anew
from tipline.keeper.digests.rows import Rows
from tipline.keeper.disclosing.standing import of_payee
from tipline.keeper_client import KeeperError, Reason
from tipline.rewards.award import AwardState
from tipline.sealing.items import NewItem


@pytest.fixture
def one(tmp_path: Path, clock: FixedClock) -> Iterator[Till]:
    with till(tmp_path, clock) as made:
        sit_down(made, FIRST, SECOND, THIRD)
        yield made


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
    give(one, other, PAYMENTS)
    ceremony, granted = paying(one)
    agreed(ceremony, FIRST, SECOND, other)
    route = {"desks": ["intake"], "excluded": ["u3"], "reason": {}}
    one.client.append(one.world.sign("route", ASKS, tip=granted.tip.id.hex(), desk="intake", **route))
    assert refused(one, lambda: confirm(one, granted, other, ceremony.item)) is Reason.EXCLUDED
    confirm(one, granted, FIRST, ceremony.item)
    assert refused(one, lambda: confirm(one, granted, other, ceremony.item)) is Reason.EXCLUDED
    confirm(one, granted, SECOND, ceremony.item)


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
    agreed(ceremony, SECOND)
    for clerk in (FIRST, SECOND):
        confirm(one, granted, clerk, ceremony.item)
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


# ------------------------------------------------------------------- whom a payment names


def newer(one: Till, ceremony: Paying, granted: Granted) -> Paying:
    """The same with another payee, whom the reporter sent later."""
    return replace(ceremony, item=payee_of(one, granted))


def no_word(one: Till, granted: Granted, payee: NewItem, *clerks: str, **changes: str) -> None:
    """None of these clerks confirms that this payee was paid."""
    for clerk in clerks:
        assert refused(one, partial(confirm, one, granted, clerk, payee, **changes)) is Reason.NOT_APPROVED


def test_where_nobody_asked_whom_to_pay_nobody_is_paid(one: Till) -> None:
    ceremony, granted = paying(one)
    no_word(one, granted, ceremony.item, FIRST, SECOND)


def test_a_clerk_confirms_nothing_on_what_another_was_let_see(one: Till) -> None:
    ceremony, granted = paying(one)
    agreed(ceremony, FIRST)
    no_word(one, granted, ceremony.item, SECOND)
    confirm(one, granted, FIRST, ceremony.item)
    no_word(one, granted, ceremony.item, SECOND, THIRD)
    ceremony.asked(SECOND)
    no_word(one, granted, ceremony.item, SECOND)


@pytest.mark.parametrize("changes", [{"item": "77" * 16}, {"hash": "77" * 32}], ids=["item", "hash"])
def test_a_payment_names_the_payee_that_was_asked_for(one: Till, changes: dict[str, str]) -> None:
    ceremony, granted = paying(one)
    agreed(ceremony, FIRST)
    no_word(one, granted, ceremony.item, FIRST, **changes)
    confirm(one, granted, FIRST, ceremony.item)


def test_nobody_is_paid_before_a_custodian_has_agreed_to_the_request_that_was_made(one: Till) -> None:
    ceremony, granted = paying(one)
    ceremony.asked(FIRST)
    no_word(one, granted, ceremony.item, FIRST)
    one.pass_days(15)
    one.client.look_at_clocks([], [], [])  # it lapses
    no_word(one, granted, ceremony.item, FIRST)
    ceremony.decided(ceremony.asked(FIRST), approved=False)
    no_word(one, granted, ceremony.item, FIRST)
    agreed(ceremony, FIRST)
    confirm(one, granted, FIRST, ceremony.item)


def test_what_was_asked_before_the_reporters_last_wish_lets_nobody_be_paid(one: Till) -> None:
    """As after an award that was cancelled and granted anew."""
    ceremony, granted = paying(one)
    agreed(ceremony, FIRST)
    one.rewrite(granted, state=AwardState.GRANTED)
    by_name(one, granted)
    no_word(one, granted, ceremony.item, FIRST)
    agreed(ceremony, FIRST)
    confirm(one, granted, FIRST, ceremony.item)


# ------------------------------------------------------------------- another payee, sent later


@pytest.mark.parametrize("becomes", ["waits", "refused", "lapsed"])
def test_nobody_is_paid_once_a_newer_payee_was_asked_for(one: Till, becomes: str) -> None:
    ceremony, granted = paying(one)
    agreed(ceremony, FIRST, SECOND)
    later = newer(one, ceremony, granted)
    index = later.asked(SECOND)
    if becomes == "refused":
        later.decided(index, approved=False)
    elif becomes == "lapsed":
        one.pass_days(15)
        assert one.client.look_at_clocks([], [], []).stated["disclosure-lapse"] == 1
    no_word(one, granted, ceremony.item, FIRST, SECOND)
    no_word(one, granted, later.item, FIRST, SECOND)


def test_a_newer_payee_that_was_refused_stays_newer_also_when_the_earlier_one_is_asked_for_again(
    one: Till,
) -> None:
    ceremony, granted = paying(one)
    later = newer(one, ceremony, granted)
    agreed(ceremony, FIRST)
    later.decided(later.asked(SECOND), approved=False)
    agreed(ceremony, FIRST, SECOND)
    no_word(one, granted, ceremony.item, FIRST, SECOND)
    last = newer(one, ceremony, granted)  # what helps: the reporter sends one anew
    agreed(last, FIRST, SECOND)
    confirm(one, granted, FIRST, last.item)
    confirm(one, granted, SECOND, last.item)


def test_who_saw_an_earlier_payee_confirms_nothing_before_seeing_the_newer_one(one: Till) -> None:
    ceremony, granted = paying(one)
    agreed(ceremony, FIRST)
    later = newer(one, ceremony, granted)
    agreed(later, SECOND)
    no_word(one, granted, ceremony.item, FIRST, SECOND)
    no_word(one, granted, later.item, FIRST)
    confirm(one, granted, SECOND, later.item)
    no_word(one, granted, later.item, FIRST)
    agreed(later, FIRST)
    confirm(one, granted, FIRST, later.item)
    call = partial(confirm, one, granted, THIRD, later.item)
    assert refused(one, call) is Reason.NOT_ALLOWED  # it is paid


def test_two_clerks_who_mean_two_payees_pay_nobody(one: Till) -> None:
    ceremony, granted = paying(one)
    agreed(ceremony, FIRST)
    confirm(one, granted, FIRST, ceremony.item)
    later = newer(one, ceremony, granted)
    agreed(later, SECOND, THIRD)
    no_word(one, granted, later.item, SECOND, THIRD)
    one.pass_days(1)  # the first word is none any more
    confirm(one, granted, SECOND, later.item)
    confirm(one, granted, THIRD, later.item)


def test_requests_that_are_counted_anew_are_those_that_were_counted(one: Till) -> None:
    """Two people may let rows count as they are; then payments go on."""
    ceremony, granted = paying(one)
    agreed(ceremony, FIRST, SECOND)
    database = one.world.open_database(one.world.settings.keeper_database_url)
    with database.engine.connect() as connection:
        before = of_payee(connection, Rows(connection, one.keeper.writer.memory.hashes), granted.tip.id)
        assert len(before) == 2
        assert of_payee(connection, Rows(connection, take_anew(connection)), granted.tip.id) == before


def test_a_count_of_requests_that_is_gone_is_named_and_lets_nobody_be_paid(one: Till) -> None:
    ceremony, granted = paying(one)
    agreed(ceremony, FIRST)
    with sqlite3.connect(one.world.settings.keeper_database_url.removeprefix("sqlite:///")) as rows:
        rows.execute("DELETE FROM row_counts WHERE of = ?", (f"disclosures/{granted.tip.id.hex()}",))
    assert table_of_gone(one.world.open_database(one.world.settings.keeper_database_url)) == "row_counts"
    with pytest.raises(KeeperError):
        confirm(one, granted, FIRST, ceremony.item)


def test_a_request_that_was_taken_out_of_the_rows_lets_nobody_be_paid(one: Till) -> None:
    ceremony, granted = paying(one)
    agreed(ceremony, FIRST)
    with sqlite3.connect(one.world.settings.keeper_database_url.removeprefix("sqlite:///")) as rows:
        rows.execute("DELETE FROM disclosures")
    with pytest.raises(KeeperError):
        confirm(one, granted, FIRST, ceremony.item)


@pytest.mark.parametrize("column", ["tip", "desk"])
def test_a_newer_request_that_was_moved_elsewhere_in_the_rows_lets_nobody_be_paid(
    one: Till, column: str
) -> None:
    ceremony, granted = paying(one)
    agreed(ceremony, FIRST)
    moved = newer(one, ceremony, granted).asked(SECOND)
    elsewhere = bytes(16) if column == "tip" else "intake"
    with sqlite3.connect(one.world.settings.keeper_database_url.removeprefix("sqlite:///")) as rows:
        rows.execute(f'UPDATE disclosures SET {column} = ? WHERE "index" = ?', (elsewhere, moved))
    with pytest.raises(KeeperError):
        confirm(one, granted, FIRST, ceremony.item)


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
