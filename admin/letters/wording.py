"""What the letters say: fixed words around what a form of the case says. Called inside `spoken`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from flask_babel import gettext as _

from admin.letters.kinds import Kind, Typed
from admin.protection.form_words import choice_words
from admin.transfers.letter import BLANK, day_words
from tipline.transfers.blocks import Block, Style, printable


@dataclass(frozen=True)
class Facts:
    """What a letter says beside its fixed words, in its language.

    Attributes:
        sender: the office in charge.
        alias: what the person is called; their name stands in the clearing letter alone, as it was typed.
        answers: those of the form; `body` is the name of the competent body in it.
        day: of the letter.
    """

    sender: str
    alias: str
    answers: Mapping[str, str] = field(repr=False)
    body: str
    day: date
    typed: Typed = field(repr=False)

    def day_of(self, name: str) -> str:
        """A day among the answers, in words."""
        return day_words(date.fromisoformat(self.answers[name]))


def letter_blocks(kind: Kind, facts: Facts) -> tuple[Block, ...]:
    """The paragraphs of a letter."""
    blocks = [
        Block(Style.SENDER, facts.sender),
        *_WORDING[kind](facts),
    ]
    return tuple(Block(block.style, printable(block.text)) for block in blocks if block.text)


def _application(facts: Facts) -> list[Block]:
    answers = facts.answers
    kind = choice_words("application_kind", answers["application_kind"])
    return [
        Block(Style.TITLE, _("Application for protection")),
        Block(Style.NUMBER, _("No. %(number)s", number=answers["application_number"])),
        Block(Style.TO, _("To: %(body)s", body=facts.body)),
        Block(
            Style.BODY,
            _(
                "Our office protects a person whom every file calls %(alias)s. What the township can do "
                "does not suffice. By the law against organised crime we apply to you for: %(measure)s.",
                alias=facts.alias,
                measure=kind,
            ),
        ),
        Block(Style.REMARK, answers["application_what"]),
        Block(
            Style.BODY,
            _(
                "Please answer in writing by %(day)s. If you refuse, say why and what could be done instead.",
                day=facts.day_of("application_due"),
            ),
        ),
        Block(
            Style.BODY,
            _(
                "The name is not in this letter, and whoever decides needs none. Once a measure is granted, "
                "whoever carries it out asks us: two people open the name, and it is logged. Only those who "
                "work on this application may see it. Keep it apart from the files of the case."
            ),
        ),
        *_signed(facts),
    ]


def _referral(facts: Facts) -> list[Block]:
    answers = facts.answers
    return [
        Block(Style.TITLE, _("Letter of referral")),
        Block(Style.NUMBER, _("No. %(number)s", number=answers["referral_number"])),
        Block(Style.TO, _("To: %(body)s", body=facts.body)),
        Block(
            Style.BODY,
            _(
                "An officer, whom our files call %(alias)s, says that they are accused of something made up. "
                "Finding out is your task, so we refer it to you to be handled by law.",
                alias=facts.alias,
            ),
        ),
        Block(Style.REMARK, answers["referral_what"]),
        Block(
            Style.BODY,
            _(
                "Whether somebody was mistaken or lied on purpose is for you to find. Do not look for "
                "whoever reported something: we know nothing of them and enclose nothing about them."
            ),
        ),
        Block(Style.BODY, _("Please stamp the receipt below and return it.")),
        *_signed(facts),
        Block(Style.CUT, _("Cut here and return the part below.")),
        Block(Style.TITLE, _("Receipt")),
        Block(Style.NUMBER, _("No. %(number)s", number=answers["referral_number"])),
        Block(Style.TO, _("To: %(body)s", body=facts.sender)),
        Block(Style.BODY, _("We received your referral.")),
        Block(Style.LINE, _("Our number of the matter: %(blank)s", blank=BLANK * 2)),
        Block(Style.LINE, _("Received by: %(blank)s   Day: %(blank)s", blank=BLANK)),
        Block(Style.SIGN, facts.body),
        Block(Style.SIGN, _("(stamp)")),
    ]


def _clearing(facts: Facts) -> list[Block]:
    answers, typed = facts.answers, facts.typed
    who = _("%(name)s (%(post)s)", name=typed.name, post=typed.post) if typed.post else typed.name
    return [
        Block(Style.TITLE, _("Clearing letter")),
        Block(Style.NUMBER, _("No. %(number)s", number=typed.number) if typed.number else ""),
        Block(Style.TO, _("To: %(body)s", body=typed.to or _("All whom it concerns"))),
        Block(
            Style.BODY,
            _(
                "%(who)s was accused of what follows. %(body)s looked into it and, by its decision "
                "%(number)s of %(day)s, found it false.",
                who=who,
                body=facts.body,
                number=answers["clearing_number"],
                day=facts.day_of("clearing_on"),
            ),
        ),
        Block(Style.REMARK, answers["clearing_what"]),
        Block(
            Style.BODY,
            _(
                "With this the name is clear. We ask every unit to let the accusation count nowhere "
                "against the person, be it in appraisal, pay, post or promotion, and to take back entries "
                "that rest on it alone."
            ),
        ),
        Block(Style.BODY, _("It is announced: %(where)s", where=answers["clearing_where"])),
        Block(
            Style.BODY,
            _(
                "This letter does not say that anybody lied: an honest mistake is not punished. Nobody looks "
                "for whoever reported, and nobody retaliates."
            ),
        ),
        *_signed(facts),
    ]


def _signed(facts: Facts) -> list[Block]:
    return [
        Block(Style.SIGN, facts.sender),
        Block(Style.SIGN, _("(stamp)")),
        Block(Style.SIGN, day_words(facts.day)),
    ]


_WORDING: Final[Mapping[Kind, Callable[[Facts], Sequence[Block]]]] = {
    Kind.APPLICATION: _application,
    Kind.REFERRAL: _referral,
    Kind.CLEARING: _clearing,
}
