"""Rows of awards and budgets that somebody wrote who may write the file: the keeper obeys none of them."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from crypto import canonical
from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.edited import said
from tests.keeper.rewards.board import Board, board_of
from tests.keeper.rewards.till import FIRST, till
from tests.keeper.worked import Stored, stored_of
from tests.world import NOON, World
from tipline.keeper.checking.errors import RowGone
from tipline.keeper.digests.anew import take_anew
from tipline.keeper.digests.rows import Rows
from tipline.keeper.errors import RolledBack
from tipline.keeper.rewards import awards, budgets
from tipline.keeper.state import Draft
from tipline.keeper_client import KeeperStopped, Refused
from tipline.rewards.award import AwardState


@pytest.fixture
def office(world: World, clock: FixedClock) -> Iterator[Board]:
    with board_of(world, clock) as made:
        made.budget(2_000)
        yield made


def by_hand(office: Board, statement: str, *values: object) -> None:
    """What somebody does who may write the file."""
    path = office.world.keeper_folder.path / "keeper.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement, values).rowcount > 0


def approve_by_hand(office: Board, award: int) -> None:
    """A row that says that two people approved."""
    known = office.award(award)
    file = canonical.encode(
        {
            "awards": [
                known.to_fields()
                | {"state": "approved", "approvers": [known.proposer], "approved": known.proposed}
            ]
        }
    )
    by_hand(office, "update awards set state = 'approved', file = ?", file)


def raise_budget(office: Board, _award: int) -> None:
    by_hand(office, "update budgets set amount = 500000")


def raise_amount(office: Board, award: int) -> None:
    file = canonical.encode({"awards": [office.award(award).to_fields() | {"amount": 500_000}]})
    by_hand(office, "update awards set file = ?", file)


def take_out(office: Board, _award: int) -> None:
    """Then the tip could be proposed a second time."""
    by_hand(office, "delete from awards")


def add_another(office: Board, award: int) -> None:
    """An award that nobody proposed."""
    fields = office.award(award).to_fields()
    file = canonical.encode({"awards": [fields | {"state": "approved", "tip": "aa" * 16, "index": 1}]})
    row = (bytes.fromhex("aa" * 16), 1, "approved", file)
    by_hand(office, 'insert into awards (tip, "index", state, file) values (?, ?, ?, ?)', *row)


def hide_from_the_count(office: Board, _award: int) -> None:
    by_hand(office, "update row_counts set count = 7 where of = 'awards/checked'")


HANDS: Final = (approve_by_hand, raise_budget, raise_amount, take_out, add_another, hide_from_the_count)


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.__name__)
def test_a_row_that_was_written_by_hand_stops_the_keeper(
    office: Board, hand: Callable[[Board, int], None]
) -> None:
    award = office.propose(office.found())
    office.client.append(office.checked(award))
    approval = office.approval(award)
    size = office.seen.size()
    hand(office, award)
    with pytest.raises(KeeperStopped):
        go_on(office, approval)
    entries = [office.seen.entry(index) for index in range(size, office.seen.size())]
    # Where the approval met its own row as it was, it counts; nothing that was written by hand is granted.
    assert {entry.statement.body["award"] for entry in entries} <= {award}


def go_on(office: Board, approval: Statement) -> None:
    """An approval, the daily look, and the board."""
    office.client.append(approval)
    office.client.rewards.look()
    office.known()


def test_an_approved_award_that_was_taken_out_is_missed_by_the_next_grant(office: Board) -> None:
    office.budget(0)
    office.approved(office.found())
    by_hand(office, "delete from awards")
    with pytest.raises(KeeperStopped):
        office.budget(2_000)


def test_counts_that_are_taken_anew_are_those_that_were_kept(office: Board) -> None:
    """Two people may let rows count as they are; then every question over several finds them all."""
    tip = office.found()
    office.client.append(office.cancel(office.propose(tip)))
    office.approved(tip)
    office.propose(office.found())
    office.approved(office.found(), 2_000)
    database = office.world.open_database(office.world.settings.keeper_database_url)
    with database.engine.connect() as connection:
        before = awards.everything(connection, Rows(connection, office.keeper.writer.memory.hashes))
        rows = Rows(connection, take_anew(connection))
        assert awards.everything(connection, rows) == before
        assert budgets.all_budgets(connection, rows).keys() == {2026}
        assert [len(awards.in_state(connection, rows, state)) for state in AwardState] == [
            *(1, 0, 1, 1, 0, 0, 0, 0, 0, 0)
        ]
        connection.rollback()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    """A keeper's database after vouchers came back and were paid."""
    clock = FixedClock(NOON)
    with till(tmp_path_factory.mktemp("lived") / "world", clock) as made:
        vouchers = made.crowd()
        made.pass_days(1)
        pickup = made.redeem(vouchers[0])
        with pytest.raises(Refused):
            made.look("000 000 0000")
        made.pay(pickup, FIRST)
        made.pass_days(1)
        made.client.rewards.look()
        stored = stored_of(made.world)
        yield stored


@pytest.mark.parametrize(
    "table", ["awards", "budgets", "mint_keys", "vouchers", "pickups", "tries", "reward_days"]
)
def test_a_row_of_money_that_is_gone_is_missed_and_its_table_named(
    lived: Stored, tmp_path: Path, table: str
) -> None:
    copy = Stored(Path(shutil.copy(lived.path, tmp_path / "keeper.db")), lived.seal)
    copy.check()
    copy.by_hand(f"DELETE FROM {table}")
    with pytest.raises(RowGone, match=rf"table {table}\b"):
        copy.check()


def test_awards_that_two_people_let_go_hide_nobody_from_then_on(tmp_path: Path) -> None:
    """The crowd is counted once a day: what was counted before they signed is not gone by."""
    with till(tmp_path / "world", FixedClock(NOON)) as one:
        vouchers = one.hidden(number=8)
        one.pass_days(1)
        one.redeem(vouchers[0])

        def by_hand(draft: Draft) -> None:
            statement = "DELETE FROM awards WHERE tip IN (SELECT tip FROM awards LIMIT 3)"
            draft.connection.execute(text(statement))

        def read(draft: Draft) -> None:
            awards.in_state(draft.connection, draft.rows, AwardState.COLLECTED)

        one.settle(by_hand)
        with pytest.raises(RolledBack):
            one.settle(read)
        one.client.acknowledge(said(one.world))
        with pytest.raises(Refused, match="crowd-too-small"):
            one.ask(vouchers[1])
