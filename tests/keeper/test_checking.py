"""The full check finds what an insider changes by hand in the database, and names the first bad entry."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from crypto.keys import SigningKey
from crypto.notes import NoteSigner, NoteVerifier
from crypto.statements import DONE, Entry, Statement, commitment
from tests.clocks import FixedClock
from tests.keeper.process import environment
from tests.world import NOON, World, member_id
from tipline.bench.operations.long_log import lengthen
from tipline.cli import program
from tipline.clock import SystemClock
from tipline.database import Database
from tipline.keeper.batch import own_statement
from tipline.keeper.checking.errors import (
    NO_ENTRY,
    CheckFailed,
    ColumnsChanged,
    EntryChanged,
    EntryMissing,
    ForgottenByNobody,
    HeadChanged,
    NotContinued,
    NothingOutside,
    OtherLog,
    RosterForged,
    TreeChanged,
    Unreadable,
)
from tipline.keeper.checking.outcome import DAMAGED, FILE, Outcome, read_outcome
from tipline.keeper.checking.service import Pins, Progress, check_log
from tipline.keeper.log import Growth, read_head

SIZE = 700
ROLE = 3
"""The entry that changes the roster."""
READ = 8 * 20
"""One of the readings that were written as rows: such a statement names a tip."""
AT_ROLE, AT_READ = f'WHERE "index" = {ROLE}', f'WHERE "index" = {READ}'
LEAF, TILE = "WHERE level = 0 AND position =", "WHERE level = 1 AND position ="


@dataclass(frozen=True)
class StoredLog:
    """A keeper's stored log with no keeper running on it."""

    world: World
    path: Path
    pins: Pins
    signed: list[bytes]

    def by_hand(self, statement: str, *values: object) -> None:
        """What somebody does who may write the file."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            assert connection.execute(statement, values).rowcount

    def check(self, progress: Progress = lambda _done, _all: None) -> int:
        """The full check."""
        database = Database(f"sqlite:///{self.path}")
        try:
            return check_log(database, self.pins, self.signed, progress)
        finally:
            database.dispose()

    def grow(self, *statements: Statement, key: SigningKey | None = None) -> bytes:
        """Log statements without asking any rule, as whoever holds a key could; the new checkpoint."""
        signer = NoteSigner(self.pins.origin, key or self.world.log_key)
        database = Database(f"sqlite:///{self.path}")
        try:
            with database.changing() as connection:
                growth = Growth(read_head(connection))
                for statement in statements:
                    growth.append(Entry(self.world.clock.unix(), DONE, "", statement))
                return growth.store(connection, signer, lambda _: b"").checkpoint
        finally:
            database.dispose()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world whose log has a change of the roster and so many entries that several tiles are full."""
    with World.made(tmp_path_factory.mktemp("checking") / "world", FixedClock(NOON)) as world:
        with world.keeper():
            client = world.client()
            for _ in range(ROLE - 1):
                client.append(world.sign("audit", "auditor", first=0, count=1))
            conflicts = {"member": member_id("reviewer-b"), "add": ["u2"]}
            assert client.append(world.sign("conflicts", "reviewer-b", **conflicts)).index == ROLE
        lengthen(world.settings, SIZE)
        yield world


@pytest.fixture
def stored(template: World, tmp_path: Path) -> StoredLog:
    """A copy of its log."""
    path = shutil.copy(template.settings.keeper_folder / "keeper.db", tmp_path / "keeper.db")
    settings = template.settings
    pins = Pins(settings.origin, settings.genesis, template.verifier)
    return StoredLog(template, Path(path), pins, template.keeper_folder.signed())


CHANGES: dict[str, tuple[str, type[CheckFailed], int]] = {
    "an entry's bytes": (
        "UPDATE entries SET entry = CAST(replace(CAST(entry AS TEXT), 'triage', 'review') AS BLOB)"
        f' WHERE "index" = {READ}',
        EntryChanged,
        READ,
    ),
    "an entry as text": (f"UPDATE entries SET entry = '{{}}' WHERE \"index\" = {READ}", EntryChanged, READ),
    "an entry's salt": ('UPDATE entries SET salt = zeroblob(32) WHERE "index" = 5', EntryChanged, 5),
    "an entry is gone": ('DELETE FROM entries WHERE "index" = 300', EntryMissing, 300),
    "the last entry is gone": (f'DELETE FROM entries WHERE "index" = {SIZE - 1}', EntryMissing, SIZE - 1),
    "a statement is gone": (
        f"UPDATE entries SET salt = zeroblob(32), entry = x'' {AT_READ}",
        EntryChanged,
        READ,
    ),
    "a leaf's hash": (f"UPDATE nodes SET hash = zeroblob(32) {LEAF} 9", EntryChanged, 9),
    "a leaf's hash is gone": (f"DELETE FROM nodes {LEAF} 301", EntryChanged, 301),
    "a hash in the tree": (f"UPDATE nodes SET hash = zeroblob(32) {TILE} 1", TreeChanged, 256),
    "a hash in the tree is gone": (f"DELETE FROM nodes {TILE} 0", TreeChanged, 0),
    "a type that hides it": (f"UPDATE entries SET type = 'audit' {AT_ROLE}", ColumnsChanged, ROLE),
    "no type that is known": (f"UPDATE entries SET type = 'unknown' {AT_ROLE}", ColumnsChanged, ROLE),
    "another outcome": (f"UPDATE entries SET outcome = 'refused' {AT_ROLE}", ColumnsChanged, ROLE),
    "another reason": (f"UPDATE entries SET reason = 'stale' {AT_ROLE}", ColumnsChanged, ROLE),
    "another tip": (f"UPDATE entries SET tip = zeroblob(16) {AT_READ}", ColumnsChanged, READ),
    "no tip": (f"UPDATE entries SET tip = x'' {AT_READ}", ColumnsChanged, READ),
    "a tip where there is none": (f"UPDATE entries SET tip = zeroblob(16) {AT_ROLE}", ColumnsChanged, ROLE),
    "another member": (f"UPDATE entries SET actor = 'm0' {AT_READ}", ColumnsChanged, READ),
    "no member": (f"UPDATE entries SET actor = '' {AT_READ}", ColumnsChanged, READ),
    "another time": (f"UPDATE entries SET at = at + 1 {AT_READ}", ColumnsChanged, READ),
    "bytes for text": (f"UPDATE entries SET actor = x'00' {AT_READ}", ColumnsChanged, READ),
    "the head's size": (f"UPDATE head SET size = {SIZE - 1}", HeadChanged, NO_ENTRY),
    "the head's peaks": ("UPDATE head SET frontier = zeroblob(length(frontier))", HeadChanged, NO_ENTRY),
    "the head's signature": ("UPDATE head SET checkpoint = zeroblob(200)", HeadChanged, NO_ENTRY),
    "the head as text": ("UPDATE head SET checkpoint = 'text'", HeadChanged, NO_ENTRY),
}


@pytest.mark.parametrize(("statement", "fault", "first_bad"), CHANGES.values(), ids=CHANGES)
def test_a_change_by_hand_is_found_and_named(
    stored: StoredLog, statement: str, fault: type[CheckFailed], first_bad: int
) -> None:
    stored.by_hand(statement)
    with pytest.raises(fault) as found:
        stored.check()
    assert found.value.index == first_bad


def test_a_log_that_was_rewritten_without_its_key_is_not_what_was_signed(stored: StoredLog) -> None:
    checkpoint = stored.grow(own(stored, "unreadable", digest="0" * 64), key=SigningKey.generate())
    assert checkpoint
    with pytest.raises(HeadChanged):
        stored.check()


def test_a_log_that_was_set_back_does_not_continue_the_head_that_lies_outside(stored: StoredLog) -> None:
    later = stored.grow(own(stored, "unreadable", digest="0" * 64))
    stored.by_hand(f'DELETE FROM entries WHERE "index" = {SIZE}')
    stored.by_hand(f"DELETE FROM nodes {LEAF} {SIZE}")
    with closing(sqlite3.connect(stored.path)) as connection, connection:
        connection.execute("ATTACH ? AS before", (str(stored.world.settings.keeper_folder / "keeper.db"),))
        connection.execute("DELETE FROM head")
        connection.execute("INSERT INTO head SELECT * FROM before.head")
    with pytest.raises(NotContinued, match=f"{SIZE + 1} entries"):
        replace(stored, signed=[later]).check()
    assert stored.check() == SIZE


def test_a_log_of_which_no_head_lies_outside_is_not_trusted(stored: StoredLog) -> None:
    for signed in ([], [b"nothing"]):
        with pytest.raises(NothingOutside):
            replace(stored, signed=signed).check()


def test_another_log_is_not_this_one(stored: StoredLog) -> None:
    other_key = NoteVerifier(stored.pins.origin, SigningKey.generate().public)
    for pins in (replace(stored.pins, genesis="0" * 64), replace(stored.pins, log_key=other_key)):
        with pytest.raises(OtherLog) as found:
            replace(stored, pins=pins).check()
        assert found.value.index == 0


def test_a_change_of_the_roster_that_nobody_signed_is_found(stored: StoredLog) -> None:
    body = stored.world.body("conflicts", "reviewer-a", member=member_id("reviewer-a"), add=["u4"])
    stored.grow(Statement.signed(body, {member_id("reviewer-a"): SigningKey.generate()}))
    with pytest.raises(RosterForged) as found:
        stored.check()
    assert found.value.index == SIZE


def test_a_statement_is_gone_only_where_a_later_entry_says_so(stored: StoredLog) -> None:
    with closing(sqlite3.connect(stored.path)) as connection, connection:
        for index in (READ, READ + 2):
            row = connection.execute('SELECT salt, entry FROM entries WHERE "index" = ?', (index,)).fetchone()
            connection.execute(
                "UPDATE entries SET type = 'forgotten', actor = '', tip = x'', outcome = '', reason = '',"
                " salt = ?, entry = x'' WHERE \"index\" = ?",
                (commitment(*row), index),
            )
    with pytest.raises(ForgottenByNobody) as found:
        stored.check()
    assert found.value.index == READ
    stored.grow(own(stored, "forget", entries=[[READ, READ]], before="2026-01-01"))
    with pytest.raises(ForgottenByNobody) as found:
        stored.check()
    assert found.value.index == READ + 2
    stored.grow(own(stored, "forget", entries=[[READ + 1, READ + 2]], before="2026-01-01"))
    assert stored.check() == SIZE + 2


def test_no_row_behind_the_signed_head_says_that_a_statement_may_be_gone(stored: StoredLog) -> None:
    forged = Entry(
        stored.world.clock.unix(),
        DONE,
        "",
        own(stored, "forget", entries=[[READ, READ]], before="2026-01-01"),
    )
    with closing(sqlite3.connect(stored.path)) as connection, connection:
        columns = 'SELECT salt, entry FROM entries WHERE "index" = ?'
        row = connection.execute(columns, (READ,)).fetchone()
        connection.execute(
            "UPDATE entries SET type = 'forgotten', actor = '', tip = x'', outcome = '', reason = '',"
            " salt = ?, entry = x'' WHERE \"index\" = ?",
            (commitment(*row), READ),
        )
        connection.execute(
            "INSERT INTO entries VALUES (?, 1, 'forget', 'keeper', x'', 'done', '', zeroblob(32), ?)",
            (10**9, forged.encode()),
        )
    with pytest.raises(ForgottenByNobody) as found:
        stored.check()
    assert found.value.index == READ


@pytest.mark.parametrize("index", [SIZE, SIZE + 7, -1])
def test_a_row_that_the_signed_head_does_not_cover_is_found(stored: StoredLog, index: int) -> None:
    stored.by_hand(
        "INSERT INTO entries SELECT ?, at, type, actor, tip, outcome, reason, salt, entry"
        f' FROM entries WHERE "index" = {READ}',
        index,
    )
    with pytest.raises(EntryMissing) as found:
        stored.check()
    assert found.value.index == index


def test_a_statement_that_is_forgotten_while_the_check_runs_is_named_by_what_was_logged_meanwhile(
    stored: StoredLog,
) -> None:
    def forget(done: int, _all: int) -> None:
        if done != SIZE:
            return
        stored.grow(own(stored, "forget", entries=[[READ, READ]], before="2026-01-01"))

    with closing(sqlite3.connect(stored.path)) as connection, connection:
        row = connection.execute('SELECT salt, entry FROM entries WHERE "index" = ?', (READ,)).fetchone()
        connection.execute(
            "UPDATE entries SET type = 'forgotten', actor = '', tip = x'', outcome = '', reason = '',"
            " salt = ?, entry = x'' WHERE \"index\" = ?",
            (commitment(*row), READ),
        )
    assert stored.check(forget) == SIZE + 1


def test_a_database_without_a_table_cannot_be_read(stored: StoredLog) -> None:
    with closing(sqlite3.connect(stored.path)) as connection, connection:
        connection.execute("DROP TABLE nodes")
    with pytest.raises(Unreadable):
        stored.check()


def test_a_log_that_nobody_touched_stands(stored: StoredLog) -> None:
    assert stored.check() == SIZE


def test_the_check_and_the_keeper_do_not_hinder_each_other(world: World) -> None:
    stop = threading.Event()

    def write() -> None:
        client = world.client("writer.json")
        while not stop.is_set():
            client.append(world.sign("audit", "auditor", first=0, count=1))

    with world.keeper(), ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        database = world.open_database(world.settings.keeper_database_url)
        pins = Pins(world.settings.origin, world.settings.genesis, world.verifier)
        size = 0
        while size < 50:
            size = check_log(database, pins, world.keeper_folder.signed(), told_nobody)
        stop.set()
        writing.result()


def test_the_command_says_what_is_wrong_and_keeps_it_for_the_keeper(world: World) -> None:
    folder = world.settings.keeper_folder
    assert read_outcome(folder) is None
    ended = CliRunner().invoke(program, ["log", "check"], env=environment(world))
    assert (ended.exit_code, "1 entries stand" in ended.stderr) == (0, True)
    assert read_outcome(folder) == Outcome.good(SystemClock().today(), 1)
    with closing(sqlite3.connect(folder / "keeper.db")) as connection, connection:
        connection.execute("UPDATE entries SET salt = zeroblob(32)")
    ended = CliRunner().invoke(program, ["log", "check"], env=environment(world))
    assert (ended.exit_code, "Entry 0: It is not the one that was logged" in ended.stderr) == (1, True)
    outcome = read_outcome(folder)
    assert outcome is not None
    assert (outcome.first_bad, outcome.fault) == (0, str(EntryChanged(0)))


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"day":1,"fault":"","first_bad":-1,"size":1,"v":1}', b"\xff"]
)
def test_an_outcome_that_cannot_be_read_is_a_failed_check(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    outcome = read_outcome(tmp_path)
    assert outcome is not None
    assert outcome.fault == DAMAGED


def own(stored: StoredLog, kind: str, **fields: object) -> Statement:
    """A statement of the keeper itself."""
    world = stored.world
    return own_statement(stored.pins.origin, world.clock.unix(), {"type": kind, **fields}, world.log_key)


def told_nobody(_done: int, _all: int) -> None:
    """No progress bar."""
