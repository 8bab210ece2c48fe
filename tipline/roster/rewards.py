"""The statements that set what rewards go by, and that publish the keys of a year's vouchers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tipline.rewards.amounts import BASE, MOST, MOST_VOUCHERS, is_amount, most_vouchers
from tipline.rewards.rules import RewardRules
from tipline.rewards.scoring import Tier
from tipline.roster import rules
from tipline.roster.bodies import BASE_FIELDS, listed, malformed, require_fields, text
from tipline.roster.rules import not_allowed

if TYPE_CHECKING:
    from tipline.roster.replay import Roster

MOST_VALUES: Final = 8
MOST_CROWD: Final = 1_000
LEAST_CROWD: Final = 2
"""One award alone is no crowd."""
KEY_BITS: Final = 3_072
YEARS: Final = range(2020, 2200)

_MODULUS: Final = re.compile(r"[0-9a-f]{768}")


def set_reward_rules(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Set {"rules": {"values","bounds","limit","crowd","share"}}, all of it."""
    fields = require_fields(body, BASE_FIELDS | {"rules"})
    rules.require_registrar_and_approver(roster, body)
    changed = read_reward_rules(fields["rules"])
    _check_vouchers(roster, changed)
    return replace(roster, reward_rules=changed)


def set_mint_keys(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Publish the keys of a year, one for each value that the rules have then; once for each year."""
    fields = require_fields(body, BASE_FIELDS | {"year", "keys"})
    rules.require_keeper(roster, body)
    year = _whole(fields["year"], YEARS[0], YEARS[-1])
    keys = tuple(_read_key(key) for key in listed(fields["keys"]))
    if tuple(value for value, _ in keys) != roster.reward_rules.values:
        raise malformed("there is a key for each value, in their order")
    if len({modulus for _, modulus in keys}) != len(keys):
        raise malformed("two values have the same key")
    if year in roster.mint_keys:
        raise not_allowed("the keys of this year stand already")
    return replace(roster, mint_keys={**roster.mint_keys, year: keys})


def read_reward_rules(value: object) -> RewardRules:
    """Read the rules.

    Raises:
        RosterRefused: malformed.
    """
    fields = require_fields(value, {"values", "bounds", "limit", "crowd", "share"})
    values = tuple(listed(fields["values"]))
    if not all(map(is_amount, values)) or values != tuple(sorted(set(values))):
        raise malformed("the values of vouchers are multiples of the smallest, in order, each once")
    if BASE not in values or len(values) > MOST_VALUES:
        raise malformed("the smallest value is among them, and there are few")
    bounds = require_fields(fields["bounds"], {tier.value for tier in Tier})
    return RewardRules(
        values=values,
        bounds={tier: _read_bounds(bounds[tier.value]) for tier in Tier},
        limit=_whole(fields["limit"], 0, MOST),
        crowd=_whole(fields["crowd"], LEAST_CROWD, MOST_CROWD),
        share=_whole(fields["share"], 1, 100),
    )


def write_reward_rules(set_rules: RewardRules) -> dict[str, Any]:
    """Write the rules as they were read."""
    return {
        "values": list(set_rules.values),
        "bounds": {tier.value: list(set_rules.bounds[tier]) for tier in Tier},
        "limit": set_rules.limit,
        "crowd": set_rules.crowd,
        "share": set_rules.share,
    }


def write_mint_keys(roster: Roster) -> list[dict[str, Any]]:
    """What the directory says of the keys."""
    return [
        {"year": year, "keys": [{"value": value, "n": modulus} for value, modulus in keys]}
        for year, keys in sorted(roster.mint_keys.items())
    ]


def _check_vouchers(roster: Roster, changed: RewardRules) -> None:
    """Refuse amounts that would be too many vouchers, under these values or under those of a year's keys."""
    most = max(high for _, high in changed.bounds.values())
    made = (tuple(value for value, _ in keys) for keys in roster.mint_keys.values())
    if any(most_vouchers(most, values) > MOST_VOUCHERS for values in {changed.values, *made}):
        raise not_allowed("an award would be too many vouchers")


def _read_bounds(value: object) -> tuple[int, int]:
    pair = listed(value)
    if len(pair) != 2 or not all(map(is_amount, pair)) or pair[0] > pair[1]:
        raise malformed("a tier has a smallest and a largest amount")
    return pair[0], pair[1]


def _read_key(value: object) -> tuple[int, str]:
    fields = require_fields(value, {"value", "n"})
    written = text(fields["n"], _MODULUS)
    modulus = int(written, 16)
    if modulus.bit_length() != KEY_BITS or modulus % 2 == 0:
        raise malformed("a mint key is an RSA key of 3,072 bits")
    if not is_amount(fields["value"]):
        raise malformed("a mint key is for one value")
    return fields["value"], written


def _whole(value: object, low: int, high: int) -> int:
    # type(…), because True is an int in Python.
    if type(value) is not int or not low <= value <= high:
        raise malformed("a number of the statement is none, or out of range")
    return value
