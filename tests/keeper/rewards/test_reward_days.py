"""What the log learns of money: by the day, when the day is over, sorted; and what expired keys give back."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from crypto.statements import MAX_STATEMENT
from tests.clocks import FixedClock
from tests.keeper.rewards.till import YEAR, Till, till
from tests.world import NOON, ORIGIN
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.rewards import awards, budgets, day
from tipline.keeper.rewards.awards import log_day
from tipline.keeper.rewards.money import VoucherRow, all_keys, put_voucher
from tipline.keeper.snapshots import look
from tipline.keeper.state import Draft
from tipline.rewards.days import proof_of

MANY: Final = 1_000


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Till]:
    with till(tmp_path / "world", FixedClock(NOON)) as made:
        yield made


def stated(one: Till) -> list[dict[str, Any]]:
    """What the keeper states of money by now."""
    found: list[dict[str, Any]] = []
    due = one.keeper.rewards.due()
    one.settle(lambda draft: found.extend(dict(fields) for fields, _ in day.state(draft, due)))
    return found


def test_nothing_is_told_of_a_day_that_is_not_over(one: Till) -> None:
    vouchers = one.crowd()
    one.redeem(vouchers[0])
    assert stated(one) == []


def test_nothing_is_told_where_nothing_came(one: Till) -> None:
    one.pass_days(3)
    assert stated(one) == []


def test_a_day_that_is_over_is_told_once_and_sorted(one: Till) -> None:
    today = one.world.clock.today().isoformat()
    granted = [one.granted(1_500) for _ in range(6)]
    vouchers = [voucher for each in reversed(granted) for voucher in one.mint(each)]
    small = [voucher for voucher in vouchers if voucher.value == 500]
    for value in (500, 1_000):
        one.open_key(value)
    for voucher in vouchers:
        one.redeem(voucher)
    one.pass_days(1)
    [told] = stated(one)
    assert told == {
        "type": "reward-day",
        "day": today,
        "last": True,
        "collected": [
            [each.award.index, each.prove(each.request(one.world)).hex()]
            for each in sorted(granted, key=lambda one: one.award.index)
        ],
        "minted": [[YEAR, 500, 6], [YEAR, 1_000, 6]],
        "presented": [
            [YEAR, 500, sorted(voucher.spent.hex() for voucher in small)],
            [YEAR, 1_000, sorted(voucher.spent.hex() for voucher in vouchers if voucher not in small)],
        ],
    }
    assert stated(one) == []


def test_each_day_is_told_by_itself_also_after_a_pause(one: Till) -> None:
    first = one.world.clock.today()
    vouchers = one.crowd()
    second = one.pass_days(1)
    one.redeem(vouchers[0])
    one.redeem(vouchers[1])
    one.pass_days(9)
    told = stated(one)
    assert [each["day"] for each in told] == [first.isoformat(), second.isoformat()]
    assert [len(each["collected"]) for each in told] == [5, 0]
    assert told[0]["presented"] == []
    assert told[1]["minted"] == []
    hashes = sorted(voucher.spent.hex() for voucher in vouchers[:2])
    assert told[1]["presented"] == [[YEAR, 500, hashes]]


def test_a_day_of_a_thousand_awards_and_vouchers_is_told_in_entries_that_fit(one: Till) -> None:
    granted = one.granted()
    today, size = one.world.clock.today().isoformat(), one.seen.size()
    numbers, code = range(2**53 - MANY, 2**53), granted.tip.code
    proofs = [code.claim_key.sign(proof_of(ORIGIN, f"{each:032x}", each, YEAR)).hex() for each in numbers]

    def write(draft: Draft) -> None:
        for each, proof in zip(numbers, proofs, strict=True):
            new = replace(granted.award, index=each, tip=f"{each:032x}")
            awards.put(draft.rows, new.minted(log_day(draft), YEAR, "00" * 32, proof))
            put_voucher(draft.rows, _voucher(each), new=True)

    one.settle(write)
    one.pass_days(1)
    one.client.rewards.look()
    told = [one.seen.entry(index).statement for index in range(size, one.seen.size())]
    days = [each.body for each in told if each.body["type"] == "reward-day"]
    assert [(each["day"], each["last"]) for each in days] == [(today, place == 4) for place in range(5)]
    assert all(len(each.encode()) < MAX_STATEMENT for each in told)
    collected = [tuple(each) for body in days for each in body["collected"]]
    assert collected == list(zip(numbers, proofs, strict=True))
    assert [body["minted"] for body in days] == [*[[]] * 4, [[YEAR, 500, MANY]]]
    back = [spent for body in days for _, _, hashes in body["presented"] for spent in hashes]
    assert back == [_voucher(each).spent.hex() for each in numbers]
    one.client.rewards.look()
    assert one.seen.size() == size + len(told)


def _voucher(number: int) -> VoucherRow:
    spent = number.to_bytes(32, "big")
    return VoucherRow(spent, YEAR, 500, 0, b"", "counter", "", "", "", "", "", "2026-03-03")


def test_expired_vouchers_give_back_to_the_budget_of_that_year_what_was_never_paid(one: Till) -> None:
    vouchers = one.crowd()
    one.paid(one.redeem(vouchers[0]))
    one.redeem(vouchers[1])
    one.pass_days(1_398)
    assert one.world.clock.today().isoformat() == "2029-12-30"
    assert {each["type"] for each in stated(one)} == {"reward-day"}
    one.pass_days(2)
    told = stated(one)
    assert told[0] == {
        "type": "key-expired",
        "year": YEAR,
        "value": 500,
        "minted": 5,
        "paid": 1,
        "returned": 2_000,
        "to": 2030,
    }
    assert [each["returned"] for each in told] == [2_000, 0, 0, 0, 0]
    returned: list[int] = []
    one.settle(lambda draft: returned.append(budgets.budget_of(draft.rows, 2030).returned))
    assert returned == [2_000]
    assert stated(one) == []


@pytest.mark.parametrize("statement", ["DELETE FROM vouchers", "UPDATE vouchers SET day = '2020-01-01'"])
def test_a_voucher_hidden_by_hand_is_missed(one: Till, statement: str) -> None:
    one.redeem(one.crowd()[0])
    one.pass_days(1)
    due = one.keeper.rewards.due()

    def by_hand(draft: Draft) -> None:
        draft.connection.execute(text(statement))
        with pytest.raises(RowsChanged):
            list(day.state(draft, due))

    one.settle(by_hand)


def test_what_was_collected_after_it_was_looked_for_is_told_all_the_same(one: Till) -> None:
    """Else a day that ends between the look and its batch would never be told."""
    due = one.keeper.rewards.due()
    vouchers = one.crowd()
    one.open_key(500)
    one.redeem(vouchers[0])
    one.pass_days(1)
    found: list[dict[str, Any]] = []
    one.settle(lambda draft: found.extend(dict(fields) for fields, _ in day.state(draft, due)))
    assert [(len(each["collected"]), len(each["presented"])) for each in found] == [(5, 1)]


def test_what_was_told_adds_up_to_what_the_keys_count(one: Till) -> None:
    one.crowd(1_500)
    one.pass_days(1)
    one.crowd(500, 2)
    one.pass_days(1)
    minted = Counter[int]()
    for told in stated(one):
        minted.update({value: count for _, value, count in told["minted"]})
    rows = look(one.keeper.writer, one.keeper._database, all_keys)
    assert minted == {row.value: row.minted for row in rows if row.minted}
