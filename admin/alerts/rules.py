"""The rules as a form, and as the statement that two people sign."""

from collections.abc import Mapping
from typing import Any, Final

from admin.alerts.errors import WrongThreshold
from tipline.alerts.errors import BadRules
from tipline.alerts.rules import OFF_AT_FIRST, ON, RULES, Rule, RuleBook

MOST_DIGITS: Final = 6


def field_of(rule: str, threshold: str) -> str:
    """The name of a field in the form."""
    return f"{rule}-{threshold}"


def read_rules(form: Mapping[str, str]) -> dict[str, Any]:
    """What the form says, without what is as it is by default.

    Raises:
        WrongThreshold: a number is none, or out of its bounds.
    """
    changed = {rule.value: _changed(rule, form) for rule in RULES}
    try:
        return RuleBook.read({rule: each for rule, each in changed.items() if each}).to_fields()
    except BadRules as error:
        raise WrongThreshold from error


def _changed(rule: Rule, form: Mapping[str, str]) -> dict[str, Any]:
    numbers = {name: _number(form.get(field_of(rule, name), "")) for name in RULES[rule]}
    found: dict[str, Any] = {
        name: number for name, number in numbers.items() if number != RULES[rule][name].value
    }
    is_on = form.get(field_of(rule, ON)) == "yes"
    return found if is_on is (rule not in OFF_AT_FIRST) else {**found, ON: is_on}


def _number(text: str) -> int:
    digits = text.strip().removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        raise WrongThreshold
    return int(text)
