"""`tipline log tiles`: a running keeper's log as files, under both signatures, and no word of a statement."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, update

from crypto.cosignatures import MldsaCosignatureVerifier, open_cosigned
from crypto.keys import SigningKey
from crypto.log_keys import LogVerifier
from crypto.notes import NoteVerifier
from crypto.statements import commitment
from tests.keeper.observed import Observed
from tests.keeper.process import environment
from tests.world import ORIGIN, World, request
from tipline.cli import program
from tipline.commands.rotating import rotate
from tipline.keeper import models


def tiles(world: World, *folder: str, **named: str) -> Result:
    return CliRunner().invoke(program, ["log", "tiles", *folder], env={**environment(world), **named})


def grow(world: World, keeper: Observed, entries: int) -> None:
    tip = world.seal_tip()
    for _ in range(entries):
        keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])


def test_without_a_folder_nothing_is_published(world: World, keeper: Observed) -> None:
    done = tiles(world)
    assert done.exit_code == 2
    assert "TIPLINE_TILES" in done.output


def test_without_a_keeper_nothing_is_published(world: World, tmp_path: Path) -> None:
    assert tiles(world, str(tmp_path / "tiles")).exit_code == 1
    assert not list((tmp_path / "tiles").iterdir())


def test_an_altered_database_is_not_published(world: World, keeper: Observed, tmp_path: Path) -> None:
    grow(world, keeper, 3)
    with world.open_database(world.settings.keeper_database_url).writing() as session:
        session.execute(update(models.entries).where(models.entries.c.index == 2).values(salt=bytes(32)))
    done = tiles(world, str(tmp_path / "tiles"))
    assert done.exit_code == 1
    assert "not the one in the tree" in done.output
    with world.open_database(world.settings.keeper_database_url).writing() as session:
        session.execute(delete(models.nodes).where(models.nodes.c.position == 1))
    assert tiles(world, str(tmp_path / "tiles")).exit_code == 1
    assert not (tmp_path / "tiles" / "checkpoint").exists()


@pytest.mark.parametrize("named", ["folder", "setting"])
def test_a_folder_follows_the_log_through_a_change_of_its_keys(
    world: World, tmp_path: Path, named: str
) -> None:
    path, pinned = tmp_path / "tiles", LogVerifier.parse(world.settings.log_key)
    named_by = ((str(path),), {}) if named == "folder" else ((), {"TIPLINE_TILES": str(path)})
    with world.keeper():
        grow(world, Observed(world), 3)
        assert tiles(world, *named_by[0], **named_by[1]).exit_code == 0
    rotate(world.settings, world.clock)
    with world.keeper():
        keeper = Observed(world)
        grow(world, keeper, 2)
        done = tiles(world, *named_by[0], **named_by[1])
        assert done.exit_code == 0, done.output
        size = keeper.size()
        roster = keeper.client.roster()
    pinned.follow(keeper.client.log_key.links)
    assert roster.log_key_pq
    second = MldsaCosignatureVerifier(ORIGIN, roster.log_key_pq)
    opened = open_cosigned((path / "checkpoint").read_bytes(), [pinned], [second])
    assert (opened.checkpoint.size, len(opened.by)) == (size, 1)
    assert len((path / f"tile/0/000.p/{size}").read_bytes()) == 32 * size


def test_no_word_of_a_statement_is_published(world: World, keeper: Observed, tmp_path: Path) -> None:
    grow(world, keeper, 2)
    assert tiles(world, str(tmp_path / "tiles")).exit_code == 0
    database = world.open_database(world.settings.keeper_database_url)
    with database.reading() as session:
        rows = session.execute(models.entries.select().order_by(models.entries.c.index)).all()
    published = (tmp_path / f"tiles/tile/entries/000.p/{len(rows)}").read_bytes()
    assert published == b"".join(b"\x00\x20" + commitment(row.salt, row.entry) for row in rows)
    everything = b"".join(path.read_bytes() for path in (tmp_path / "tiles").rglob("*") if path.is_file())
    for row in rows:
        assert row.salt not in everything
        assert row.entry[:40] not in everything


def test_what_was_published_can_be_checked_by_anybody(world: World, keeper: Observed, tmp_path: Path) -> None:
    grow(world, keeper, 2)
    path = tmp_path / "tiles"
    assert tiles(world, str(path)).exit_code == 0
    done = tiles(world, str(path), "--check", world.verifier.vkey)
    assert (done.exit_code, done.output.count("every tile")) == (0, 1)
    other = NoteVerifier(ORIGIN, SigningKey.from_seed(bytes(32)).public)
    assert tiles(world, str(path), "--check", other.vkey).exit_code == 1
    next(path.glob("tile/entries/000.p/*")).write_bytes(b"")
    done = tiles(world, str(path), "--check", world.verifier.vkey)
    assert done.exit_code == 1
    assert "another entry than its tile" in done.output
