"""The budget of each year as a row: what was set, what was granted out of it, what came back to it."""

from dataclasses import asdict, replace
from typing import Final

from sqlalchemy import Connection, select

from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import BUDGETS
from tipline.keeper.prepared import Prepared
from tipline.rewards.ledger import Budget

_BUDGETS: Final = Prepared(select(*BUDGETS.all_columns).order_by(BUDGETS.table.c.year))


def budget_of(rows: Rows, year: int) -> Budget:
    """A year's budget; nothing where nobody has set it.

    Raises:
        RowsChanged: its row is not as it was written, or is gone.
    """
    row = rows.one(BUDGETS, year)
    return Budget() if row is None else Budget(*row[1:])


def put_budget(rows: Rows, year: int, budget: Budget) -> None:
    """Write a year's budget.

    Raises:
        RowsChanged: as `budget_of`.
    """
    if rows.one(BUDGETS, year) is None:
        rows.count_one_more(BUDGETS.name)
    rows.put(BUDGETS, [{"year": year, **asdict(budget)}])


def give_back(rows: Rows, year: int, amount: int) -> None:
    """What expired or was cancelled goes to the budget of the year in which that happens.

    Raises:
        RowsChanged: as `budget_of`.
    """
    budget = budget_of(rows, year)
    put_budget(rows, year, replace(budget, returned=budget.returned + amount))


def all_budgets(connection: Connection, rows: Rows) -> dict[int, Budget]:
    """The budget of each year that has one.

    Raises:
        RowsChanged: one is not as it was written, or is gone.
    """
    found = _BUDGETS.run(connection, {}).fetchall()
    rows.check(BUDGETS, found)
    if len(found) != rows.count(BUDGETS.name):
        raise RowsChanged(BUDGETS.name)
    return {row[0]: Budget(*row[1:]) for row in found}
