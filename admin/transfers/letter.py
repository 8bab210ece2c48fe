"""The letter of a transfer (移送函) with its tear-off receipt (回执): fixed words, and a remark.

Called inside `spoken`, which says in which language.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from babel.dates import format_date
from flask_babel import force_locale, get_locale, ngettext
from flask_babel import gettext as _

from tipline.transfers.blocks import Block, Style, printable
from tipline.transfers.numbers import LetterNumber

BLANK = "＿" * 8


@dataclass(frozen=True)
class LetterFacts:
    """What a letter says beside its fixed words.

    `desk` is the name of the desk whose number it is. `files` is how many are enclosed; None where the packet
    travels on paper and holds none.
    """

    sender: str
    desk: str
    number: LetterNumber
    addressee: str
    handle: str
    arrived_on: date
    day: date
    files: int | None
    remark: str = field(default="", repr=False)


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Speak a language, whatever the page does."""
    with force_locale(language):
        yield


def number_words(number: LetterNumber, desk: str) -> str:
    """The number as a letter bears it; it is the desk's own, so it names the desk."""
    return _("%(desk)s: Transfer [%(year)d] No. %(count)d", desk=desk, year=number.year, count=number.count)


def day_words(day: date) -> str:
    """A day in words."""
    return format_date(day, "long", locale=get_locale())


def letter_blocks(facts: LetterFacts) -> tuple[Block, ...]:
    """The paragraphs of the letter and of its receipt."""
    remark = [Block(Style.REMARK, facts.remark)] if facts.remark else []
    blocks = [
        Block(Style.SENDER, facts.sender),
        Block(Style.TITLE, _("Transfer of a tip")),
        Block(Style.NUMBER, number_words(facts.number, facts.desk)),
        Block(Style.TO, _("To: %(body)s", body=facts.addressee)),
        Block(
            Style.BODY,
            _(
                "On %(day)s we received the tip %(handle)s. It falls within your remit, so we transfer it to "
                "you to be handled by law.",
                day=day_words(facts.arrived_on),
                handle=facts.handle,
            ),
        ),
        Block(
            Style.BODY,
            _(
                "Please stamp the receipt below and return it within five working days, and tell us the "
                "outcome when the matter is closed."
            ),
        ),
        Block(
            Style.BODY,
            _(
                "Only those who work on this tip may see it. Whoever is named in it, is related to them or "
                "works with them keeps away from it. Do not look for the person who reported it: nothing "
                "about who they are is enclosed. Questions to them go through us."
            ),
        ),
        *remark,
        *_enclosed(facts),
        Block(Style.SIGN, facts.sender),
        Block(Style.SIGN, _("(stamp)")),
        Block(Style.SIGN, day_words(facts.day)),
        *_receipt(facts),
    ]
    return tuple(Block(block.style, printable(block.text)) for block in blocks)


def _enclosed(facts: LetterFacts) -> list[Block]:
    first = _("Enclosed: the text of the tip and what was written since")
    if facts.files is None:
        return [Block(Style.ITEM, _("%(first)s, on paper.", first=first))]
    if not facts.files:
        return [Block(Style.ITEM, _("%(first)s; a list of hashes.", first=first))]
    files = ngettext("%(num)d file", "%(num)d files", facts.files)
    return [Block(Style.ITEM, _("%(first)s; %(files)s; a list of hashes.", first=first, files=files))]


def _receipt(facts: LetterFacts) -> list[Block]:
    return [
        Block(Style.CUT, _("Cut here and return the part below.")),
        Block(Style.TITLE, _("Receipt")),
        Block(Style.NUMBER, number_words(facts.number, facts.desk)),
        Block(Style.TO, _("To: %(body)s", body=facts.sender)),
        Block(
            Style.BODY,
            _("We received the tip %(handle)s that you transferred to us.", handle=facts.handle),
        ),
        Block(Style.LINE, _("Our number of the matter: %(blank)s", blank=BLANK * 2)),
        Block(Style.LINE, _("Received by: %(blank)s   Day: %(blank)s", blank=BLANK)),
        Block(Style.SIGN, facts.addressee),
        Block(Style.SIGN, _("(stamp)")),
    ]
