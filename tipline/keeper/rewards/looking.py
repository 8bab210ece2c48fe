"""What the keeper states of rewards once a day: days that are over, keys and awards that expired, grants."""

from collections.abc import Iterator

from tipline.keeper.asked import Asked, Due
from tipline.keeper.clockwork import Stated
from tipline.keeper.rewards import awards, budgets, day
from tipline.keeper.rewards.due import awards_due, is_known
from tipline.keeper.rewards.granting import grants
from tipline.keeper.rules.case import Granted
from tipline.keeper.state import Draft


def look(asked: Asked, draft: Draft) -> Iterator[Stated]:
    """State what there is; nothing is stated twice.

    The days come first: whoever replays the log must know that an award was collected before it would expire.
    What came back to the budget can be granted at once.
    """
    if asked.due is not None and is_known(asked.due, draft):
        yield from day.state(draft, asked.due)
        yield from _expired(draft, asked.due)
    yield from grants(draft)


def _expired(draft: Draft, due: Due) -> Iterator[Stated]:
    today = awards.log_day(draft)
    for award in awards_due(due, draft):
        if not award.is_expired(today):
            continue
        awards.put_told(draft, award.expired(today))
        budgets.give_back(draft.rows, today.year, award.amount)
        fields = {"award": award.index, "tip": award.tip, "amount": award.amount, "year": today.year}
        yield {"type": "reward-expired", **fields}, Granted()
