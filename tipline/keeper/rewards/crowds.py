"""How many awards hide one another under each mint key: what redeeming goes by, and words for reporters.

The words never tell of this day: neither what was collected on it nor what came back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tipline.keeper.digests.buckets import BucketHashes
from tipline.keeper.rewards.awards import log_day
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


@dataclass(frozen=True)
class Counted:
    """What was minted under each key on days before one: it is the same all day."""

    day: date
    sizes: Mapping[Key, Sizes]
    rows: BucketHashes
    """Of which rows it was counted; after two people took changed ones for right it is of others."""

    def holds(self, draft: Draft) -> bool:
        """Whether a batch may go by it."""
        return self.day == log_day(draft) and self.rows is draft.rows.hashes


class Pooled:
    """What was minted under each key on days that are over, and how many vouchers came back, counted once."""

    def __init__(self) -> None:
        self.day = date.min
        self.sizes: defaultdict[Key, Counter[int]] = defaultdict(Counter)
        """By key, how many awards have how many vouchers."""
        self._back: Counter[Key] = Counter()
        self._counted: set[bytes] = set()  # tips and vouchers
        self._awards: dict[bytes, Award] = {}  # collected on days that are not over, by tip
        self._vouchers: dict[bytes, VoucherRow] = {}  # that came back on days that are not over

    def take(self, awards: Mapping[bytes, Award], vouchers: Mapping[bytes, VoucherRow]) -> None:
        """Awards by tip, and vouchers by hash, which are new or were written anew."""
        for tip, award in awards.items():
            if award.state is AwardState.COLLECTED and tip not in self._counted:
                self._awards[tip] = award
        self._vouchers |= {spent: one for spent, one in vouchers.items() if spent not in self._counted}

    def count_until(self, today: date, keys: Mapping[int, Sequence[int]]) -> None:
        """Count what was of days before this one; `keys` are the values of each year."""
        self.day = today
        for tip, award in list(self._awards.items()):
            if award.collected < today.isoformat():
                del self._awards[tip]
                self._counted.add(tip)
                for value, size in split(award.amount, keys[award.year]):
                    self.sizes[award.year, value][size] += 1
        for spent, voucher in list(self._vouchers.items()):
            if voucher.day < today.isoformat():
                del self._vouchers[spent]
                self._counted.add(spent)
                # What came back later could have been of any award that had one out when the year ended.
                if may_grow(voucher.year, date.fromisoformat(voucher.day)):
                    self._back[voucher.year, voucher.value] += 1

    def pools(self, roster: Roster) -> dict[Key, Pool]:
        """By key, the pool at the end of yesterday; of a year that is over, at the end of that year."""
        keys = ((year, value) for year, keys in roster.mint_keys.items() for value, _ in keys)
        return {key: Pool(self.sizes.get(key, {}), self._back[key]) for key in keys}


def may_come_back(row: KeyRow, sizes: Sizes, least: int, today: date) -> bool:
    """Whether a voucher of this key may come back today, for the first time."""
    if row.opened or not may_grow(row.year, today):
        return True
    return Pool(sizes, row.presented).lets_go(1, least)


def crowds(
    pools: Mapping[Key, Pool], keys: Iterable[KeyRow], roster: Roster, today: date
) -> list[dict[str, Any]]:
    """For the directory, of each key whose vouchers are good: {"year","value","size"}."""
    return [
        {"year": year, "value": value, "size": size}
        for (year, value), size in sorted(words_of(pools, keys, roster, today).items())
        if today <= last_day_of_vouchers(year)
    ]


def words_of(
    pools: Mapping[Key, Pool], keys: Iterable[KeyRow], roster: Roster, today: date
) -> dict[Key, str]:
    """A word for each key."""
    least = roster.reward_rules.crowd
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
