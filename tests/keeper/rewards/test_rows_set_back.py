"""Rows of an hour ago under the head of now: collecting makes no entry, so the head alone shows nothing."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest

from crypto.vouchers import Voucher, derive_voucher
from tests.keeper.rewards.till import YEAR, Granted, Till, finished, mint_key
from tests.world import World
from tipline.keeper.folder import Kept
from tipline.keeper.heads import Stop
from tipline.keeper_client import KeeperUnavailable
from tipline.keeper_client.collecting import Collect
from tipline.keeper_client.public import KeeperPublic
from tipline.rewards.amounts import VALUES, split

TABLES: Final = ("awards", "mint_keys", "row_digests", "row_counts", "vouchers", "pickups")
AMOUNT: Final = 5_000


@contextmanager
def paying(world: World, *, first: bool = False) -> Iterator[Till]:
    """The till of a keeper that runs while the block does; `first`: people, points and keys are made."""
    with world.keeper() as keeper, closing(KeeperPublic(world.settings.public_socket)) as public:
        till = Till(world, keeper)
        till.public.close()
        till.public = public
        if first:
            till.people()
            till.points()
            till.keys()
        yield till


def is_stopped(till: Till) -> bool:
    stopped = till.keeper.writer.stopped
    return stopped is not None and stopped.what is Stop.ROWS


def again(till: Till, granted: Granted) -> list[Voucher]:
    """Collect as a reporter does who wants a second set: under other messages than the code's."""
    seeds = [
        derive_voucher(b"A" * 16, granted.award.index, YEAR, value, number, mint_key(YEAR, value).public)
        for value, count in sorted(split(granted.award.amount, VALUES))
        for number in range(count)
    ]
    blinded = tuple((seed.value, seed.blinding.blinded) for seed in seeds)
    collect = Collect(tip=granted.tip.id, award=granted.award.index, year=YEAR, blinded=blinded)
    return finished(seeds, till.public.mint(collect, granted.sign(collect), granted.prove(collect)))


def database(world: World) -> Path:
    return world.keeper_folder.path / "keeper.db"


def copied(world: World) -> Path:
    old = world.settings.data / "old.db"
    with closing(sqlite3.connect(database(world))) as now, closing(sqlite3.connect(old)) as then:
        now.backup(then)
    return old


def put_back(world: World, old: Path) -> None:
    """By SQL alone, under the keeper that runs: the rows, and the seal of before."""
    with closing(sqlite3.connect(database(world), isolation_level=None, timeout=20)) as connection:
        connection.execute("attach ? as old", (str(old),))
        connection.execute("begin immediate")
        for table in TABLES:
            connection.execute(f"delete from main.{table}")
            connection.execute(f"insert into main.{table} select * from old.{table}")
        connection.execute("update main.head set rows = (select rows from old.head)")
        connection.execute("commit")


def test_rows_put_back_under_a_running_keeper_stop_it(world: World) -> None:
    with paying(world, first=True) as till:
        granted = till.granted(AMOUNT)
        size, old = till.seen.size(), copied(world)
        till.mint(granted)
        assert till.seen.size() == size, "collecting makes no entry"
        put_back(world, old)
        with pytest.raises(KeeperUnavailable):
            till.client.rewards.look()  # whatever writes first, as every hour something does
        with pytest.raises(KeeperUnavailable):
            again(till, granted)
        assert is_stopped(till)


@pytest.mark.parametrize("copies", [2, 1], ids=["all that lies outside", "the folder's own copy alone"])
def test_a_database_from_before_a_collecting_is_refused_at_the_next_start(world: World, copies: int) -> None:
    with paying(world, first=True) as till:
        granted = till.granted(AMOUNT)
        old = copied(world)
        till.mint(granted)
    if copies == 1:
        (world.settings.operator_socket.parent / "last-signed").unlink()
    shutil.copy(old, database(world))
    with paying(world) as till:
        with pytest.raises(KeeperUnavailable):
            again(till, granted)
        assert is_stopped(till)


def test_a_collecting_that_was_killed_before_its_seal_lay_outside_goes_on(world: World) -> None:
    """The database is one turn ahead then: no answer had left, and none is refused."""
    kept = world.keeper_folder.last_signed
    with paying(world, first=True) as till:
        granted = till.granted(AMOUNT)
        before = kept.read_bytes()
        till.mint(granted)
    kept.write_bytes(before)
    (world.settings.operator_socket.parent / "last-signed").unlink()
    with paying(world) as till:
        assert till.keeper.writer.stopped is None
        till.mint(granted)


def test_two_states_of_one_turn_do_not_stand_for_each_other(world: World) -> None:
    """One was killed before its answer left; the other one's answer did, so the first may not come back."""
    kept, beside = world.keeper_folder.last_signed, world.settings.operator_socket.parent / "last-signed"
    with paying(world, first=True) as till:
        granted = till.granted(AMOUNT)
        start, before = copied(world).rename(world.settings.data / "start.db"), kept.read_bytes()
        again(till, granted)
        first = copied(world)
    shutil.copy(start, database(world))
    kept.write_bytes(before)
    beside.unlink()
    with paying(world) as till:
        till.mint(granted)
    shutil.copy(first, database(world))
    with paying(world) as till:
        assert is_stopped(till)


def test_what_lies_outside_is_read_as_it_was_written() -> None:
    note = b"log\n4\nroot\n\n\xe2\x80\x94 log c2ln\n"
    for kept in (Kept(note), Kept(note, bytes(32)), Kept(note, b"\n" * 40), Kept(b""), Kept(b"nothing\n")):
        assert Kept.decode(kept.encode()) == kept
    assert Kept.decode(Kept(note, bytes(32)).encode()[:-2]) == Kept(note)
