"""A log that is smaller than, or not a continuation of, what was signed: nothing is signed any more."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.merkle import Frontier
from crypto.statements import Statement
from tests.keeper.observed import Observed
from tests.world import World, member_id, member_seed, request
from tipline.keeper.app import serving
from tipline.keeper.errors import AlreadyInitialised, AlreadyRunning, CannotListen, KeyFilesUnsafe
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.genesis import Founding, init_keeper
from tipline.keeper_client import KeeperUnavailable, Reason


def readings(world: World, number: int) -> None:
    """Log some readings with a keeper that runs only for them."""
    with world.keeper():
        keeper, tip = Observed(world), world.seal_tip()
        for _ in range(number):
            keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])


def database_file(world: World) -> Path:
    return world.settings.keeper_folder / "keeper.db"


def change(world: World, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(database_file(world))) as connection:
        assert connection.execute(statement, values).rowcount
        connection.commit()


def assert_nothing_works(world: World) -> None:
    keeper, tip = Observed(world), world.seal_tip()
    tries: list[Callable[[], object]] = [
        lambda: keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))]),
        lambda: keeper.client.append(world.sign("audit", "auditor", first=0, count=1)),
        keeper.client.directory,
        keeper.client.roster,
        keeper.client.checkpoint,
        world.operator().export,
        lambda: keeper.client.states([tip.id.hex()]),
    ]
    for attempt in tries:
        with pytest.raises(KeeperUnavailable, match="rolled back"):
            attempt()


def test_an_older_database_is_refused(world: World) -> None:
    readings(world, 2)
    shutil.copy(database_file(world), world.settings.data / "old.db")
    readings(world, 2)
    shutil.copy(world.settings.data / "old.db", database_file(world))
    with world.keeper():
        assert_nothing_works(world)


def test_an_older_database_that_has_grown_again_is_refused(world: World) -> None:
    readings(world, 2)
    shutil.copy(database_file(world), world.settings.data / "old.db")
    early = world.keeper_folder.last_signed.read_bytes()
    readings(world, 2)
    late = world.keeper_folder.last_signed.read_bytes()
    shutil.copy(world.settings.data / "old.db", database_file(world))
    world.keeper_folder.last_signed.write_bytes(early)
    in_ram(world).unlink()
    for name in ("seen.json", "seen.json.lock"):
        (world.settings.admin_folder / name).unlink()
    readings(world, 5)
    world.keeper_folder.last_signed.write_bytes(late)
    with world.keeper():
        assert_nothing_works(world)


def test_an_older_database_put_in_while_the_keeper_runs_is_refused(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    old = world.settings.data / "old.db"
    shutil.copy(database_file(world), old)
    keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    with closing(sqlite3.connect(old)) as source, closing(sqlite3.connect(database_file(world))) as target:
        source.backup(target)
    with pytest.raises(KeeperUnavailable):
        keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    assert_nothing_works(world)


def in_ram(world: World) -> Path:
    """The second copy of the last signed checkpoint."""
    return world.settings.operator_socket.parent / "last-signed"


def test_a_missing_last_checkpoint_is_refused(world: World) -> None:
    readings(world, 1)
    world.keeper_folder.last_signed.unlink()
    in_ram(world).unlink()
    with world.keeper():
        assert_nothing_works(world)


def test_the_copy_in_ram_stands_in_for_a_last_checkpoint_that_is_gone(world: World) -> None:
    readings(world, 1)
    world.keeper_folder.last_signed.unlink()
    readings(world, 1)
    assert world.keeper_folder.last_signed.exists()


def test_a_keepers_folder_that_was_put_back_whole_is_refused(world: World) -> None:
    """Database and last checkpoint agree; only what lies in RAM since the machine started knows better."""
    readings(world, 2)
    folder, old = world.settings.keeper_folder, world.settings.data / "old"
    shutil.copytree(folder, old)
    readings(world, 2)
    for file in old.iterdir():
        shutil.copy(file, folder / file.name)
    with world.keeper():
        assert_nothing_works(world)


def test_a_last_checkpoint_of_another_key_is_refused(world: World) -> None:
    world.keeper_folder.last_signed.write_bytes(b"nothing that was ever signed\n")
    with world.keeper():
        assert_nothing_works(world)


def test_an_edited_member_is_refused(world: World) -> None:
    mine = member_seed("reviewer-a").signing_key.public.raw.hex()
    theirs = member_seed("reviewer-b").signing_key.public.raw.hex()
    change(
        world,
        'UPDATE entries SET entry = CAST(replace(CAST(entry AS TEXT), ?, ?) AS BLOB) WHERE "index" = 0',
        mine,
        theirs,
    )
    with world.keeper():
        assert_nothing_works(world)


def test_an_edited_head_is_refused(world: World) -> None:
    readings(world, 3)
    change(world, "UPDATE head SET size = 2")
    with world.keeper():
        assert_nothing_works(world)


def test_a_refused_entry_that_was_edited_into_a_done_one_is_refused(world: World) -> None:
    """Its signatures are right: only the tree knows that it was refused."""
    body = world.body("remove", "registrar", member=member_id("auditor")) | {"at": world.clock.unix() - 1000}
    key = member_seed("registrar").signing_key
    with world.keeper():
        keeper = Observed(world)
        assert keeper.refused(Statement.signed(body, {member_id("registrar"): key})) is Reason.STALE
        done = replace(keeper.entry(1), outcome="done", reason="")
    change(
        world,
        "UPDATE entries SET entry = ?, outcome = 'done', reason = '' WHERE \"index\" = 1",
        done.encode(),
    )
    with world.keeper():
        assert_nothing_works(world)


def test_another_tree_under_the_signed_head_is_refused(world: World) -> None:
    readings(world, 3)
    with closing(sqlite3.connect(database_file(world))) as connection:
        leaves = [
            row[0] for row in connection.execute("SELECT hash FROM nodes WHERE level = 0 ORDER BY position")
        ]
    tree = Frontier()
    for leaf in (*leaves[:3], bytes(32)):
        tree.append(leaf)
    change(world, "UPDATE nodes SET hash = ? WHERE level = 0 AND position = 3", bytes(32))
    change(world, "UPDATE head SET frontier = ?", b"".join(tree.peaks))
    with world.keeper():
        assert_nothing_works(world)


def test_a_log_that_goes_on_is_accepted(world: World) -> None:
    readings(world, 2)
    early = world.keeper_folder.last_signed.read_bytes()
    readings(world, 2)
    world.keeper_folder.last_signed.write_bytes(early)  # as after a crash between commit and this file
    readings(world, 1)
    with world.keeper():
        assert Observed(world).size() == 6


@pytest.mark.parametrize("name", ["keeper.key", "log.key"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_key_files_open_to_others_are_refused(world: World, name: str, mode: int) -> None:
    (world.settings.keeper_folder / name).chmod(mode)
    with pytest.raises(KeyFilesUnsafe, match="0600"), world.keeper():
        pass


@pytest.mark.parametrize("name", ["keeper.key", "log.key"])
def test_key_files_that_hold_no_key_are_refused_without_being_quoted(world: World, name: str) -> None:
    path = world.settings.keeper_folder / name
    path.write_text("CANARY-" + path.read_text())
    with pytest.raises(KeyFilesUnsafe) as refused, world.keeper():
        pass
    assert "CANARY" not in str(refused.value)
    assert refused.value.__context__ is None
    path.unlink()
    with pytest.raises(KeyFilesUnsafe, match="missing"), world.keeper():
        pass


def test_a_keeper_runs_once(world: World, keeper: Observed) -> None:
    with pytest.raises(AlreadyRunning), world.keeper():
        pass
    assert keeper.client.checkpoint()


def test_a_keeper_begins_once(world: World) -> None:
    database = world.open_database(world.settings.keeper_database_url)
    with pytest.raises(AlreadyInitialised):
        init_keeper(world.keeper_folder, database, "x/log", Founding([], [], []), world.clock)


def test_without_a_folder_there_is_no_keeper(tmp_path: Path) -> None:
    with pytest.raises(KeyFilesUnsafe, match="no keeper"), KeeperFolder(tmp_path / "none").held():
        pass


def test_without_a_ram_folder_it_does_not_listen(world: World) -> None:
    settings = replace(world.settings, ram=world.settings.data / "none")
    with pytest.raises(CannotListen), serving(settings, world.clock, 10):
        pass


def test_what_the_keeper_writes_is_its_owners_alone(world: World, keeper: Observed) -> None:
    folder = world.settings.keeper_folder
    keeper.client.append(world.sign("remove", "registrar", member=member_id("auditor")))
    files = [*(folder / name for name in ("keeper.key", "log.key", "last-signed", "lock"))]
    files += [
        world.settings.admin_socket,
        world.settings.public_socket,
        world.settings.admin_folder / "seen.json",
    ]
    for path in files:
        assert os.stat(path).st_mode & 0o777 == 0o600, path
