"""What statements of two people about rewards would do, in words: a sentence, and what follows."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask_babel import gettext as _

from admin.members.names import Names
from admin.rewards.money import yuan
from admin.words import word
from tipline.rewards.scoring import Tier
from tipline.roster.points import read_point
from tipline.roster.rewards import read_reward_rules

Fields = Mapping[str, Any]
Told = tuple[str, str]


def _budget(fields: Fields, _names: Names) -> Told:
    said = _(
        "The budget for rewards of %(year)d is %(amount)s yuan.",
        year=fields["year"],
        amount=yuan(fields["amount"]),
    )
    return said, _(
        "It replaces what was set before. What is approved and waits is granted as far as it reaches."
    )


def _approval(fields: Fields, _names: Names) -> Told:
    number, amount = fields["award"], yuan(fields["amount"])
    if fields["approved"]:
        return _(
            "You approve %(amount)s yuan for the award no. %(number)d.", amount=amount, number=number
        ), ""
    return _("You refuse the award no. %(number)d.", number=number), ""


def _extension(fields: Fields, _names: Names) -> Told:
    said = _(
        "The award no. %(number)d can be collected until %(day)s.",
        number=fields["award"],
        day=fields["until"],
    )
    return said, ""


def _cancel(fields: Fields, _names: Names) -> Told:
    said = _("The award no. %(number)d is taken back.", number=fields["award"])
    return said, _("Nothing is paid for it, and what was set aside goes back to the budget.")


def _open(fields: Fields, _names: Names) -> Told:
    said = _(
        "Vouchers of %(amount)s yuan from %(year)d are redeemed although too few awards would stay behind.",
        amount=yuan(fields["value"]),
        year=fields["year"],
    )
    return said, _("The fewer awards a key has, the easier it is to guess whose voucher was paid.")


def _rules(fields: Fields, _names: Names) -> Told:
    rules = read_reward_rules(fields["rules"])
    bounds = "; ".join(
        _("%(tier)s: %(low)s to %(high)s", tier=word("tier", tier), low=yuan(low), high=yuan(high))
        for tier in Tier
        for low, high in [rules.bounds[tier]]
    )
    said = _(
        "The rules of rewards: above %(limit)s yuan two approve, a key redeems after %(crowd)d awards, "
        "a later tip has at most %(share)d percent.",
        limit=yuan(rules.limit),
        crowd=rules.crowd,
        share=rules.share,
    )
    values = ", ".join(map(yuan, rules.values))
    return said, _("Tiers: %(bounds)s. Values of vouchers: %(values)s.", bounds=bounds, values=values)


def _point(fields: Fields, names: Names) -> Told:
    point, known = read_point(fields["point"]), names.visit.roster.points.get(fields["point"]["id"])
    said = _("Cash is paid at the pickup point: %(name)s.", name=_both(point.names))
    if not point.open:
        said = _("No new codes are paid at the pickup point: %(name)s.", name=_both(point.names))
    where = _(
        "Address and hours: %(place)s. Unit: %(unit)s.",
        place=_both(point.places),
        unit=names.unit(point.unit),
    )
    lies = _("It lies inside the township.") if names.visit.roster.units[point.unit].inside else ""
    key = (
        _("Lists of codes are sealed to the key: %(key)s", key=point.recipient.text)
        if point.recipient
        else ""
    )
    before = (
        _("Until now it is: %(name)s.", name=f"{_both(known.names)}, {_both(known.places)}") if known else ""
    )
    other = known is not None and known.recipient is not None and known.recipient != point.recipient
    changed = _("Its key is another one from then on.") if other else ""
    return said, " ".join(filter(None, (where, lies, key, changed, before)))


def _both(by_language: Mapping[str, str]) -> str:
    """In both languages: whoever signs it signs both."""
    return f"{by_language['zh']} / {by_language['en']}"


SENTENCES: Final[Mapping[str, Callable[[Fields, Names], Told]]] = {
    "reward-budget": _budget,
    "reward-approval": _approval,
    "reward-extend": _extension,
    "reward-cancel": _cancel,
    "reward-open": _open,
    "reward-rules": _rules,
    "point": _point,
}
