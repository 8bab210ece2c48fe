"""The years' budgets: what is set, granted, returned and left, what waits, and proposing another amount."""

from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from admin.rewards.errors import KeysNotMade, NoBudget, NoYear, OverBudget
from admin.rewards.handlers import BUDGET
from admin.rewards.joint import propose
from admin.rewards.known import budget_of, office_of
from admin.rewards.money import read_yuan
from admin.rewards.offers import seconds
from admin.visit import Visit
from tipline.keeper_client import KeeperUnavailable
from tipline.keeper_client.rewards import Budget
from tipline.roster.types import APPROVER, LEADER, VERIFIER


@dataclass(frozen=True)
class BudgetPage:
    """The page; amounts in yuan. `waiting` is what is approved and not granted, `missing` what it lacks."""

    years: Sequence[Budget]
    this_year: int
    waiting: int
    missing: int
    count: int
    others: Sequence[str]

    @property
    def offered(self) -> tuple[int, int]:
        """The years whose budget can be set."""
        return self.this_year, self.this_year + 1


def budget_page(visit: Visit) -> BudgetPage:
    """What stands on the page.

    Raises:
        KeeperError: the keeper does not answer.
    """
    office = office_of(visit)
    count, waiting = visit.services.keeper.rewards.approved()
    years = sorted(office.budgets, key=lambda one: -one.year)
    return BudgetPage(
        years=years,
        this_year=office.today.year,
        waiting=waiting,
        missing=max(waiting - office.budget.balance, 0),
        count=count,
        others=seconds(visit, APPROVER, (LEADER, VERIFIER)),
    )


def set_budget(visit: Visit, page: BudgetPage, form: MultiDict[str, str]) -> None:
    """Propose a year's budget; the year's mint keys are made first.

    Raises:
        RewardError: it was not proposed; the sentence says why.
        SecondLookNeeded: the member must be asked first.
        KeeperError: the keeper does not answer.
    """
    year = next((one for one in page.offered if str(one) == form.get("year", "")), None)
    if year is None:
        raise NoYear
    amount = read_yuan(form.get("amount", ""))
    if amount is None:
        raise NoBudget
    known = budget_of(page.years, year)
    if amount < known.granted - known.returned:
        raise OverBudget
    try:
        visit.services.keeper.paying.make_keys(year)
    except KeeperUnavailable as error:
        raise KeysNotMade from error  # it goes on by itself; where the keeper is away, so is this page
    propose(visit, BUDGET, {"year": year, "amount": amount}, form, page.others)
