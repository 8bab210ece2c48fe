"""A voucher comes back: one code for it, until it is paid; and nothing for what the mint did not sign."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crypto.pickup_codes import PickupCode
from crypto.vouchers import Voucher, VoucherSeed
from tests.clocks import FixedClock
from tests.keeper.rewards.till import (
    BANK,
    FIRST,
    OTHER,
    POINT,
    SECOND,
    YEAR,
    Till,
    at_once,
    finished,
    public_key,
    till,
    words,
)
from tests.world import NOON
from tipline.keeper.rewards import money
from tipline.keeper.rewards.money import KeyRow, all_keys, find_key, put_key, put_pickup
from tipline.keeper.rewards.redeeming import pickup_key
from tipline.keeper.snapshots import look
from tipline.keeper.state import Draft
from tipline.keeper_client import KeeperUnavailable, Reason, Refused
from tipline.keeper_client.public import KeeperPublic, Paid, Pickup
from tipline.rewards.rules import PICKUP_DAYS


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    """One with a crowd of vouchers of 500 yuan."""
    with till(tmp_path_factory.mktemp("redeem") / "world", FixedClock(NOON)) as made:
        made.crowd(500)
        yield made


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Till]:
    """One whose rows a test may spoil, or whose days it lets pass."""
    with till(tmp_path / "world", FixedClock(NOON)) as made:
        yield made


def refused(one: Till, voucher: Voucher, point: str = POINT) -> Reason:
    """The reason of a refusal, which makes no entry."""
    size = one.seen.size()
    with pytest.raises(Refused) as why:
        one.ask(voucher, point)
    assert one.seen.size() == size
    return why.value.reason


def key(one: Till, value: int = 500, year: int = YEAR) -> KeyRow:
    found = look(one.keeper.writer, one.keeper._database, all_keys)
    return next(row for row in found if (row.year, row.value) == (year, value))


def fresh(one: Till) -> Voucher:
    [voucher] = one.mint(one.granted())
    return voucher


def test_a_forged_signature_is_no_voucher(one: Till) -> None:
    voucher = fresh(one)
    assert refused(one, replace(voucher, signature=bytes(384))) is Reason.BAD_VOUCHER
    assert refused(one, replace(voucher, message=bytes(32))) is Reason.BAD_VOUCHER


def test_a_voucher_is_worth_what_its_key_says(one: Till) -> None:
    voucher = fresh(one)
    assert refused(one, replace(voucher, value=50_000)) is Reason.BAD_VOUCHER
    assert refused(one, replace(voucher, value=700)) is Reason.NO_MINT_KEYS
    assert refused(one, replace(voucher, year=YEAR - 1)) is Reason.NO_MINT_KEYS


def test_one_message_under_two_keys_is_one_voucher(alone: Till) -> None:
    """Whoever knows a voucher's message, and not its signature, can have another key sign it."""
    alone.crowd(1_500)
    granted, message = alone.granted(1_500), b"M" * 32
    seeds = []
    for value in (500, 1_000):
        blinding = public_key(value).blind(message, bytes(48), lambda _: b"\x01" + bytes(383))
        seeds.append(VoucherSeed(YEAR, value, message, blinding))
    blinded = tuple((seed.value, seed.blinding.blinded) for seed in seeds)
    collect = replace(granted.request(alone.world), blinded=blinded)
    first, second = finished(seeds, alone.public.mint(collect, granted.sign(collect), granted.prove(collect)))
    pickup = alone.redeem(first)
    assert refused(alone, second) is Reason.BAD_VOUCHER
    alone.paid(pickup)
    assert refused(alone, second) is Reason.BAD_VOUCHER
    assert isinstance(alone.ask(first), Paid)


def test_a_code_is_for_an_open_point_that_exists(one: Till) -> None:
    voucher = fresh(one)
    one.point("closed", is_open=False)
    assert refused(one, voucher, "nowhere") is Reason.UNKNOWN_POINT
    assert refused(one, voucher, "closed") is Reason.UNKNOWN_POINT


def test_a_voucher_comes_back_only_while_five_awards_stay_behind(alone: Till) -> None:
    vouchers = alone.hidden(500, 5)
    alone.pass_days(1)
    assert refused(alone, vouchers[0]) is Reason.CROWD_TOO_SMALL
    assert key(alone).presented == 0
    vouchers += alone.hidden(500, 2)
    assert refused(alone, vouchers[0]) is Reason.CROWD_TOO_SMALL  # who collects today hides nobody today
    alone.pass_days(1)
    assert alone.redeem(vouchers[0]).value == 500
    assert alone.redeem(vouchers[1]).value == 500
    assert refused(alone, vouchers[2]) is Reason.CROWD_TOO_SMALL  # what came back today is gone
    alone.pass_days(30)
    assert refused(alone, vouchers[2]) is Reason.CROWD_TOO_SMALL
    alone.mint(alone.granted())
    alone.pass_days(1)
    assert isinstance(alone.redeem(vouchers[2]), Pickup)


def test_when_the_year_is_over_what_is_left_may_go(alone: Till) -> None:
    vouchers = alone.hidden(500, 2)
    alone.pass_days((date(YEAR, 12, 31) - alone.world.clock.today()).days)
    assert refused(alone, vouchers[0]) is Reason.CROWD_TOO_SMALL
    alone.pass_days(1)
    assert isinstance(alone.redeem(vouchers[0]), Pickup)
    assert isinstance(alone.redeem(vouchers[1]), Pickup)


def test_a_voucher_that_came_back_needs_no_crowd_a_second_time(alone: Till) -> None:
    vouchers = alone.hidden(500, 6)
    alone.pass_days(1)
    first = alone.redeem(vouchers[0])
    alone.pass_days(PICKUP_DAYS + 1)
    assert refused(alone, vouchers[1]) is Reason.CROWD_TOO_SMALL
    assert alone.redeem(vouchers[0]).code != first.code


def test_ten_vouchers_of_one_award_are_no_crowd(alone: Till) -> None:
    vouchers = [voucher for amount in (45_000, 45_000, 45_000, 45_000) for voucher in alone.hidden(amount, 1)]
    assert [voucher.value for voucher in vouchers].count(10_000) == 16
    alone.pass_days(1)
    assert refused(alone, vouchers[-1]) is Reason.CROWD_TOO_SMALL


def test_two_people_open_a_key_before_its_crowd_is_there(one: Till) -> None:
    voucher = one.mint(one.granted(50_000))[0]
    assert refused(one, voucher) is Reason.CROWD_TOO_SMALL
    body = {"year": YEAR, "value": 50_000, "reason": words()}
    for by in (["approver"], ["verifier"], [FIRST, SECOND], ["auditor", "verifier"]):
        with pytest.raises(Refused):
            one.client.append(one.world.sign("reward-open", *by, **body))
    one.client.append(one.world.sign("reward-open", "approver", "verifier", **body))
    assert one.redeem(voucher).value == 50_000
    again = one.world.sign("reward-open", "approver", "verifier", **{**body, "reason": words()})
    assert one.seen.refused(again) is Reason.NOT_ALLOWED


def test_one_voucher_more_than_was_minted_is_refused_and_every_page_says_so(alone: Till) -> None:
    vouchers = alone.crowd()
    alone.settle(
        lambda draft: put_key(draft.rows, find_key(draft.rows, YEAR, 500)._replace(minted=4, awards=9))
    )
    for voucher in vouchers[:4]:
        alone.redeem(voucher)
    assert "mint-overdrawn" not in alone.client.health().alarms
    assert refused(alone, vouchers[4]) is Reason.OVERDRAWN
    assert key(alone).presented == 4
    assert "mint-overdrawn" in alone.client.health().alarms


def test_a_code_is_ten_digits_for_thirty_days_and_makes_no_entry(one: Till) -> None:
    size, before = one.seen.size(), key(one).presented
    granted = one.granted()
    size = one.seen.size()
    [voucher] = one.mint(granted)
    pickup = one.redeem(voucher)
    assert one.seen.size() == size
    assert PickupCode.parse(pickup.code).reveal().replace(" ", "") == pickup.code
    assert pickup.until == one.world.clock.today() + timedelta(days=PICKUP_DAYS)
    assert (pickup.point, pickup.value, pickup.again) == (POINT, 500, False)
    assert key(one).presented == before + 1


def test_asking_again_shows_the_same_code_and_counts_nothing(one: Till) -> None:
    voucher = fresh(one)
    first, counted = one.redeem(voucher), key(one)
    assert one.redeem(voucher) == replace(first, again=True)
    assert key(one) == counted


def test_a_code_goes_to_another_counter_when_that_is_asked_for(one: Till) -> None:
    voucher = fresh(one)
    first = one.redeem(voucher)
    assert one.redeem(voucher, OTHER) == replace(first, point=OTHER, again=True)
    assert one.look(first.code, point=OTHER).value == 500


def test_a_code_that_a_clerk_confirmed_today_stays_where_it_is(one: Till) -> None:
    voucher = fresh(one)
    first = one.redeem(voucher)
    one.pay(first, FIRST)
    assert one.redeem(voucher, OTHER).point == POINT


def test_a_code_at_a_bank_stays_there_for_its_list_may_be_printed(one: Till) -> None:
    voucher, other = fresh(one), fresh(one)
    one.redeem(voucher, BANK)
    assert one.redeem(voucher, POINT).point == BANK
    one.redeem(other, POINT)
    assert one.redeem(other, BANK).point == POINT


def test_fifty_at_once_with_one_voucher_have_one_code_between_them(one: Till) -> None:
    voucher = fresh(one)
    before = len(one.keeper.rewards.look(one.keeper.rewards.vouchers_at))

    def ask(public: KeeperPublic, _: int) -> Pickup | Paid:
        return public.redeem(voucher.year, voucher.value, voucher.message, voucher.signature, POINT)

    answers = at_once(one, 50, ask)
    assert len({each.code for each in answers if isinstance(each, Pickup)}) == 1
    assert sorted(each.again for each in answers if isinstance(each, Pickup)) == [False, *[True] * 49]
    assert len(one.keeper.rewards.look(one.keeper.rewards.vouchers_at)) == before + 1


def test_nobody_else_has_the_same_code(alone: Till) -> None:
    vouchers = alone.crowd()
    secret = pickup_key(alone.world.keeper_identity)
    taken = PickupCode.derive(secret, vouchers[0].spent, 0)
    alone.settle(lambda draft: put_pickup(draft.rows, taken.digest(secret), bytes(32)))
    pickup = alone.redeem(vouchers[0])
    assert pickup.code == PickupCode.derive(secret, vouchers[0].spent, 1).reveal().replace(" ", "")
    assert alone.look(pickup.code).value == 500


def test_what_is_stored_of_a_voucher_has_no_code_no_hour_and_no_tip(one: Till) -> None:
    voucher = fresh(one)
    pickup = one.redeem(voucher)
    rows = list(one.keeper.rewards.look(one.keeper.rewards.vouchers_at).values())
    [row] = [row for row in rows if row.spent == voucher.spent]
    assert row.day == one.world.clock.today().isoformat()
    stored = repr(row)
    assert pickup.code not in stored
    assert voucher.message.hex() not in stored
    kept = {name for table in ("vouchers", "pickups") for name in _columns(one, table)}
    assert kept == {
        *("spent", "year", "value", "attempt", "pickup", "point", "until"),
        *("first", "second", "first_day", "paid_day", "day"),
    }


def _columns(one: Till, table: str) -> list[str]:
    with one.keeper._database.reading() as session:
        return [row[1] for row in session.execute(text(f"PRAGMA table_info({table})"))]


def test_after_thirty_days_the_voucher_is_good_again_with_another_code(alone: Till) -> None:
    vouchers = alone.crowd()
    first = alone.redeem(vouchers[0])
    alone.pass_days(PICKUP_DAYS)
    assert alone.redeem(vouchers[0]).code == first.code
    alone.pass_days(1)
    second = alone.redeem(vouchers[0], OTHER)
    assert second.code != first.code
    assert (second.again, second.point) == (False, OTHER)
    assert second.until == alone.world.clock.today() + timedelta(days=PICKUP_DAYS)
    assert key(alone).presented == 1
    assert alone.look(first.code, point=OTHER).over
    with pytest.raises(Refused, match="pickup-over"):
        alone.pay(replace(first, point=OTHER), FIRST)
    assert alone.paid(second).paid == alone.world.clock.today()


def test_after_its_days_at_a_bank_a_voucher_waits_until_the_bank_has_told_all(alone: Till) -> None:
    vouchers = alone.crowd()
    first = alone.redeem(vouchers[0], BANK)
    alone.pass_days(PICKUP_DAYS + money.LATE_DAYS)
    assert refused(alone, vouchers[0]) is Reason.PICKUP_OVER
    alone.pay(first, FIRST)
    assert alone.pay(first, SECOND).paid is not None
    second = alone.redeem(vouchers[1], BANK)
    alone.pass_days(PICKUP_DAYS + money.LATE_DAYS + 1)
    again = alone.redeem(vouchers[1])
    assert (again.point, again.again) == (POINT, False)
    assert again.code != second.code


def test_a_voucher_is_good_until_the_last_day_of_the_third_year(alone: Till) -> None:
    vouchers = alone.crowd()
    last = date(YEAR + 3, 12, 31)
    alone.pass_days((last - alone.world.clock.today()).days - 5)
    assert refused(alone, vouchers[0], BANK) is Reason.ANOTHER_POINT
    assert alone.redeem(vouchers[0]).until == last
    alone.pass_days(5)
    assert isinstance(alone.redeem(vouchers[1]), Pickup)
    alone.pass_days(1)
    assert refused(alone, vouchers[2]) is Reason.VOUCHER_EXPIRED
    assert refused(alone, vouchers[0]) is Reason.VOUCHER_EXPIRED


def test_a_paid_voucher_tells_its_day_also_when_its_key_has_expired(alone: Till) -> None:
    vouchers = alone.crowd()
    alone.paid(alone.redeem(vouchers[0]))
    day = alone.world.clock.today()
    assert alone.ask(vouchers[0]) == Paid(day)
    alone.pass_days(365 * 5)
    assert alone.ask(vouchers[0]) == Paid(day)


def test_on_one_day_only_so_many_come_back(alone: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tipline.keeper.rewards.redeeming.MOST_A_DAY", 2)
    vouchers = alone.crowd()
    alone.redeem(vouchers[0])
    alone.redeem(vouchers[1])
    assert refused(alone, vouchers[2]) is Reason.TOO_MANY
    assert isinstance(alone.redeem(vouchers[1]), Pickup)
    alone.pass_days(1)
    assert isinstance(alone.redeem(vouchers[2]), Pickup)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE vouchers SET paid_day = ''",
        "UPDATE vouchers SET point = 'market'",
        "DELETE FROM vouchers",
    ],
)
def test_a_voucher_changed_or_taken_away_by_hand_stops_the_keeper(alone: Till, statement: str) -> None:
    vouchers = alone.crowd()
    alone.paid(alone.redeem(vouchers[0]))

    def by_hand(draft: Draft) -> None:
        draft.connection.execute(text(statement))

    alone.settle(by_hand)
    with pytest.raises(KeeperUnavailable):
        alone.ask(vouchers[0])
    assert alone.keeper.writer.stopped is not None


def test_a_count_raised_by_hand_stops_the_keeper(alone: Till) -> None:
    vouchers = alone.crowd(number=4)

    def by_hand(draft: Draft) -> None:
        draft.connection.execute(text("UPDATE mint_keys SET awards = 9, minted = 9"))

    alone.settle(by_hand)
    with pytest.raises(KeeperUnavailable):
        alone.ask(vouchers[0])
    assert alone.keeper.writer.stopped is not None


@pytest.mark.parametrize(
    "change",
    [
        {"year": "2026"},
        {"value": -1},
        {"message": "00"},
        {"signature": "00" * 383},
        {"signature": "ZZ" * 384},
        {"point": 1},
    ],
)
def test_a_request_of_another_form_is_refused(one: Till, change: dict[str, Any]) -> None:
    request = {"op": "redeem", "year": YEAR, "value": 500, "point": POINT}
    numbers = {"message": "00" * 32, "signature": "00" * 384}
    with pytest.raises(Refused, match="malformed"):
        one.public._connections.ask({**request, **numbers, **change})


def test_a_counter_becomes_no_bank_and_a_bank_no_counter(one: Till) -> None:
    """Or what is on a bank's list is paid twice, and what a bank confirms later after its key expired."""
    for point, key in ((POINT, one.world.desks["rewards"].recipient.text), (BANK, "")):
        lines = {"zh": "点", "en": "Point"}
        body = {"id": point, "names": lines, "places": lines, "unit": "u9", "recipient": key, "open": True}
        statement = one.world.sign("point", "registrar", "registrar-2", point=body)
        assert one.seen.refused(statement) is Reason.NOT_ALLOWED
