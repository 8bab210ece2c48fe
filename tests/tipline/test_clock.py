"""Clocks: one moment, three ways to say it."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tests.clocks import FixedClock
from tipline.clock import Clock, SystemClock

CHINA = timezone(timedelta(hours=8))


def test_a_fixed_clock_refuses_a_moment_without_a_time_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 1, 1))  # noqa: DTZ001  # the missing zone is what is refused


def test_the_day_is_the_utc_day_wherever_the_moment_was_named() -> None:
    clock: Clock = FixedClock(datetime(2026, 3, 1, 7, 59, 59, tzinfo=CHINA))
    assert clock.now() == datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)
    assert clock.today() == date(2026, 2, 28)


def test_a_fixed_clock_moves_only_when_it_is_moved() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    before = clock.unix()
    clock.advance(120.5)
    assert clock.unix() == before + 120


def test_the_system_clock_says_one_moment_in_utc() -> None:
    clock: Clock = SystemClock()
    before, moment, after = clock.unix(), clock.now(), clock.unix()
    assert moment.tzinfo is UTC
    assert before <= moment.timestamp() < after + 1
    assert clock.today() - moment.date() <= timedelta(days=1)
