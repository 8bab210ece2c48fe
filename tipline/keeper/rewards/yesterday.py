"""What may leave the keeper of today: nothing that happens without an entry.

Whoever may open the board could load it again and again: what changed between two looks would tell the minute
in which a reporter collected, or somebody came for a pickup code. So both show when their day is over.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from tipline.keeper.rewards.money import KeyRow, VoucherRow
from tipline.rewards.amounts import split
from tipline.rewards.award import Award, AwardState
from tipline.roster import Roster

Key = tuple[int, int]


def awards_told(awards: Iterable[Award], today: str) -> list[Award]:
    """Awards as they stood before anybody collected today (ISO)."""
    return [_not_collected(award) if _is_of(award, today) else award for award in awards]


def keys_told(
    keys: Iterable[KeyRow],
    awards: Iterable[Award],
    vouchers: Iterable[VoucherRow],
    roster: Roster,
    today: str,
) -> list[KeyRow]:
    """What each key had minted before today, and how many of its vouchers had come back that are told."""
    minted, crowd = Counter[Key](), Counter[Key]()
    for award in awards:
        if _is_of(award, today):
            for value, count in split(award.amount, (value for value, _ in roster.mint_keys[award.year])):
                minted[award.year, value] += count
                crowd[award.year, value] += 1
    untold = Counter((one.year, one.value) for one in vouchers if not _is_told(one, today))
    return [
        key._replace(
            minted=key.minted - minted[key.year, key.value],
            awards=key.awards - crowd[key.year, key.value],
            presented=key.presented - untold[key.year, key.value],
        )
        for key in keys
    ]


def vouchers_told(vouchers: Iterable[VoucherRow], today: str) -> list[VoucherRow]:
    """Vouchers that came back before today, or whose payment a clerk has confirmed: that stands in the log.

    Until then neither point nor last day is told: asking anew for a code changes both.
    """
    return [
        one if _is_confirmed(one, today) else one._replace(point="", until="", first="")
        for one in vouchers
        if _is_told(one, today)
    ]


def _is_told(voucher: VoucherRow, today: str) -> bool:
    return voucher.day < today or _is_confirmed(voucher, today)


def _is_confirmed(voucher: VoucherRow, today: str) -> bool:
    """Whether it is paid, or a clerk's first word for it counts today."""
    return bool(voucher.paid_day) or (bool(voucher.first) and voucher.first_day == today)


def _is_of(award: Award, today: str) -> bool:
    return award.state is AwardState.COLLECTED and award.collected >= today


def _not_collected(award: Award) -> Award:
    return replace(award, state=AwardState.GRANTED, collected="", year=0, digest="", proof="")
