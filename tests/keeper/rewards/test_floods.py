"""Whatever visitors do, entries are not held up, memory is not filled, and the log tells of no visit."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from crypto.tracking_codes import TrackingCode
from tests.clocks import FixedClock
from tests.keeper.rewards.till import FIRST, YEAR, Till, till
from tests.world import NOON, ORIGIN, member_id
from tipline.keeper.app import MAX_PUBLIC_FRAME
from tipline.keeper.rewards.minting import AT_ONCE, Minting
from tipline.keeper.writer import Writer
from tipline.keeper_client import KeeperUnavailable, Refused, frames
from tipline.keeper_client.collecting import MAX_VOUCHERS, Collect
from tipline.keeper_client.public import KeeperPublic

WRONG = "000 000 0000"


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    with till(tmp_path_factory.mktemp("floods") / "world", FixedClock(NOON)) as made:
        yield made


@dataclass
class Mint:
    """A mint whose arithmetic takes as long as the test likes."""

    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    let_go: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mint]:
    made, signed = Mint(), Minting._signed

    def slowly(minting: Minting, collect: Collect) -> list[str]:
        made.came.release()
        made.let_go.wait(30)
        return signed(minting, collect)

    monkeypatch.setattr(Minting, "_signed", slowly)
    yield made
    made.let_go.set()


def test_while_the_mint_is_at_work_entries_are_made_and_only_so_many_wait(one: Till, slow: Mint) -> None:
    *waiting, late = [one.granted() for _ in range(AT_ONCE + 1)]
    collect, size = late.request(one.world), one.seen.size()
    hasty = KeeperPublic(one.world.settings.public_socket, timeout=3.0)

    def mint(granted: Any) -> int:
        public, mine = KeeperPublic(one.world.settings.public_socket), granted.request(one.world)
        try:
            return len(public.mint(mine, granted.sign(mine), granted.prove(mine)))
        finally:
            public.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        asked = [threads.submit(mint, granted) for granted in waiting]
        assert all(slow.came.acquire(timeout=30) for _ in waiting)
        with pytest.raises(KeeperUnavailable, match="mints for others"):
            hasty.mint(collect, late.sign(collect), late.prove(collect))
        hasty.close()
        with pytest.raises(Refused, match="unknown-pickup"):
            one.look(WRONG)
        assert one.seen.size() == size + 1
        slow.let_go.set()
        assert [each.result() for each in asked] == [1] * AT_ONCE
    assert len(one.public.mint(collect, late.sign(collect), late.prove(collect))) == 1


def test_what_is_forged_never_comes_to_the_writer(one: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    granted = one.granted()
    collect = granted.request(one.world)
    forged = TrackingCode.generate().claim_key.sign(collect.message(ORIGIN))
    [voucher] = one.mint(one.granted())
    monkeypatch.setattr(Writer, "submit", _never)
    for _ in range(20):
        with pytest.raises(Refused, match="claim-signature"):
            one.public.mint(collect, forged, granted.prove(collect))
        with pytest.raises(Refused, match="bad-voucher"):
            one.public.redeem(YEAR, 500, voucher.message, bytes(384), "counter")


def test_a_replay_never_comes_to_the_writer(one: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    granted = one.granted()
    first = one.mint(granted)
    monkeypatch.setattr(Writer, "submit", _never)
    assert [each.signature for each in one.mint(granted)] == [each.signature for each in first]


def _never(*_: object) -> None:
    raise AssertionError("the writer was asked")


def test_a_request_with_most_vouchers_fits_and_a_longer_one_is_not_read(one: Till) -> None:
    request = {
        "op": "mint",
        "tip": "00" * 16,
        "award": 2**53,
        "year": YEAR,
        "blinded": [[500, "ff" * 384]] * MAX_VOUCHERS,
        "named": False,
        "signature": "00" * 64,
        "proof": "00" * 64,
    }
    assert len(frames.encode(request)) <= MAX_PUBLIC_FRAME
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(one.world.settings.public_socket))
        connection.sendall((MAX_PUBLIC_FRAME + 1).to_bytes(4, "big"))
        assert frames.receive(connection)["refused"] == "malformed"


def test_a_visit_alone_brings_nothing_into_the_log(one: Till) -> None:
    today = one.world.clock.today()
    until = {"member": member_id(FIRST), "desk": "rewards", "until": today.isoformat()}
    one.client.append(one.world.sign("grant", "registrar", "registrar-2", **until))
    granted = one.granted()
    vouchers = one.crowd()
    assert one.pass_days(1) == today + timedelta(days=1)
    size = one.seen.size()
    one.mint(granted)
    one.redeem(vouchers[0])
    assert one.seen.size() == size
    with pytest.raises(Refused):
        one.look(WRONG)
    kinds = [one.seen.entry(index).statement.body["type"] for index in range(size, one.seen.size())]
    assert kinds[0] == "lapse"  # it waited for a statement of somebody's
    assert "pay-look" in kinds
