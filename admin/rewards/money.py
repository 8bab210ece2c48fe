"""Amounts of money as people type and read them: whole yuan."""

from typing import Final

from werkzeug.datastructures import MultiDict

from admin.rewards.errors import NoAmount
from tipline.rewards.amounts import BASE, is_amount

MOST_BUDGET: Final = 1_000_000_000
_LEFT_OUT: Final = str.maketrans("０１２３４５６７８９", "0123456789", ",，  \u00a0元¥￥")


def read_amount(form: MultiDict[str, str]) -> int:
    """The amount of an award, typed with or without commas.

    Raises:
        NoAmount: none, or none that an award can be.
    """
    amount = read_yuan(form.get("amount", ""))
    if amount is None or not is_amount(amount):
        raise NoAmount
    return amount


def read_yuan(text: str) -> int | None:
    """Whole yuan, a multiple of `BASE`; None for anything else."""
    digits = text.translate(_LEFT_OUT)
    if not digits.isascii() or not digits.isdigit() or len(digits) > len(str(MOST_BUDGET)):
        return None
    amount = int(digits)
    return amount if amount <= MOST_BUDGET and amount % BASE == 0 else None


def yuan(amount: int) -> str:
    """An amount with its thousands apart, as it stands on the pages."""
    return f"{amount:,}"
