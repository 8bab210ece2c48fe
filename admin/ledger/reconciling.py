"""Rows against log: every difference. What names a tip or a voucher, auditors alone see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tipline.rewards.reconciling import Difference, Where

_PRIVATE: Final = (Where.AWARD, Where.LOG)
_HASH: Final = 32
"""Hex digits from which on a name is the hash of a voucher or of a code."""
SHORT: Final = 12
"""Hex digits of it that are shown: enough to find its entry."""


@dataclass(frozen=True)
class Red:
    """A difference. `name` is an award's number, a year, a key as "year-value", or the begin of a hash.

    `rows` and `log` are what either says; empty where only auditors see it.
    """

    where: Where
    name: str
    rows: str
    log: str


def red_lines(differences: Iterable[Difference], *, in_full: bool) -> Sequence[Red]:
    """The differences; without `in_full` an award's particulars and hashes are left out."""
    return [_red(one, in_full=in_full) for one in differences]


def _red(one: Difference, *, in_full: bool) -> Red:
    is_hash = len(one.name) >= _HASH
    if in_full:
        return Red(one.where, f"{one.name[:SHORT]}…" if is_hash else one.name, one.rows, one.log)
    if is_hash or one.where in _PRIVATE:
        return Red(one.where, "" if is_hash else one.name, "", "")
    return Red(one.where, one.name, one.rows, one.log)
