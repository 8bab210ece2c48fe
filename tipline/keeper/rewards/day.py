"""What the keeper states of money once a day: what was collected and presented on days that are over.

Sorted, so that no order is told, and by the day, so that no hour is. And, once a key's vouchers are good no
longer, that what was never paid goes back to the budget of that year.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from tipline.keeper.asked import Due
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import REWARD_DAYS
from tipline.keeper.rewards import budgets
from tipline.keeper.rewards.awards import log_day
from tipline.keeper.rewards.due import awards_due, vouchers_due
from tipline.keeper.rewards.money import VoucherRow, all_keys, put_key
from tipline.keeper.rules.case import Granted
from tipline.keeper.state import Draft
from tipline.rewards import days
from tipline.rewards.amounts import split
from tipline.rewards.award import Award, AwardState
from tipline.rewards.rules import last_day_of_vouchers

Stated = tuple[Mapping[str, Any], Granted]
"""The fields of a statement, and that it grants nothing."""
_ID: Final = 1


def state(draft: Draft, due: Due) -> Iterator[Stated]:
    """Each day that is over and was not told, if there is anything: a `reward-day`, or several; expired keys.

    Raises:
        RowsChanged: a row is not as it was written, or is gone.
    """
    today = log_day(draft)
    collected, presented = _new(draft, due, today)
    for day in sorted({*collected, *presented}):
        draft.rows.put(REWARD_DAYS, [{"id": _ID, "day": day}])
        named = [(award.index, award.proof) for award in collected[day]]
        back = [(voucher.year, voucher.value, voucher.spent.hex()) for voucher in presented[day]]
        for told in days.stated(day, named, _minted(draft, collected[day]), back):
            yield told, Granted()
    yield from _expired(draft, today)


def told_until(rows: Rows) -> str:
    """The last day that a `reward-day` covers, ISO; "" before the first.

    Raises:
        RowsChanged: the row is not as it was written.
    """
    row = rows.one(REWARD_DAYS, _ID)
    return "" if row is None else str(row[1])


def _new(
    draft: Draft, due: Due, today: date
) -> tuple[defaultdict[str, list[Award]], defaultdict[str, list[VoucherRow]]]:
    """By day, the awards collected and the vouchers presented since the last statement, today's left out."""
    told = told_until(draft.rows)
    collected, presented = defaultdict[str, list[Award]](list), defaultdict[str, list[VoucherRow]](list)
    for award in awards_due(due, draft):
        if award.state is AwardState.COLLECTED and told < award.collected < today.isoformat():
            collected[award.collected].append(award)
    for voucher in vouchers_due(due, draft):
        if told < voucher.day < today.isoformat():
            presented[voucher.day].append(voucher)
    return collected, presented


def _minted(draft: Draft, collected: list[Award]) -> list[days.Minted]:
    counts = Counter[tuple[int, int]]()
    for award in collected:
        values = (value for value, _ in draft.roster.mint_keys[award.year])
        counts.update({(award.year, value): count for value, count in split(award.amount, values)})
    return [(year, value, count) for (year, value), count in counts.items()]


def _expired(draft: Draft, today: date) -> Iterator[Stated]:
    for key in all_keys(draft.connection, draft.rows):
        if key.expired or today <= last_day_of_vouchers(key.year):
            continue
        returned = (key.minted - key.paid) * key.value
        put_key(draft.rows, key._replace(expired=1, returned=returned))
        budgets.give_back(draft.rows, today.year, returned)
        named = {"year": key.year, "value": key.value, "minted": key.minted, "paid": key.paid}
        yield {"type": "key-expired", **named, "returned": returned, "to": today.year}, Granted()
