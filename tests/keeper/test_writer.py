"""The one writer: waiting statements are committed together, and a failed commit shows nothing."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.keeper.observed import Observed
from tests.keeper.test_durability import verified_size
from tests.world import World, request
from tipline import database
from tipline.database import Database
from tipline.keeper.folder import KeeperFolder
from tipline.keeper_client import KeeperUnavailable, Reason, Refused

WRITERS = 8
EACH = 250
"""Entries of each: `tipline bench --only log-append` writes more, and says how long the longest wait was."""


@contextmanager
def batch_held(world: World) -> Iterator[None]:
    """While the block runs the writer waits for its turn, and requests gather."""
    with world.open_database(world.settings.keeper_database_url).writing():
        yield


def test_a_thousand_readings_at_once_are_a_thousand_contiguous_entries(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = 0
    write = KeeperFolder.write_last_signed

    def counted(self: KeeperFolder, checkpoint: bytes, seal: bytes) -> None:
        nonlocal commits
        commits += 1
        write(self, checkpoint, seal)

    monkeypatch.setattr(KeeperFolder, "write_last_signed", counted)
    tip = world.seal_tip()
    with world.keeper(), ThreadPoolExecutor(100) as pool:
        client = world.client(timeout=60.0)
        readings = [
            pool.submit(client.release, world.read("reviewer-a", tip), [request(tip.item("text"))])
            for _ in range(1000)
        ]
        assert sorted(each.result().index for each in readings) == list(range(1, 1001))
        assert verified_size(world, client) == 1002
        assert commits < 500


def test_eight_writers_leave_one_contiguous_log_with_each_ones_order_kept(world: World) -> None:
    client = world.client(timeout=60.0)

    def write(_writer: int) -> list[int]:
        # The client checks each answer: its entry stands in a tree that continues what was seen before.
        statements = (world.sign("audit", "auditor", first=0, count=1) for _ in range(EACH))
        return [client.append(statement).index for statement in statements]

    with world.keeper(), ThreadPoolExecutor(WRITERS) as pool:
        written = list(pool.map(write, range(WRITERS)))
        assert all(mine == sorted(mine) for mine in written)
        assert sorted(index for mine in written for index in mine) == list(range(1, WRITERS * EACH + 1))
        assert verified_size(world, client) == WRITERS * EACH + 2


def test_two_copies_of_one_statement_in_one_batch_count_once(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    statement, calls = world.read("reviewer-a", tip), [request(tip.item("text"))]
    with ThreadPoolExecutor(8) as pool:
        with batch_held(world):
            both = [pool.submit(keeper.client.release, statement, calls) for _ in range(8)]
        reasons = [error.reason for each in both if isinstance(error := each.exception(), Refused)]
    assert reasons == [Reason.REPLAYED] * 7
    assert keeper.size() == 9


def test_a_batch_sees_what_its_earlier_requests_did(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    fields = {
        "tip": tip.id.hex(),
        "desk": "intake",
        "from": "received",
        "to": "screening",
        "detail": {},
        "reason": {},
    }
    moves = [world.sign("move", "reviewer-a", **fields) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        with batch_held(world):
            done = [pool.submit(keeper.client.append, move) for move in moves]
        errors = [each.exception() for each in done]
    assert errors.count(None) == 1


def test_a_locked_database_makes_the_keeper_unavailable_and_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with world.keeper():
        keeper, tip = Observed(world), world.seal_tip()
        calls = [request(tip.item("text"))]
        other = sqlite3.connect(world.settings.data / "keeper" / "keeper.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(KeeperUnavailable, match="cannot write"):
                keeper.client.release(world.read("reviewer-a", tip), calls)
        other.execute("ROLLBACK")
        other.close()
        assert keeper.client.release(world.read("reviewer-a", tip), calls).index == 1


def test_a_head_that_cannot_be_kept_outside_the_database_shows_nothing(
    world: World, keeper: Observed
) -> None:
    tip = world.seal_tip()
    calls = [request(tip.item("text"))]
    obstacle = world.settings.keeper_folder / "last-signed.new"
    obstacle.mkdir()
    statement, before = world.read("reviewer-a", tip), keeper.client.checkpoint()
    with pytest.raises(KeeperUnavailable):
        keeper.client.release(statement, calls)
    assert keeper.client.checkpoint() == before  # what is not kept outside is not handed out either
    obstacle.rmdir()
    assert keeper.client.release(world.read("reviewer-a", tip), calls).index == 2
    assert (
        keeper.refused(statement, tip.item("text")) is Reason.REPLAYED
    )  # it was logged, and shown to nobody


def test_a_commit_of_unknown_outcome_is_looked_up(
    world: World, keeper: Observed, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip = world.seal_tip()
    statement, calls = world.read("reviewer-a", tip), [request(tip.item("text"))]

    def fail(_self: Database) -> None:
        raise OSError("the commit took effect, and then this")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "_stamp_day", fail)
        with pytest.raises(KeeperUnavailable):
            keeper.client.release(statement, calls)
    assert keeper.size() == 2
    assert keeper.refused(statement, tip.item("text")) is Reason.REPLAYED
    assert keeper.client.release(world.read("reviewer-a", tip), calls).index == 3
    assert verified_size(world, keeper.client) == 5


def test_a_fault_of_the_writer_leaves_nobody_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    reported = threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda _fault: reported.set())
    with world.keeper() as running:
        keeper, tip = Observed(world), world.seal_tip()
        monkeypatch.setattr(running.writer, "_commit", None)
        for _ in range(2):
            with pytest.raises(KeeperUnavailable):
                keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
        assert reported.wait(5)
        assert not running.writer.alive
