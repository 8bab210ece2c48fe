"""Clients are counted under names that say nothing about them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from limits import parse
from limits.strategies import FixedWindowRateLimiter

from tests.clocks import FixedClock
from tipline.limits_storage import RamCounters
from tipline.public.limits import KEY_SECONDS, ClientKeys
from tipline.shared_keys import SharedKeys


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 3, 9, 0, tzinfo=UTC))


def counters(folder: Path, clock: FixedClock) -> RamCounters:
    return RamCounters(f"tipline-ram://{folder}/limits", clock=clock)


def test_no_address_is_in_the_folder(tmp_path: Path, clock: FixedClock) -> None:
    keys = ClientKeys(SharedKeys(tmp_path / "keys", KEY_SECONDS, clock))
    limiter = FixedWindowRateLimiter(counters(tmp_path, clock))
    limiter.hit(parse("6 per minute"), "report", keys.key_of("192.0.2.44"))
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"192.0.2.44" not in held
    assert keys.key_of("192.0.2.44").encode() not in held


def test_a_clients_name_ends_with_the_hour(tmp_path: Path, clock: FixedClock) -> None:
    keys = ClientKeys(SharedKeys(tmp_path / "keys", KEY_SECONDS, clock))
    name = keys.key_of("192.0.2.44")
    assert keys.key_of("192.0.2.45") != name
    clock.advance(KEY_SECONDS)
    assert keys.key_of("192.0.2.44") != name


def test_one_network_of_ipv6_is_one_client(tmp_path: Path, clock: FixedClock) -> None:
    keys = ClientKeys(SharedKeys(tmp_path / "keys", KEY_SECONDS, clock))
    assert keys.key_of("2001:db8::1") == keys.key_of("2001:db8::ffff")
    assert keys.key_of("2001:db8::1") != keys.key_of("2001:db8:0:1::1")


def test_two_workers_share_keys_and_counts(tmp_path: Path, clock: FixedClock) -> None:
    first, second = (SharedKeys(tmp_path / "keys", 100, clock) for _ in range(2))
    assert first.pair() == second.pair()
    old = first.pair().current
    clock.advance(100)
    assert first.pair().previous == second.pair().previous == old
    clock.advance(300)
    assert old not in first.pair()
    one, two = counters(tmp_path, clock), counters(tmp_path, clock)
    assert [one.incr("a", 60), two.incr("a", 60), one.get("a"), two.get("b")] == [1, 2, 2, 0]
    clock.advance(61)
    assert one.get("a") == 0
    assert one.incr("a", 60) == 1


def test_a_flood_of_names_keeps_the_file_small_and_locks_nobody_out(
    tmp_path: Path, clock: FixedClock
) -> None:
    limiter = FixedWindowRateLimiter(counters(tmp_path, clock))
    size = (tmp_path / "limits").stat().st_size
    limit = parse("6 per minute")
    assert all(limiter.hit(limit, "report", f"client {n}") for n in range(20_000))
    assert (tmp_path / "limits").stat().st_size == size < 2_000_000


def test_a_count_can_be_forgotten(tmp_path: Path, clock: FixedClock) -> None:
    storage = counters(tmp_path, clock)
    storage.incr("a", 60)
    assert storage.get_expiry("a") == clock.unix() + 60
    storage.clear("a")
    assert storage.get("a") == 0
    storage.incr("b", 60)
    storage.reset()
    assert storage.get("b") == 0
    assert storage.check()
