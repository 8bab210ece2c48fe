"""Rules and thresholds: what may be set, and what holds until then."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.alerts.errors import BadRules
from tipline.alerts.rules import DEFAULT_RULES, ON, RULES, Rule, RuleBook


@pytest.mark.parametrize(
    "value",
    [
        [],
        "burst",
        {"burnt": {"on": False}},
        {"burst": {}},
        {"burst": False},
        {"burst": {"on": 0}},
        {"burst": {"on": "no"}},
        {"burst": {"count": 0}},
        {"burst": {"count": True}},
        {"burst": {"count": "30"}},
        {"burst": {"minutes": 1_441}},
        {"burst": {"days": 3}},
        {"decoy": {"count": 1}},
        {"clock-back": {"seconds": 120}},
    ],
    ids=str,
)
def test_rules_that_say_nothing_clear_are_refused(value: Any) -> None:
    with pytest.raises(BadRules):
        RuleBook.read(value)


@given(st.data())
def test_a_threshold_is_taken_within_its_bounds_alone(data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from([rule for rule in Rule if RULES.get(rule)]))
    name = data.draw(st.sampled_from(sorted(RULES[rule])))
    number, bounds = data.draw(st.integers(-20_000, 20_000)), RULES[rule][name]
    if bounds.least <= number <= bounds.most:
        assert RuleBook.read({rule.value: {name: number}}).value(rule, name) == number
    else:
        with pytest.raises(BadRules):
            RuleBook.read({rule.value: {name: number}})


def test_only_decoys_are_off_until_somebody_switches_them_on() -> None:
    assert [rule for rule in Rule if not DEFAULT_RULES.is_on(rule)] == [Rule.DECOY]
    assert RuleBook.read({"decoy": {ON: True}}).is_on(Rule.DECOY)
    assert not RuleBook.read({"burst": {ON: False}}).is_on(Rule.BURST)


@pytest.mark.parametrize("change", [{ON: False}, {ON: True}, {"count": 2}], ids=str)
def test_nobody_changes_the_rule_of_emergencies(change: dict[str, object]) -> None:
    with pytest.raises(BadRules):
        RuleBook.read({"emergency-disclosure": change})


def test_every_default_lies_within_its_bounds() -> None:
    assert RULES.keys() == set(Rule) - {Rule.EMERGENCY}
    for thresholds in RULES.values():
        assert all(each.least <= each.value <= each.most for each in thresholds.values())


def test_rules_come_back_as_they_were_stated() -> None:
    stated = {"burst": {"count": 5, "on": True}, "dormant": {"days": 30}}
    assert RuleBook.read(stated).to_fields() == stated
