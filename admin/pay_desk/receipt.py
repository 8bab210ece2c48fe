"""A receipt: code, value, point and day in both languages, no name and no heading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask_babel import force_locale
from flask_babel import gettext as _

from admin.pay_desk.desk import OnTheTable, look
from admin.pay_desk.errors import NoReceipt
from admin.rewards.money import yuan
from admin.visit import Visit

LANGUAGES: Final = (("zh_Hans", "zh"), ("en", "en"))
"""Locales of the paper, and what names of points are kept under."""


@dataclass(frozen=True)
class Half:
    """The receipt in one language: labels with what stands beside them."""

    tag: str
    lines: Sequence[tuple[str, str]]


def make_receipt(visit: Visit, text: str, point: str) -> Sequence[Half]:
    """The receipt of a code that was paid. That somebody asked is an entry; the code is not in it.

    Raises:
        PayError: it was not paid; the sentence says why.
        KeeperError: the keeper does not answer.
    """
    found = look(visit, text, point)
    if found.seen.paid is None:
        raise NoReceipt
    return [_half(visit, found, found.seen.paid, locale, name) for locale, name in LANGUAGES]


def _half(visit: Visit, found: OnTheTable, paid: date, locale: str, name: str) -> Half:
    known = visit.roster.points.get(found.seen.point)
    with force_locale(locale):
        lines = (
            (_("Pickup code"), found.code),
            (_("Value"), _("%(amount)s yuan", amount=yuan(found.seen.value))),
            (_("Point"), known.names[name] if known else found.seen.point),
            (_("Day (UTC)"), paid.isoformat()),
        )
    return Half(locale.replace("_", "-"), lines)
