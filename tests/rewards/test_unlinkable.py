"""Nobody finds out whose a voucher is, whatever they have; and whoever looks so hard would find a leak.

An adversary who guesses blindly is taken for a finder less than once in 10,000 runs: each of some 4,000 ways
of guessing is right N times with a chance of e^-1/N!, and two unrelated orders of a thousand agree by six
standard deviations with one of 2e-9.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.clocks import FixedClock
from tests.keeper.rewards.till import till
from tests.rewards.adversary import Guess, guesses
from tests.rewards.clues import look
from tests.rewards.many_awards import AWARDS, Lives, SeenRequest, View, live
from tests.rewards.quick_keys import quick_mint
from tests.world import NOON

MOST_RIGHT: Final = 13
MOST_AGREEING: Final = 6.0
PRESENTED: Final = "entries.entry.body.presented["
Plant = Callable[[Lives, sqlite3.Connection], View]


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    folder = tmp_path_factory.mktemp("awards") / "world"
    with quick_mint(), till(folder, FixedClock(NOON)) as made:
        yield live(made, "two thousand lives")


def finders(found: list[Guess]) -> list[Guess]:
    """The ways of guessing that are better than chance."""
    return [guess for guess in found if guess.right > MOST_RIGHT or abs(guess.agree) > MOST_AGREEING]


# -------------------------------------------------------------------- plants


def an_index(lives: Lives, keeper: sqlite3.Connection) -> View:
    """The row of a voucher has a number that grows with that of its award."""
    number = dict(keeper.execute('SELECT tip, "index" FROM awards').fetchall())
    _add(keeper, "vouchers", "spent", {spent: 3 * number[tip] + 7 for spent, tip in lives.owner.items()})
    return lives.view


def a_second(lives: Lives, keeper: sqlite3.Connection) -> View:
    """Both rows have the second of the mint."""
    second = {tip: 1_790_000_000 + 97 * place for place, tip in enumerate(lives.in_order)}
    _add(keeper, "awards", "tip", second)
    _add(keeper, "vouchers", "spent", {spent: second[tip] for spent, tip in lives.owner.items()})
    return lives.view


def an_order(lives: Lives, keeper: sqlite3.Connection) -> View:
    """The row of a voucher tells in which order they were made; of awards only the day is known."""
    _add(keeper, "vouchers", "spent", {spent: place for place, spent in enumerate(lives.owner)})
    return lives.view


def a_hash(lives: Lives, keeper: sqlite3.Connection) -> View:
    """A voucher lies where its tip's hash lies."""
    near = {spent: sha256(tip).digest()[:4] + spent[:4] for spent, tip in lives.owner.items()}
    _add(keeper, "vouchers", "spent", near)
    return lives.view


def a_journal(lives: Lives, keeper: sqlite3.Connection) -> View:
    """A forgotten table has both."""
    keeper.execute("CREATE TABLE journal (line TEXT)")
    lines = [(f'{{"tip":"{tip.hex()}","spent":"{spent.hex()}"}}',) for spent, tip in lives.owner.items()]
    keeper.executemany("INSERT INTO journal VALUES (CAST(? AS BLOB))", lines)
    return lives.view


def no_blinding(lives: Lives, keeper: sqlite3.Connection) -> View:
    """A client that multiplies by one: the mint signs what it will see again."""
    signatures: dict[bytes, tuple[SeenRequest, ...]] = {}
    for spent, tip in lives.owner.items():
        voucher = lives.view.presented[spent]
        seen = SeenRequest(voucher.value, voucher.signature, voucher.signature)
        signatures[tip] = (*signatures.get(tip, ()), seen)
    return replace(lives.view, requests=signatures)


def _add(
    keeper: sqlite3.Connection, table: str, name: str, said: dict[bytes, int] | dict[bytes, bytes]
) -> None:
    keeper.execute(f"ALTER TABLE {table} ADD COLUMN planted")
    rows = [(clue, key) for key, clue in said.items()]
    keeper.executemany(f"UPDATE {table} SET planted = ? WHERE {name} = ?", rows)


PLANTS: Final = (an_index, a_second, an_order, a_hash, a_journal, no_blinding)


# --------------------------------------------------------------------- rules


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_the_adversary_finds_a_leak_where_there_is_one(lives: Lives, tmp_path: Path, plant: Plant) -> None:
    leaky = tmp_path / "keeper.db"
    shutil.copy(lives.view.keeper, leaky)
    with closing(sqlite3.connect(leaky)) as connection:
        view = plant(lives, connection)
        connection.commit()
    found = finders(guesses(replace(view, keeper=leaky), lives.owner, Random("leak")))
    assert any(guess.right > 2 * MOST_RIGHT or guess.agree > 2 * MOST_AGREEING for guess in found)


def test_no_voucher_is_linked_to_its_tip_better_than_by_chance(lives: Lives) -> None:
    found = guesses(lives.view, lives.owner, Random("no leak"))
    assert finders(found) == []


def test_the_adversary_looks_at_everything_there_is(lives: Lives) -> None:
    assert len(lives.in_order) == AWARDS
    known = look(lives.view)
    for clue in (
        *("awards.index", "awards.file.awards.collected", "awards.file.awards.digest", "tips.#", "hash"),
        *("awards.file.awards.proof", "entries.entry.body.collected[][] place"),
        *("collected.sealed", "keeper.db first place"),
    ):
        assert set(lives.in_order) <= known.awards[clue].keys(), clue
    for clue in (
        *("vouchers.day", "vouchers.#", "pickups.pickup", "hash", "keeper.db last place"),
        "entries.entry.body.day",
    ):
        assert lives.owner.keys() == known.vouchers[clue].keys(), clue
    # Of a day that is told in parts the last one may name a single key: then a list less is around.
    placed = [clue for name, clue in known.vouchers.items() if name.startswith(PRESENTED)]
    assert lives.owner.keys() == set().union(*placed)
