"""The rules of rewards, as a form asks for them: the statement that a registrar and an approver sign."""

from collections.abc import Sequence
from typing import Final

from werkzeug.datastructures import MultiDict

from admin.members.changes import Asked
from admin.places.errors import NothingNew
from admin.rewards.errors import WrongBounds, WrongNumber, WrongValues
from admin.rewards.money import read_yuan
from tipline.rewards.amounts import BASE, MOST, is_amount
from tipline.rewards.rules import RewardRules
from tipline.rewards.scoring import Tier
from tipline.roster.rewards import LEAST_CROWD, MOST_CROWD, MOST_VALUES, write_reward_rules

NUMBERS: Final = {"limit": (0, MOST), "crowd": (LEAST_CROWD, MOST_CROWD), "share": (1, 100)}
"""Fields with one number, and what it may be."""
FIELDS: Final = (
    "values",
    *NUMBERS,
    *(f"{end}_{tier.value}" for tier in Tier for end in ("low", "high")),
)
"""What the form has; all of it is typed."""

Form = MultiDict[str, str]


def read_rules(form: Form, present: RewardRules) -> Asked:
    """The rules as they shall be from now on.

    Raises:
        MembersError: a field cannot be taken.
    """
    shall = RewardRules(
        values=tuple(_values(form.get("values", ""))),
        bounds={tier: _bounds(form, tier) for tier in Tier},
        **{name: _number(form, name) for name in NUMBERS},
    )
    if shall == present:
        raise NothingNew
    return "reward-rules", {"rules": write_reward_rules(shall)}


def shown_rules(rules: RewardRules) -> dict[str, str]:
    """The rules as the form's fields hold them."""
    bounds = {
        f"{end}_{tier.value}": str(amount)
        for tier in Tier
        for end, amount in zip(("low", "high"), rules.bounds[tier], strict=True)
    }
    numbers = {name: str(getattr(rules, name)) for name in NUMBERS}
    return {"values": " ".join(map(str, rules.values)), **numbers, **bounds}


def _values(text: str) -> Sequence[int]:
    amounts = [read_yuan(word) for word in text.replace("，", " ").replace("、", " ").split()]
    values = sorted({amount for amount in amounts if amount is not None and is_amount(amount)})
    if len(values) != len(amounts) or BASE not in values or len(values) > MOST_VALUES:
        raise WrongValues
    return values


def _bounds(form: Form, tier: Tier) -> tuple[int, int]:
    low, high = (read_yuan(form.get(f"{end}_{tier.value}", "")) for end in ("low", "high"))
    if low is None or high is None or not is_amount(low) or not is_amount(high) or low > high:
        raise WrongBounds(f"low_{tier.value}")
    return low, high


def _number(form: Form, name: str) -> int:
    text, (low, high) = form.get(name, "").strip().replace(",", ""), NUMBERS[name]
    if not text.isascii() or not text.isdigit() or len(text) > len(str(MOST)) or not low <= int(text) <= high:
        raise WrongNumber(name, low, high)
    return int(text)
