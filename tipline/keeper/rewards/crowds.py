"""How many awards hide one another under each mint key, in words that never tell of this day.

What hides a voucher is how many awards still have one out, not how many ever had: whoever comes when all
earlier ones have come back stands alone. Nobody knows whose came back, so the fewest there can be count.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from tipline.keeper.rewards.money import VoucherRow
from tipline.rewards.amounts import split
from tipline.rewards.award import Award, AwardState
from tipline.rewards.rules import last_day_of_vouchers
from tipline.roster import Roster

FEW: Final = "few"
"""Too few awards were ever collected: the key does not redeem."""
THIN: Final = "thin"
"""It redeems, but few awards may have a voucher out still."""
ENOUGH: Final = "enough"
MANY: Final = "many"
_MANY_TIMES: Final = 4
"""So many times the least crowd are many."""

Key = tuple[int, int]


def crowds(
    awards: Iterable[Award], vouchers: Iterable[VoucherRow], roster: Roster, today: date
) -> list[dict[str, Any]]:
    """For the directory, of each key whose vouchers are good: {"year","value","size"}.

    What was collected or came back today does not count: the words change with the day, and never within it.
    """
    minted: defaultdict[Key, list[int]] = defaultdict(list)
    for award in awards:
        if award.state is AwardState.COLLECTED and award.collected < today.isoformat():
            values = (value for value, _ in roster.mint_keys[award.year])
            for value, count in split(award.amount, values):
                minted[award.year, value].append(count)
    back = Counter((one.year, one.value) for one in vouchers if one.day < today.isoformat())
    least = roster.reward_rules.crowd
    return [
        {"year": year, "value": value, "size": _size(minted[year, value], back[year, value], least)}
        for year, keys in sorted(roster.mint_keys.items())
        if today <= last_day_of_vouchers(year)
        for value, _ in keys
    ]


def _size(minted: list[int], back: int, least: int) -> str:
    if len(minted) < least:
        return FEW
    hidden = _fewest(minted, sum(minted) - back)
    if hidden < least:
        return THIN
    return MANY if hidden >= _MANY_TIMES * least else ENOUGH


def _fewest(minted: Iterable[int], out: int) -> int:
    """Of how many awards so many vouchers must be at least, when each has so many."""
    awards = 0
    for count in sorted(minted, reverse=True):
        if out <= 0:
            break
        awards, out = awards + 1, out - count
    return awards
