"""Rows beside one ledger: what only the rows know of a day is held against the log when that day is told."""

from dataclasses import replace
from datetime import date

from tipline.rewards.award import Award, AwardState
from tipline.rewards.ledger import Ledger
from tipline.rewards.reconciling import Difference, Reconciling, VoucherRow, Where
from tipline.rewards.scoring import Tier

DAY = date(2026, 3, 3)
GRANTED = Award(
    index=7,
    tip="0" * 32,
    claim="",
    desk="intake",
    tier=Tier.ORDINARY,
    amount=500,
    share="",
    proposer="m1",
    proposed="2026-03-01",
    state=AwardState.GRANTED,
    granted="2026-03-01",
    until="2026-09-01",
)
VOUCHER = VoucherRow("aa" * 32, (2026, 500), DAY.isoformat(), "bb" * 16, "")


def found(compared: Reconciling, where: Where) -> list[Difference]:
    """The differences of one kind."""
    return [one for one in compared.differences({}, {}) if one.where is where]


def compared_with(ledger: Ledger) -> Reconciling:
    ledger.awards[7] = GRANTED
    compared = Reconciling(ledger)
    compared.take([GRANTED.minted(DAY, 2026, "", "")], [VOUCHER])
    return compared


def test_what_was_collected_on_a_day_that_is_told_without_it_is_a_difference() -> None:
    ledger = Ledger()
    compared = compared_with(ledger)
    assert found(compared, Where.AWARD) == []
    ledger.tills.day = DAY.isoformat()
    [difference] = found(compared, Where.AWARD)
    assert (difference.name, difference.rows[:9], difference.log[:7]) == ("7", "collected", "granted")
    compared.take([GRANTED], [])
    assert found(compared, Where.AWARD) == []


def test_a_voucher_that_came_back_on_a_day_that_is_told_without_it_is_a_difference() -> None:
    ledger = Ledger()
    compared = compared_with(ledger)
    assert found(compared, Where.PRESENTED) == []
    ledger.tills.day = DAY.isoformat()
    assert found(compared, Where.PRESENTED) == [Difference(Where.PRESENTED, "aa" * 32, "2026-500", "")]


def test_a_payment_that_nobody_signed_is_a_difference_until_it_is_taken_back() -> None:
    compared = compared_with(Ledger())
    compared.take([], [replace(VOUCHER, paid_day="2026-03-04")])
    assert found(compared, Where.PAID) == [Difference(Where.PAID, "bb" * 16, "500 2026-03-04", "")]
    compared.take([], [VOUCHER])
    assert found(compared, Where.PAID) == []


def test_an_award_of_which_the_rows_say_nothing_is_a_difference_from_the_first_look_on() -> None:
    ledger = Ledger()
    ledger.awards[7] = GRANTED
    assert [one.name for one in found(Reconciling(ledger), Where.AWARD)] == ["7"]
