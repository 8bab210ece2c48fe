"""The pay desk: two clerks, each with the code; a value and a point, and never a tip."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.clocks import FixedClock
from tests.keeper.rewards.payees import THIRD, agreed, by_name, paying, sit_down, word
from tests.keeper.rewards.till import (
    FIRST,
    OTHER,
    POINT,
    SECOND,
    YEAR,
    Till,
    at_once,
    till,
    words,
)
from tests.world import NOON, member_id
from tipline.keeper.rewards.money import MOST_TRIES, all_keys
from tipline.keeper.snapshots import look
from tipline.keeper_client import Reason, Refused
from tipline.keeper_client.public import KeeperPublic, Paid, Pickup

WRONG = "000 000 0000"
"""A code whose check digit is right, and nobody has."""


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    """One with a crowd of vouchers of 500 yuan."""
    with till(tmp_path_factory.mktemp("pay") / "world", FixedClock(NOON)) as made:
        made.crowd(500)
        yield made


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Till]:
    """One whose days a test lets pass, or whose clerks mistype."""
    with till(tmp_path / "world", FixedClock(NOON)) as made:
        yield made


def fresh(one: Till, point: str = POINT) -> Pickup:
    [voucher] = one.mint(one.granted())
    return one.redeem(voucher, point)


def paid_count(one: Till) -> int:
    return sum(key.paid for key in look(one.keeper.writer, one.keeper._database, all_keys))


def refused(one: Till, pickup: Pickup, by: str, **changes: str | int) -> Reason:
    """The reason why a clerk may not confirm; it stands in the log."""
    named = changes.pop("named", "") or one.look(pickup.code, THIRD, pickup.point).pickup
    return one.seen.refusal(lambda: one.pay(pickup, by, named=named, **changes))


@pytest.mark.parametrize("by", ["reviewer-a", "registrar", "approver", "auditor", "custodian-1"])
def test_only_pay_clerks_confirm_a_code(one: Till, by: str) -> None:
    pickup = fresh(one)
    named = one.look(pickup.code).pickup
    assert refused(one, pickup, by, named=named) is Reason.NOT_ALLOWED
    assert one.seen.refusal(lambda: one.look(pickup.code, by)) is Reason.NOT_ALLOWED


def test_two_clerks_cannot_sign_one_confirmation(one: Till) -> None:
    pickup = fresh(one)
    fields = {"pickup": one.look(pickup.code).pickup, "point": POINT, "value": 500}
    statement = one.world.sign("pay", FIRST, SECOND, **fields)
    reason = one.seen.refusal(lambda: one.client.paying.pay(statement, pickup.code))
    assert reason is Reason.NOT_ALLOWED


def test_a_confirmation_without_the_code_is_refused(one: Till) -> None:
    pickup, other = fresh(one), fresh(one)
    named = one.look(pickup.code).pickup
    for code in (WRONG, other.code, "1", ""):
        assert refused(one, pickup, FIRST, named=named, code=code) is Reason.UNKNOWN_PICKUP
    statement = one.world.sign("pay", FIRST, pickup=named, point=POINT, value=500)
    assert one.seen.refused(statement) is Reason.NOT_ALLOWED  # nor by the way that asks for no code


def test_another_value_or_another_point_is_refused(one: Till) -> None:
    pickup = fresh(one)
    named = one.look(pickup.code).pickup
    assert refused(one, pickup, THIRD, named=named, value=50_000) is Reason.WRONG_AMOUNT
    assert refused(one, pickup, THIRD, named=named, point=OTHER) is Reason.ANOTHER_POINT
    assert refused(one, pickup, THIRD, named=named, point="nowhere") is Reason.UNKNOWN_POINT


def test_the_same_clerk_does_not_confirm_twice(one: Till) -> None:
    pickup, before = fresh(one), paid_count(one)
    assert one.pay(pickup, FIRST).paid is None
    assert refused(one, pickup, FIRST) is Reason.ANOTHER_PERSON
    assert paid_count(one) == before


def test_two_clerks_pay_a_code_and_everybody_learns_the_day(one: Till) -> None:
    [voucher] = one.mint(one.granted())
    pickup, today, before = one.redeem(voucher), one.world.clock.today(), paid_count(one)
    assert one.pay(pickup, FIRST).paid is None
    seen = one.look(pickup.code, SECOND)
    assert (seen.first, seen.paid, seen.value, seen.point) == (member_id(FIRST), None, 500, POINT)
    assert one.pay(pickup, SECOND).paid == today
    assert one.look(pickup.code, THIRD).paid == today
    assert [one.look(pickup.code, clerk).mine for clerk in (FIRST, SECOND, THIRD)] == [True, True, False]
    assert refused(one, pickup, THIRD) is Reason.ALREADY_PAID
    assert one.ask(voucher) == Paid(today)
    assert paid_count(one) == before + 1


def test_a_look_and_a_payment_name_no_tip_and_no_code(one: Till) -> None:
    pickup = fresh(one)
    one.paid(pickup)
    for index in range(one.seen.size() - 4, one.seen.size()):
        body = one.seen.entry(index).statement.body
        common = {"v", "log", "type", "at", "nonce", "by"}
        named = {"pay-look": {"point"}, "pay": {"pickup", "point", "value"}}[body["type"]]
        assert body.keys() == common | named
        assert pickup.code not in str(body)


def test_fifty_payments_at_once_pay_once(one: Till) -> None:
    pickup, before = fresh(one), paid_count(one)
    named = one.look(pickup.code).pickup
    one.pay(pickup, FIRST)

    def confirm(_: KeeperPublic, place: int) -> str:
        try:
            return str(one.pay(pickup, (SECOND, THIRD)[place % 2], named=named).paid)
        except Refused as why:
            return why.reason

    answers = at_once(one, 50, confirm)
    today = one.world.clock.today()
    assert sorted(answers) == [str(today), *["already-paid"] * 49]
    assert paid_count(one) == before + 1
    assert one.look(pickup.code).paid == today


def test_the_first_clerk_of_an_earlier_day_no_longer_counts(alone: Till) -> None:
    alone.crowd()
    pickup = fresh(alone)
    alone.pay(pickup, FIRST)
    alone.pass_days(1)
    assert alone.look(pickup.code, SECOND).first == ""
    assert alone.pay(pickup, SECOND).paid is None
    assert paid_count(alone) == 0
    assert alone.pay(pickup, FIRST).paid == alone.world.clock.today()


def test_after_ten_wrong_codes_a_clerk_waits_until_tomorrow_and_others_do_not(alone: Till) -> None:
    alone.crowd()
    pickup, elsewhere = fresh(alone), fresh(alone, OTHER)
    for _ in range(MOST_TRIES - 1):
        assert alone.seen.refusal(lambda: alone.look(WRONG)) is Reason.UNKNOWN_PICKUP
    assert alone.seen.refusal(lambda: alone.look(elsewhere.code)) is Reason.ANOTHER_POINT
    assert alone.seen.refusal(lambda: alone.look(pickup.code)) is Reason.TOO_MANY
    assert refused(alone, pickup, FIRST, named="00" * 16) is Reason.TOO_MANY
    assert alone.look(pickup.code, SECOND).value == 500
    alone.pass_days(1)
    assert alone.look(pickup.code).value == 500
    entries = [alone.seen.entry(index).statement.body for index in range(alone.seen.size())]
    alerts = [body for body in entries if body["type"] == "alert"]
    assert [(body["rule"], body["member"]) for body in alerts] == [("refusals", member_id(FIRST))]


def test_a_verifier_sees_what_was_paid_and_nothing_else(one: Till) -> None:
    pickup = fresh(one)
    assert one.seen.refusal(lambda: one.look(pickup.code, "verifier")) is Reason.UNKNOWN_PICKUP
    one.paid(pickup)
    assert one.look(pickup.code, "verifier").paid == one.world.clock.today()
    assert refused(one, pickup, "verifier") is Reason.NOT_ALLOWED


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        ((THIRD,), Reason.TWO_SIGNATURES),
        (("approver",), Reason.TWO_SIGNATURES),
        ((THIRD, "verifier"), Reason.NOT_ALLOWED),
        (("approver", "auditor"), Reason.NOT_ALLOWED),
        (("approver", FIRST), Reason.ANOTHER_PERSON),
        (("approver", SECOND), Reason.ANOTHER_PERSON),
        (("approver", "verifier", THIRD), Reason.NOT_ALLOWED),
    ],
)
def test_a_payment_is_taken_back_by_two_who_did_not_confirm_it(
    one: Till, by: tuple[str, ...], reason: Reason
) -> None:
    pickup, before = fresh(one), paid_count(one)
    one.paid(pickup)
    named = one.look(pickup.code).pickup
    assert one.seen.refusal(lambda: one.undo(named, 500, *by)) is reason
    assert paid_count(one) == before + 1


def test_what_was_not_paid_is_not_taken_back(one: Till) -> None:
    pickup = fresh(one)
    named = one.look(pickup.code).pickup
    for wrong in (named, "00" * 16):
        reason = one.seen.refusal(partial(one.undo, wrong, 500, "approver", THIRD))
        assert reason is Reason.UNKNOWN_PICKUP
    one.paid(pickup)
    assert one.seen.refusal(lambda: one.undo(named, 501, "approver", THIRD)) is Reason.WRONG_AMOUNT


def test_a_payment_taken_back_makes_the_voucher_good_again_under_another_code(one: Till) -> None:
    [voucher] = one.mint(one.granted())
    pickup, before = one.redeem(voucher), paid_count(one)
    one.paid(pickup)
    named = one.look(pickup.code).pickup
    one.undo(named, 500, "approver", "verifier")
    assert paid_count(one) == before
    assert one.look(pickup.code).over
    second = one.redeem(voucher)
    assert second.code != pickup.code
    assert one.look(pickup.code).over
    assert one.look(pickup.code).paid is None
    assert refused(one, pickup, FIRST) is Reason.PICKUP_OVER
    reason = one.seen.refusal(lambda: one.undo(named, 500, "approver", "verifier"))
    assert reason is Reason.UNKNOWN_PICKUP
    assert one.paid(second).paid == one.world.clock.today()
    old = one.look(pickup.code)
    assert (old.over, old.paid) == (True, None)
    assert one.seen.refusal(lambda: one.look(pickup.code, "verifier")) is Reason.UNKNOWN_PICKUP


def test_once_a_key_has_expired_no_payment_under_it_is_taken_back(alone: Till) -> None:
    vouchers = alone.crowd()
    pickup = alone.redeem(vouchers[0])
    alone.paid(pickup)
    named = alone.look(pickup.code).pickup
    alone.pass_days(365 * 4)
    reason = alone.seen.refusal(lambda: alone.undo(named, 500, "approver", "verifier"))
    assert reason is Reason.VOUCHER_EXPIRED


def test_a_payment_by_name_takes_two_clerks_who_took_no_step_of_the_award(one: Till) -> None:
    sit_down(one, FIRST, SECOND, THIRD)
    ceremony, granted = paying(one, 1_500, named=False)
    says = partial(word, one, granted, payee=ceremony.item)
    assert one.seen.refused(says(FIRST)) is Reason.NOT_ALLOWED
    by_name(one, granted)
    agreed(ceremony, FIRST, SECOND, THIRD)
    for by in ("verifier", "approver"):
        assert one.seen.refused(says(by)) is Reason.NOT_ALLOWED
    assert one.seen.refused(says(FIRST, amount=2_000)) is Reason.WRONG_AMOUNT
    one.client.append(says(FIRST))
    assert one.seen.refused(says(FIRST)) is Reason.ANOTHER_PERSON
    one.client.append(says(SECOND))
    assert one.seen.refused(says(THIRD)) is Reason.NOT_ALLOWED


def test_a_payment_by_name_of_no_award_is_refused(one: Till) -> None:
    ceremony, granted = paying(one)
    assert one.seen.refused(word(one, granted, FIRST, ceremony.item, award=77)) is Reason.UNKNOWN_AWARD


@pytest.mark.parametrize("without", ["item", "hash"])
def test_a_payment_by_name_that_does_not_say_whom_is_refused(one: Till, without: str) -> None:
    fields = {"award": 77, "amount": 500, "item": "11" * 16, "hash": "22" * 32}
    del fields[without]
    assert one.seen.refused(one.world.sign("pay-named", FIRST, **fields)) is Reason.MALFORMED


def test_a_clerk_who_took_a_step_of_the_award_does_not_pay_it_by_name(one: Till) -> None:
    ceremony, granted = paying(one)
    one.rewrite(granted, verifier=member_id(THIRD))
    assert one.seen.refused(word(one, granted, THIRD, ceremony.item)) is Reason.ANOTHER_PERSON


def test_a_key_that_is_not_there_is_not_opened(one: Till) -> None:
    statement = one.world.sign(
        "reward-open", "approver", "verifier", year=YEAR + 3, value=500, reason=words()
    )
    assert one.seen.refused(statement) is Reason.NO_MINT_KEYS
