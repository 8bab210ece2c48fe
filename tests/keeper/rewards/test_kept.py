"""What the keeper has of rewards in memory: the same as when read anew, and no cover for a changed row."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.clocks import FixedClock
from tests.keeper.rewards.board import Board, board
from tests.keeper.rewards.known import lines_of
from tests.keeper.rewards.till import FIRST, SECOND, Granted, Till
from tests.world import NOON, member_id
from tipline.directory.types import open_directory
from tipline.keeper.digests.buckets import Changed
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.rewards import books, budgets, kept
from tipline.keeper.rewards.memory import InMemory
from tipline.keeper.rewards.money import all_keys
from tipline.keeper_client import KeeperStopped, KeeperUnavailable, Reason, Refused
from tipline.rewards.award import AwardState
from tipline.rewards.lines import Wanted

DAY = 86_400
AWARDS = 6


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Board]:
    """Six awards that were granted."""
    with board(tmp_path / "world", FixedClock(NOON)) as made:
        made.budget(500_000)
        for _ in range(AWARDS):
            made.approved(made.found(), 500)
        yield made


@pytest.fixture
def few_at_once(office: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows in one question, and three entries; what there is was read before."""
    monkeypatch.setattr(kept, "PAGE", 2)
    monkeypatch.setattr(kept, "PAGES_AT_FIRST", 1)
    monkeypatch.setattr(books, "AT_ONCE", 3)


def by_hand(office: Board, statement: str, *values: object) -> None:
    """What somebody does who may write the file."""
    path = office.world.keeper_folder.path / "keeper.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement, values).rowcount > 0


def asked(office: Board, times: int = 40) -> int:
    """Ask for the sums until they come; how often nothing came before."""
    for number in range(times):
        try:
            office.client.rewards.money()
        except KeeperStopped:
            raise
        except KeeperUnavailable:
            continue
        return number
    raise AssertionError("the keeper never comes to an end")


def ask_again(office: Board, times: int) -> None:
    """Ask for the sums so often."""
    for _ in range(times):
        office.client.rewards.money()


@pytest.mark.usefixtures("few_at_once")
def test_until_all_is_read_nothing_is_told_of_rewards_and_everything_else_goes_on(office: Board) -> None:
    world = office.world
    anew = InMemory(office.keeper.writer, office.keeper._database, office.keeper._log, office.keeper._clock)
    office.keeper._rewarding._memory = office.keeper._rewarding._selections._memory = anew
    office.keeper._directory = None
    with pytest.raises(KeeperUnavailable):
        office.client.rewards.money()
    note = office.client.directory()
    found = open_directory(note, world.verifier, world.settings.origin, world.settings.genesis)
    assert found.mint
    assert found.crowds == {}
    size = office.seen.size()
    office.propose(office.found())
    assert office.seen.size() > size
    assert asked(office) > 3
    told = open_directory(
        office.client.directory(), world.verifier, world.settings.origin, world.settings.genesis
    )
    assert told.crowds != {}


@pytest.mark.usefixtures("few_at_once")
def test_what_nobody_asked_for_yet_is_read_by_itself(office: Board) -> None:
    anew = InMemory(office.keeper.writer, office.keeper._database, office.keeper._log, office.keeper._clock)
    assert [anew._read_on() for _ in range(40)][-1]


@pytest.mark.usefixtures("few_at_once")
@pytest.mark.parametrize(
    "statement",
    [
        "update awards set file = replace(file, ':500,', ':900,') where tip = (select max(tip) from awards)",
        "delete from awards where tip = (select max(tip) from awards)",
        "update awards set state = 'expired' where tip = (select max(tip) from awards)",
    ],
)
def test_a_row_that_was_changed_behind_what_is_in_memory_is_found_within_a_round(
    office: Board, statement: str
) -> None:
    asked(office)
    by_hand(office, statement)
    with pytest.raises(KeeperStopped):
        ask_again(office, 2 * AWARDS)
    assert "rows-changed" in office.keeper.writer.alarms()


def test_rows_are_only_read_again_where_they_were_written(
    office: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(office)
    read: list[int] = []
    taken = kept.Kept._take_awards

    def counted(self: kept.Kept, found: Any, rows: Rows) -> None:
        read.append(len(found))
        taken(self, found, rows)

    monkeypatch.setattr(kept.Kept, "_take_awards", counted)
    office.approved(office.found(), 500)
    office.client.rewards.money()
    assert 0 < sum(read) < AWARDS


def test_rows_of_two_moments_are_looked_at_again(office: Board) -> None:
    """Else sums of one moment would be held against keys of another, and be red for nothing."""

    def meanwhile(connection: Connection, rows: Rows) -> None:
        rows.hashes.adopt(Changed({}, {}, rows.hashes.root, [("tries", (b"",))]))
        with pytest.raises(RowsChanged):
            kept.Kept().go_on(connection, rows)

    office.keeper.rewards.look(meanwhile)


def test_who_missed_too_much_reads_all_anew(office: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(office)
    monkeypatch.setattr("tipline.keeper.digests.buckets.MOST_WRITTEN", 1)
    before = office.keeper.rewards._kept.begun
    for _ in range(3):
        office.approved(office.found(), 500)
    assert [one.count for one in office.client.rewards.money().totals if one.state is AwardState.GRANTED] == [
        AWARDS + 3
    ]
    assert office.keeper.rewards._kept.begun > before


def state_of(memory: InMemory, office: Board) -> tuple[Any, ...]:
    """All that follows from what is in memory."""
    roster = office.client.roster()
    auditor = roster.members[next(one for one in roster.members if one == member_id("auditor"))]

    def found(connection: Connection, rows: Rows) -> tuple[Any, ...]:
        told = memory.at(connection, rows)
        years, keys = budgets.all_budgets(connection, rows), all_keys(connection, rows)
        different = memory.differences(keys, years)
        today = office.clock.today()
        pools = memory.pooled_at(connection, rows, today).pools(roster)
        return (
            told.select(None, auditor, roster),
            told.totals(),
            told.months(today),
            list(different),
            {key: (dict(pool.sizes), pool.back) for key, pool in pools.items()},
            sorted(award.index for award in told.fresh_awards),
            sorted(one.spent for one in told.fresh_vouchers),
        )

    return memory.look(found)


def test_what_is_brought_forward_is_what_is_read_anew(office: Board) -> None:
    """After each thing that happens: collecting, a day, a voucher back, payments, a cancelled award."""
    running, keeper = office.keeper.rewards, office.keeper

    def same() -> None:
        anew = InMemory(keeper.writer, keeper._database, keeper._log, keeper._clock)
        assert state_of(running, office) == state_of(anew, office)

    same()
    till = Till(office.world, office.keeper)
    till.points()
    granted = [(tip, office.approved(tip, 1_500)) for tip in (office.found() for _ in range(7))]
    vouchers = [one for tip, award in granted[:6] for one in till.mint(Granted(tip, office.award(award)))]
    same()
    for happens in happening(office, till, vouchers, granted[6][1]):
        happens()
        same()
    assert not state_of(running, office)[3]
    till.public.close()


def happening(office: Board, till: Till, vouchers: list[Any], award: int) -> Iterator[Callable[[], object]]:
    yield lambda: office.clock.advance(DAY)
    yield office.client.rewards.look
    yield lambda: office.clock.advance(60)
    pickup = till.redeem(vouchers[0])
    yield lambda: till.pay(pickup, FIRST)
    yield lambda: till.pay(pickup, SECOND)
    yield lambda: office.client.append(office.cancel(award))
    yield lambda: office.clock.advance(DAY)
    yield office.client.rewards.look
    yield lambda: office.clock.advance(200 * DAY)
    yield office.client.rewards.look


# ------------------------------------------------------------------ pages of one ledger


def test_pages_of_a_ledger_are_of_one_size_of_the_log_however_it_grows(office: Board) -> None:
    rewards, auditor = office.client.rewards, member_id("auditor")
    everything = lines_of(rewards, auditor)
    first = rewards.lines(auditor, Wanted(), 0, 3)
    office.approved(office.found(), 500)
    office.clock.advance(DAY)
    second = rewards.lines(auditor, Wanted(), 3, 50, first.size)
    assert [*first.lines, *second.lines] == list(everything.lines)
    assert second.sums == first.sums
    assert rewards.lines(auditor, Wanted(), 0, 50).size > first.size
    # Whoever does not say of which one asks for the present one: there a line stands elsewhere.
    assert [*first.lines, *rewards.lines(auditor, Wanted(), 3, 50).lines] != list(everything.lines)


def test_a_ledger_that_is_kept_no_longer_is_refused_and_not_made_up(
    office: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipline.keeper.rewards.selections.MOST_KEPT", 2)
    rewards, auditor = office.client.rewards, member_id("auditor")
    first = rewards.lines(auditor, Wanted(), 0, 3)
    for kind in ("granted", "paid"):
        rewards.lines(auditor, Wanted(kind=kind), 0, 3)
    for size in (first.size, first.size + 1):
        with pytest.raises(Refused) as refused:
            rewards.lines(auditor, Wanted(), 3, 3, size)
        assert refused.value.reason is Reason.STALE
