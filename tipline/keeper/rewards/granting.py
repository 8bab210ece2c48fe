"""Granting what is approved, as far as the year's budget has room: the keeper states it by itself.

In the order of the approvals. What does not fit waits, and a smaller one behind it may pass.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from crypto.statements import Statement
from tipline.keeper.clockwork import Stated
from tipline.keeper.rewards import awards, budgets
from tipline.keeper.rewards.eligible import is_found
from tipline.keeper.rules.case import Granted
from tipline.keeper.state import Draft
from tipline.rewards.amounts import BASE
from tipline.rewards.award import Award, AwardState

_MAKES_ROOM: Final = frozenset(("reward-approval", "reward-budget", "reward-cancel"))


def follows(statement: Statement, draft: Draft) -> Iterator[Stated]:
    """What is granted because of a statement that was just done, in the same batch."""
    if statement.body["type"] in _MAKES_ROOM:
        yield from grants(draft)


def grants(draft: Draft) -> Iterator[Stated]:
    """Set aside what fits, one statement for each award."""
    if not draft.rows.count(awards.count_of(AwardState.APPROVED)):
        return
    if budgets.budget_of(draft.rows, awards.log_day(draft).year).balance < BASE:
        return  # nothing fits: as a rule many wait only then
    waiting = awards.in_state(draft.connection, draft.rows, AwardState.APPROVED)
    for award in sorted(waiting, key=lambda one: one.approval):
        standing = draft.pins.tip(bytes.fromhex(award.tip))
        # Its outcome may have been taken back since: then it waits until that stands again, or is cancelled.
        if standing is not None and is_found(standing.case) and _takes(draft, award):
            yield _granted(draft, award)


def _takes(draft: Draft, award: Award) -> bool:
    """Take an award's amount out of this year's budget, if it is there."""
    year = awards.log_day(draft).year
    budget = budgets.budget_of(draft.rows, year)
    if budget.balance < award.amount:
        return False
    budgets.put_budget(draft.rows, year, replace(budget, granted=budget.granted + award.amount))
    return True


def _granted(draft: Draft, award: Award) -> Stated:
    day = awards.log_day(draft)
    granted = award.set_aside(day)
    awards.put_told(draft, granted)
    fields = {
        "type": "reward-grant",
        "award": granted.index,
        "tip": granted.tip,
        "claim": granted.claim,
        "amount": granted.amount,
        "year": day.year,
        "until": granted.until,
    }
    return fields, Granted()
