"""How many awards hide one another under each mint key: what redeeming goes by, and words for reporters.

The words never tell of this day: neither what was collected on it nor what came back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from tipline.keeper.rewards import awards as stored
from tipline.keeper.rewards.money import KeyRow, VoucherRow
from tipline.keeper.state import Draft
from tipline.rewards.amounts import split
from tipline.rewards.award import Award, AwardState
from tipline.rewards.pools import Pool, Sizes, may_grow
from tipline.rewards.rules import last_day_of_vouchers
from tipline.roster import Roster

FEW: Final = "few"
"""It redeems none now: too few awards would stay behind."""
THIN: Final = "thin"
"""It redeems, but few awards hide one another: its year is over, or two people opened it."""
ENOUGH: Final = "enough"
MANY: Final = "many"
_MANY_TIMES: Final = 4
"""So many times the least crowd are many."""

Key = tuple[int, int]


class Collected:
    """What was minted under each key on days that are over: it is the same all day, so it is counted once."""

    def __init__(self) -> None:
        self._day = date.min
        self._sizes: Mapping[Key, Sizes] = {}

    def under(self, key: Key, draft: Draft) -> Sizes:
        """How many awards have how many vouchers under a key.

        Raises:
            RowsChanged: an award's row is not as it was written, or is gone.
        """
        today = stored.log_day(draft)
        if self._day != today:
            every = stored.in_state(draft.connection, draft.rows, AwardState.COLLECTED)
            self._sizes, self._day = sizes_before(today, every, draft.roster), today
        return self._sizes.get(key, {})


def may_come_back(row: KeyRow, sizes: Sizes, least: int, today: date) -> bool:
    """Whether a voucher of this key may come back today, for the first time."""
    if row.opened or not may_grow(row.year, today):
        return True
    return Pool(sizes, row.presented).lets_go(1, least)


def sizes_before(today: date, awards: Iterable[Award], roster: Roster) -> dict[Key, Counter[int]]:
    """By key, how many awards that were collected on earlier days have how many vouchers."""
    sizes = defaultdict[Key, Counter[int]](Counter)
    for award in awards:
        if award.state is AwardState.COLLECTED and award.collected < today.isoformat():
            values = (value for value, _ in roster.mint_keys[award.year])
            for value, count in split(award.amount, values):
                sizes[award.year, value][count] += 1
    return dict(sizes)


def hidden_before(
    today: date, awards: Iterable[Award], vouchers: Iterable[VoucherRow], roster: Roster
) -> dict[Key, Pool]:
    """By key, the pool at the end of yesterday; of a year that is over, at the end of that year.

    What came back since then could have been of any award that had one out at that time.
    """
    sizes = sizes_before(today, awards, roster)
    back = Counter(
        (one.year, one.value)
        for one in vouchers
        if one.day < today.isoformat() and may_grow(one.year, date.fromisoformat(one.day))
    )
    keys = ((year, value) for year, keys in roster.mint_keys.items() for value, _ in keys)
    return {key: Pool(sizes.get(key, {}), back[key]) for key in keys}


def crowds(
    awards: Iterable[Award],
    keys: Iterable[KeyRow],
    vouchers: Iterable[VoucherRow],
    roster: Roster,
    today: date,
) -> list[dict[str, Any]]:
    """For the directory, of each key whose vouchers are good: {"year","value","size"}."""
    sizes = words_of(awards, keys, vouchers, roster, today)
    return [
        {"year": year, "value": value, "size": size}
        for (year, value), size in sorted(sizes.items())
        if today <= last_day_of_vouchers(year)
    ]


def words_of(
    awards: Iterable[Award],
    keys: Iterable[KeyRow],
    vouchers: Iterable[VoucherRow],
    roster: Roster,
    today: date,
) -> dict[Key, str]:
    """A word for each key."""
    pools, least = hidden_before(today, awards, vouchers, roster), roster.reward_rules.crowd
    opened = {(key.year, key.value) for key in keys if key.opened}
    return {
        key: _size(pool, least, is_free=key in opened or not may_grow(key[0], today))
        for key, pool in pools.items()
    }


def _size(pool: Pool, least: int, *, is_free: bool) -> str:
    if not is_free and not pool.lets_go(1, least):
        return FEW
    hidden = pool.hidden()
    if hidden < least:
        return THIN
    return MANY if hidden >= _MANY_TIMES * least else ENOUGH
