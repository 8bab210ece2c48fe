"""Rewards go by the days of the log; what could be paid twice waits while the clock is in doubt."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from crypto.vouchers import Voucher
from tests.clocks import FixedClock
from tests.keeper.rewards.till import BANK, DAY, POINT, YEAR, Granted, Till, till
from tests.world import NOON, World
from tipline.keeper.rewards import awards
from tipline.keeper.rewards.money import LATE_DAYS, KeyRow, all_keys
from tipline.keeper.snapshots import look
from tipline.keeper_client import KeeperUnavailable, Reason, Refused
from tipline.keeper_client.public import Pickup
from tipline.rewards.rules import PICKUP_DAYS


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Till]:
    """One whose days a test lets pass, or comes back."""
    with till(tmp_path / "world", FixedClock(NOON)) as made:
        yield made


@contextmanager
def opened(world: World) -> Iterator[Till]:
    """A keeper that was started anew."""
    with world.keeper() as keeper:
        made = Till(world, keeper)
        try:
            yield made
        finally:
            made.public.close()


def not_minted(one: Till, granted: Granted, year: int) -> Reason:
    with pytest.raises(Refused) as why:
        one.mint(granted, year)
    return why.value.reason


def not_redeemed(one: Till, voucher: Voucher) -> Reason:
    with pytest.raises(Refused) as why:
        one.ask(voucher)
    return why.value.reason


def keys_of(one: Till) -> list[KeyRow]:
    return look(one.keeper.writer, one.keeper._database, all_keys)


def test_with_the_clock_a_day_behind_the_log_an_award_is_collected_on_the_day_of_the_log(alone: Till) -> None:
    """It is 31 December again, and the log is a year further: whoever replays it goes by the log's days."""
    new_year = alone.pass_days(304)
    alone.keys(YEAR + 1)
    granted, late = alone.granted(), alone.granted()
    alone.rewrite(late, until=(new_year - timedelta(days=1)).isoformat())
    alone.pass_days(-1)
    assert alone.world.clock.today().year == YEAR
    assert "clock-back" in alone.keeper.writer.alarms()
    assert not_minted(alone, granted, YEAR) is Reason.WRONG_DAY
    assert not_minted(alone, late, YEAR + 1) is Reason.AWARD_EXPIRED
    assert len(alone.mint(granted, YEAR + 1)) == 1
    award = look(
        alone.keeper.writer, alone.keeper._database, lambda _, rows: awards.of_tip(rows, granted.tip.id)
    )
    assert award is not None
    assert award.collected == new_year.isoformat()


def test_on_new_years_day_an_award_is_collected_also_before_the_first_entry_of_the_year(alone: Till) -> None:
    alone.pass_days(303)
    alone.keys(YEAR + 1)
    granted = alone.granted()
    assert alone.pass_days(1) == date(YEAR + 1, 1, 1)
    assert len(alone.mint(granted, YEAR + 1)) == 1


def test_with_the_clock_a_day_behind_the_log_vouchers_come_back_on_the_day_of_the_log(alone: Till) -> None:
    """What was collected on the log's day hides nobody on it, however late the clock says it is."""
    alone.pass_days(1)
    vouchers = alone.hidden(number=6)
    alone.pass_days(-1)
    assert "clock-back" in alone.keeper.writer.alarms()
    assert not_redeemed(alone, vouchers[0]) is Reason.CROWD_TOO_SMALL
    alone.pass_days(1)
    assert not_redeemed(alone, vouchers[0]) is Reason.CROWD_TOO_SMALL
    today = alone.pass_days(1)
    alone.points()  # entries of today
    alone.pass_days(-1)
    assert alone.redeem(vouchers[0]).until == today + timedelta(days=PICKUP_DAYS)


def test_while_the_time_is_in_doubt_no_voucher_gets_another_code_than_that_at_a_bank(tmp_path: Path) -> None:
    """The clock was ahead at the start: what stands on a bank's list would be paid at a counter as well."""
    clock = FixedClock(NOON)
    with World.made(tmp_path / "world", clock) as world:
        with opened(world) as before:
            before.people()
            before.points()
            before.keys()
            vouchers = before.crowd()
            first, counter = before.redeem(vouchers[0], BANK), before.redeem(vouchers[2])
            left, counted = keys_of(before), (PICKUP_DAYS + LATE_DAYS + 5) * DAY
        clock.leap(counted)
        with opened(world) as ahead:
            assert ahead.keeper.writer.doubt
            with pytest.raises(KeeperUnavailable):
                ahead.ask(vouchers[0])
            assert keys_of(ahead) == left
            assert isinstance(ahead.redeem(vouchers[1]), Pickup)  # its first
            assert isinstance(ahead.redeem(vouchers[1]), Pickup)  # and the same again
            assert ahead.redeem(vouchers[2]).code != counter.code  # no counter has a list
        clock.leap(-counted)
        with opened(world) as again:
            assert again.redeem(vouchers[0]) == replace(first, again=True)
        clock.leap(counted)
        with opened(world) as right:  # it was right, and the keeper off for so long
            clock.advance(DAY + 1)
            assert right.redeem(vouchers[0]).point == POINT
