"""The weekly comparison of what finds and counts: each row that is changed by hand is found and named."""

import re
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from click.testing import CliRunner, Result

from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.process import environment
from tests.keeper.test_cases import opened, reason
from tests.keeper.test_cases import stated as of_tips
from tests.keeper.worked import Stored, stored, stored_of, template, work
from tests.world import World, member_id, request
from tipline.cli import program
from tipline.clock import SystemClock
from tipline.database import Database
from tipline.keeper.checking import tables
from tipline.keeper.checking.errors import (
    CheckFailed,
    EntryChanged,
    RowAdded,
    RowChanged,
    RowMissing,
    Unreadable,
)
from tipline.keeper.checking.mentions import MentionsCheck
from tipline.keeper.checking.outcome import Outcome, read_outcome

DAY = 86_400

__all__ = ["stored", "template"]

ONE_TIP = 'tip = (SELECT max(tip) FROM mentions WHERE "index" = {assign})'
COPIED = "type, member, also, desk, purpose, reason FROM facets"
Case = tuple[str, type[CheckFailed], str]
CASES: dict[str, Case] = {
    "facets: removed": ('DELETE FROM facets WHERE "index" = {assign}', RowMissing, "assign"),
    "facets: the last one": ('DELETE FROM facets WHERE "index" = {inventory}', RowMissing, "inventory"),
    "facets: changed": ("UPDATE facets SET member = 'm0' WHERE \"index\" = {assign}", RowChanged, "assign"),
    "facets: no second signer": (
        "UPDATE facets SET also = '' WHERE \"index\" = {alert-rules}",
        RowChanged,
        "alert-rules",
    ),
    "facets: another desk": ("UPDATE facets SET desk = 'x' WHERE \"index\" = {read}", RowChanged, "read"),
    "facets: another purpose": (
        "UPDATE facets SET purpose = 'audit' WHERE \"index\" = {read}",
        RowChanged,
        "read",
    ),
    "facets: refused": ("UPDATE facets SET reason = 'stale' WHERE \"index\" = {read}", RowChanged, "read"),
    "facets: bytes for text": ("UPDATE facets SET type = x'00' WHERE \"index\" = {read}", RowChanged, "read"),
    "facets: an hour later": ('UPDATE facets SET hour = hour + 1 WHERE "index" = {read}', RowMissing, "read"),
    "facets: an hour earlier": (
        'UPDATE facets SET hour = hour - 1 WHERE "index" = {read}',
        RowChanged,
        "read",
    ),
    "facets: added": (f'INSERT INTO facets SELECT hour - 1, "index", {COPIED}', RowAdded, "genesis"),
    "facets: added for no entry": (
        f"INSERT INTO facets SELECT hour, 9999, {COPIED} LIMIT 1",
        RowAdded,
        "9999",
    ),
    "facets: added at no hour": (f"INSERT INTO facets SELECT 'x', 1, {COPIED} LIMIT 1", RowAdded, "none"),
    "mentions: removed": (
        f'DELETE FROM mentions WHERE "index" = {{assign}} AND {ONE_TIP}',
        RowMissing,
        "assign",
    ),
    "mentions: all removed": ("DELETE FROM mentions", RowMissing, "assign"),
    "mentions: changed": (f"UPDATE mentions SET tip = randomblob(16) WHERE {ONE_TIP}", RowChanged, "assign"),
    "mentions: of another entry": (
        f'UPDATE mentions SET "index" = {{read}} WHERE "index" = {{assign}} AND {ONE_TIP}',
        RowAdded,
        "read",
    ),
    "mentions: added": ("INSERT INTO mentions VALUES (randomblob(16), {assign})", RowAdded, "assign"),
    "mentions: added for no entry": ("INSERT INTO mentions VALUES (randomblob(16), 9999)", RowAdded, "none"),
    "mentions: added as text": ("INSERT INTO mentions VALUES ('x', 1)", RowAdded, "none"),
    "alerts: removed": ('DELETE FROM alerts WHERE "index" = {alert}', RowMissing, "alert"),
    "alerts: changed": ("UPDATE alerts SET member = 'm0' WHERE \"index\" = {alert}", RowChanged, "alert"),
    "alerts: no review": ('UPDATE alerts SET review = -1 WHERE "index" = {alert}', RowChanged, "alert"),
    "alerts: reviewed by nobody": (
        "UPDATE alerts SET review = 1 WHERE review = -1",
        RowChanged,
        "open alert",
    ),
    "alerts: added": (
        "INSERT INTO alerts VALUES (0, 'burst', 'm0', '2026-03-03', '', 1)",
        RowAdded,
        "genesis",
    ),
    "inventories: removed": ("DELETE FROM inventories", RowMissing, "inventory"),
    "inventories: changed": ("UPDATE inventories SET missing = 1", RowChanged, "inventory"),
    "inventories: added": (
        "INSERT INTO inventories SELECT 0, day, count, root, missing, changed, unvouched FROM inventories",
        RowAdded,
        "genesis",
    ),
    "letters: removed": ("DELETE FROM letters", RowMissing, "none"),
    "letters: changed": ("UPDATE letters SET count = 0", RowChanged, "none"),
    "letters: added": ("INSERT INTO letters VALUES (2026, 'integrity', 1)", RowAdded, "none"),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_row_that_was_changed_by_hand_is_found_and_named(stored: Stored, case: str) -> None:
    statement, fault, entry = CASES[case]
    places = stored.places()
    stored.by_hand(re.sub(r"\{(.*?)\}", lambda found: str(places[found[1]]), statement))
    with pytest.raises(fault) as found:
        stored.check()
    assert found.value.index == places[entry]
    assert f"table {case.partition(':')[0]} " in str(found.value)


def test_what_nobody_touched_stands_in_pieces_of_any_size(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in (1, 7, 4_096):
        monkeypatch.setattr(tables, "PIECE", size)
        stored.check()
    assert stored.count("mentions") == 5
    assert stored.count("alerts") == 2
    assert stored.count("letters") == stored.count("inventories") == 1


def test_in_pieces_too_a_change_is_found(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "PIECE", 3)
    stored.by_hand('DELETE FROM facets WHERE "index" = 5')
    with pytest.raises(RowMissing) as found:
        stored.check()
    assert found.value.index == 5


@pytest.mark.parametrize("entry", ["x'7b'", "'{}'", "x'ff'"])
def test_an_entry_that_is_none_is_found(stored: Stored, entry: str) -> None:
    stored.by_hand(f'UPDATE entries SET entry = {entry} WHERE "index" = 2')
    with pytest.raises(EntryChanged) as found:
        stored.check()
    assert found.value.index == 2


def test_a_column_that_cannot_be_read_is_a_fault(stored: Stored) -> None:
    stored.by_hand("UPDATE facets SET purpose = CAST(x'ff' AS TEXT)")
    with pytest.raises(Unreadable):
        stored.check()


def test_of_a_forgotten_entry_nothing_is_expected_and_nothing_may_be_left(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    stored = stored_of(world)
    tip = opened(world, keeper)
    keeper.client.append(of_tips(world, "close-spam", "reviewer-a", tip, reason=reason(1)))
    closed = keeper.size() - 1
    clock.advance(61 * DAY)
    keeper.client.erase([tip.id.hex()])
    keeper.client.held.end(keeper.client.held.begin()[0])
    clock.advance(1_827 * DAY)
    assert keeper.client.held.forget() == 1
    stored.check()
    stored.by_hand("INSERT INTO mentions VALUES (randomblob(16), ?)", closed)
    with pytest.raises(RowAdded) as found:
        stored.check()
    assert found.value.index == closed


def test_what_is_forgotten_while_the_check_goes_on_is_no_fault(
    world: World, keeper: Observed, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip = opened(world, keeper)
    keeper.client.append(of_tips(world, "close-spam", "reviewer-a", tip, reason=reason(1)))
    clock.advance(61 * DAY)
    keeper.client.erase([tip.id.hex()])
    keeper.client.held.end(keeper.client.held.begin()[0])
    clock.advance(1_827 * DAY)
    walk = MentionsCheck.walk
    forgotten: list[int] = []

    def walk_later(self: MentionsCheck, database: Database, size: int) -> None:
        forgotten.append(keeper.client.held.forget())
        walk(self, database, size)

    monkeypatch.setattr(MentionsCheck, "walk", walk_later)
    stored_of(world).check()
    assert forgotten == [1]


def test_the_comparison_and_the_keeper_do_not_hinder_each_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "PIECE", 4)
    stop = threading.Event()

    def write() -> None:
        client = world.client("writer.json")
        while not stop.is_set():
            tip = world.seal_tip()
            client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
            client.append(of_tips(world, "assign", "reviewer-a", tip, to=member_id("reviewer-a")))

    with world.keeper(), ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        observed = Observed(world)
        stored = stored_of(world)
        while observed.size() < 60:
            stored.check()
        stop.set()
        writing.result()


def test_the_command_names_the_table_and_a_check_of_the_log_alone_ends_no_alarm(world: World) -> None:
    folder = world.settings.keeper_folder
    with world.keeper():
        work(world, Observed(world))
    assert command(world).exit_code == 0
    with closing(sqlite3.connect(folder / "keeper.db")) as connection, connection:
        connection.execute('DELETE FROM facets WHERE "index" = 5')
    ended = command(world)
    assert (ended.exit_code, "table facets lacks" in ended.stderr) == (1, True)
    fault = str(RowMissing(5, "facets"))
    assert read_outcome(folder) == Outcome(SystemClock().today().isoformat(), 0, 5, fault)
    assert command(world, "--log-only").exit_code == 0
    outcome = read_outcome(folder)
    assert outcome is not None
    assert outcome.fault


def command(world: World, *options: str) -> Result:
    return CliRunner().invoke(program, ["log", "check", *options], env=environment(world))
