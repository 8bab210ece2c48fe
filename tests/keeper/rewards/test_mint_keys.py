"""The keys of vouchers: on disk before anybody knows them, the same for everybody, once a year."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.blind_rsa import MintKey
from tests.clocks import FixedClock
from tests.keeper.rewards.till import YEAR, Till, lay_keys, mint_key
from tests.world import NOON, World
from tipline.keeper.rewards.money import all_keys
from tipline.keeper.snapshots import look
from tipline.keeper_client import KeeperUnavailable, Refused
from tipline.rewards.amounts import VALUES


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Till]:
    """One whose keys are not published yet."""
    with World.made(tmp_path / "world", FixedClock(NOON)) as world, world.keeper() as keeper:
        lay_keys(world)
        made = Till(world, keeper)
        yield made
        made.public.close()


def test_keys_are_made_for_this_year_and_the_next_and_no_other(one: Till) -> None:
    for year in (YEAR - 1, YEAR + 2):
        with pytest.raises(Refused, match="wrong-day"):
            one.client.paying.make_keys(year)
    assert one.client.roster().mint_keys == {}


def test_no_member_publishes_keys(one: Till) -> None:
    named = [{"value": value, "n": mint_key(YEAR, value).public.n_hex} for value in VALUES]
    statement = one.world.sign("mint-keys", "registrar", year=YEAR, keys=named)
    one.seen.refused(statement)
    assert one.client.roster().mint_keys == {}


def test_the_keys_of_a_year_stand_in_log_roster_and_tables_once(one: Till) -> None:
    one.client.paying.make_keys(YEAR)
    size = one.seen.size()
    one.client.paying.make_keys(YEAR)
    assert one.seen.size() == size
    body = one.seen.entry(size - 1).statement.body
    assert (body["type"], body["year"], body["by"]) == ("mint-keys", YEAR, ["keeper"])
    assert [key["value"] for key in body["keys"]] == list(VALUES)
    named = tuple((value, mint_key(YEAR, value).public.n_hex) for value in VALUES)
    assert one.client.roster().mint_keys == {YEAR: named}
    rows = look(one.keeper.writer, one.keeper._database, all_keys)
    assert [(row.year, row.value, row.minted) for row in rows] == [(YEAR, value, 0) for value in VALUES]


def test_private_keys_are_the_keepers_alone_and_older_than_their_statement(
    one: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = one.world.keeper_folder.mint
    for path in folder.iterdir():
        path.unlink()
    made: list[MintKey] = []

    def generate() -> MintKey:
        assert one.client.roster().mint_keys == {}
        made.append(mint_key(YEAR, VALUES[len(made)]))
        return made[-1]

    monkeypatch.setattr(MintKey, "generate", generate)
    one.client.paying.make_keys(YEAR)
    assert len(made) == len(VALUES)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = MintKey.from_pem((folder / f"{YEAR}-500.pem").read_bytes())
    assert kept.public.n_hex == dict(one.client.roster().mint_keys[YEAR])[500]


def test_a_private_key_that_others_can_read_is_not_published(one: Till) -> None:
    path = one.world.keeper_folder.mint / f"{YEAR}-500.pem"
    path.chmod(0o640)
    with pytest.raises(KeeperUnavailable, match="private key"):
        one.client.paying.make_keys(YEAR)
    assert one.client.roster().mint_keys == {}


def test_the_next_years_keys_are_made_in_december_where_there_are_any(one: Till) -> None:
    lay_keys(one.world, YEAR + 1)
    keys = one.keeper._cash.keys
    one.pass_days(280)
    keys.make_due()
    assert one.client.roster().mint_keys == {}  # nobody uses rewards here yet
    one.client.paying.make_keys(YEAR)
    keys.make_due()
    assert set(one.client.roster().mint_keys) == {YEAR, YEAR + 1}
    size = one.seen.size()
    keys.make_due()
    assert one.seen.size() == size
