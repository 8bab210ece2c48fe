"""The log key alone names no desk's key: what members signed must say the same."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from admin.directories import check_keys
from crypto.keys import Identity
from tests.clocks import FixedClock
from tests.world import NOON, World
from tipline.directory.errors import BadDirectory
from tipline.directory.types import Directory, open_directory
from tipline.ids import INTAKE
from tipline.roster import Roster

Pair = tuple[Directory, Roster]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with World.made(tmp_path / "world", FixedClock(NOON)) as world, world.keeper():
        client = world.client()
        note = client.directory()
        settings = world.settings
        yield open_directory(note, world.verifier, settings.origin, settings.genesis), client.roster()


def test_a_key_that_no_member_stated_is_refused(pair: Pair) -> None:
    directory, roster = pair
    intake = directory.desks[INTAKE]
    swapped = replace(intake, key=replace(intake.key, recipient=Identity.generate().recipient))
    with pytest.raises(BadDirectory):
        check_keys(replace(directory, desks={**directory.desks, INTAKE: swapped}), roster)


def test_another_keeper_is_refused(pair: Pair) -> None:
    directory, roster = pair
    with pytest.raises(BadDirectory):
        check_keys(replace(directory, keeper=Identity.generate().recipient), roster)


def test_the_keepers_own_directory_says_what_the_roster_says(pair: Pair) -> None:
    check_keys(*pair)
