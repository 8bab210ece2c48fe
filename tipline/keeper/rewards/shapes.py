"""The fields of what people state about rewards. What changes the roster is checked there in depth."""

from collections.abc import Mapping
from typing import Any, Final

from tipline.keeper.forms import (
    Check,
    is_day,
    is_hash,
    is_id,
    is_id_or_none,
    is_item,
    is_letter_or_none,
    is_name,
    is_object,
    is_reason,
    is_truth,
    one_of,
    one_of_words,
    whole,
)
from tipline.rewards.amounts import MOST
from tipline.rewards.scoring import MOST_SCORE, Duty, Factor, Major, Novelty, Tier
from tipline.tips.moves import Outcome

MAX_BUDGET: Final = 10**9  # yuan in a year


def _are_major(value: Any) -> bool:
    if not isinstance(value, list) or not all(map(one_of_words([one.value for one in Major]), value)):
        return False
    return bool(value == sorted(set(value)))


def _are_scores(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {factor.value for factor in Factor}:
        return False
    return all(map(whole(0, MOST_SCORE), value.values()))


def _is_outcome_or_none(value: Any) -> bool:
    return value == "" or one_of(Outcome)(value)


_YEAR, _INDEX, _PICKUP = whole(2020, 2199), whole(0, 2**53), is_id

REWARD_FIELDS: Final[Mapping[str, Mapping[str, Check]]] = {
    "reward-rules": {"rules": is_object},
    "point": {"point": is_object},
    "reward-budget": {"year": _YEAR, "amount": whole(0, MAX_BUDGET), "reason": is_item},
    "reward-proposal": {
        "tip": is_id,
        "desk": is_name,
        "tier": one_of(Tier),
        "amount": whole(0, MOST),
        "major": _are_major,
        "scores": _are_scores,
        "novelty": one_of(Novelty),
        "duty": one_of(Duty),
        "share": is_id_or_none,
        "reason": is_item,
    },
    "reward-check": {
        "award": _INDEX,
        "outcome": _is_outcome_or_none,
        "number": is_letter_or_none,
        "confirmed": is_truth,
        "reason": is_reason,
    },
    "reward-approval": {
        "award": _INDEX,
        "amount": whole(0, MOST),
        "approved": is_truth,
        "reason": is_reason,
    },
    "reward-extend": {"award": _INDEX, "until": is_day, "reason": is_item},
    "reward-cancel": {"award": _INDEX, "reason": is_item},
    "reward-open": {"year": _YEAR, "value": whole(1, MOST), "reason": is_item},
    "pay-look": {"point": is_name},
    "pay": {"pickup": _PICKUP, "point": is_name, "value": whole(1, MOST)},
    "pay-undo": {"pickup": _PICKUP, "value": whole(1, MOST), "reason": is_item},
    "pay-named": {"award": _INDEX, "amount": whole(1, MOST), "item": is_id, "hash": is_hash},
    "pickup-list": {"point": is_name, "day": is_day, "hash": is_hash},
}
