"""A database restored to an hour ago: the keeper names both heads and waits for two people."""

import shutil
import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest

from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.test_acknowledging import acknowledgement, head, works
from tests.keeper.test_joint import verify
from tests.keeper.test_rollback import database_file
from tests.world import World, request
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.export import ExportWriter
from tipline.evidence.verify import verify_export
from tipline.keeper_client import KeeperStopped

HOUR = 3_600


def an_hour_of_work(world: World, clock: FixedClock) -> Path:
    """A copy of the database from before it."""
    old = world.settings.data / "an-hour-ago.db"
    with world.keeper():
        keeper = Observed(world)
        works(world, keeper)
        keeper.client.roster()
        with closing(sqlite3.connect(database_file(world))) as source, closing(sqlite3.connect(old)) as copy:
            source.backup(copy)
        clock.advance(HOUR)
        for _ in range(5):
            works(world, keeper)
    return old


def stops(world: World, keeper: Observed) -> str:
    tip = world.seal_tip()
    with pytest.raises(KeeperStopped) as stopped:
        keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    return str(stopped.value)


def settle(world: World, keeper: Observed) -> None:
    heads = keeper.client.heads()
    assert heads is not None
    keeper.client.acknowledge(acknowledgement(world, dict(heads.lost), dict(heads.found)))
    works(world, keeper)
    assert verify(world, keeper.client).size == keeper.size()


def test_a_keeper_started_on_a_database_of_an_hour_ago_names_both_heads_and_waits_for_two(
    world: World, clock: FixedClock
) -> None:
    found_size = 2
    old = an_hour_of_work(world, clock)
    lost = head(world)
    shutil.copy(old, database_file(world))
    with world.keeper():
        keeper = Observed(world)
        said = stops(world, keeper)
        assert "was rolled back" in said
        assert f"Signed last: {lost['size']} entries, root {lost['root'][:16]}" in said
        assert f"Found: {found_size} entries" in said
        assert "Put the newest copy of the keeper's database back" in said
        assert "two members, one of them an auditor, sign at /log/heads" in said
        assert keeper.size() == found_size
        settle(world, keeper)


def test_a_database_of_an_hour_ago_put_under_a_running_keeper_is_seen_at_the_next_request(
    world: World, clock: FixedClock
) -> None:
    old = an_hour_of_work(world, clock)
    with world.keeper():
        keeper = Observed(world)
        works(world, keeper)
        with (
            closing(sqlite3.connect(old)) as source,
            closing(sqlite3.connect(database_file(world))) as target,
        ):
            source.backup(target)
        assert "was rolled back" in stops(world, keeper)
        settle(world, keeper)


def test_the_newest_copy_put_back_needs_nobodys_signature(world: World, clock: FixedClock) -> None:
    old = an_hour_of_work(world, clock)
    newest = world.settings.data / "newest.db"
    shutil.copy(database_file(world), newest)
    shutil.copy(old, database_file(world))
    with world.keeper():
        stops(world, Observed(world))
    shutil.copy(newest, database_file(world))
    with world.keeper():
        works(world, Observed(world))


def test_an_export_from_before_tells_that_entries_are_missing(world: World, clock: FixedClock) -> None:
    """Whoever kept a checkpoint sees the rollback, however many people acknowledged it."""
    old = an_hour_of_work(world, clock)
    with world.keeper():
        kept = world.client().checkpoint()
    shutil.copy(old, database_file(world))
    with world.keeper():
        keeper = Observed(world)
        stops(world, keeper)
        settle(world, keeper)
        for _ in range(6):
            works(world, keeper)
        _verify_against(world, kept)


def _verify_against(world: World, kept: bytes) -> None:
    export, file = world.operator().export(), BytesIO()
    writer = ExportWriter(file)
    writer.header(world.settings.origin, world.settings.genesis)
    for index, salt, entry in export:
        writer.entry(index, salt, entry)
    writer.finish(export.checkpoint)
    file.seek(0)
    with pytest.raises(VerificationFailed):
        verify_export(file, log_key=world.verifier, old_checkpoint=kept, progress=None)
