"""Making a letter: a logged reading of its case, then the same letter in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from flask_babel import gettext as _

from admin.errors import NotFound
from admin.letters.errors import ForOfficers, NothingToSay
from admin.letters.kinds import Kind, Typed
from admin.letters.wording import Facts, letter_blocks
from admin.protection.page import CasePage
from admin.protection.reading import ReadCase, read_case
from admin.protection.words import alias_of
from admin.transfers.letter import spoken
from admin.visit import Visit
from tipline.protection.errors import FormWrong
from tipline.protection.forms import read_form
from tipline.tips.purposes import Purpose
from tipline.transfers.blocks import Block, printable

LANGUAGES: Final = (("zh_Hans", "zh"), ("en", "en"))
"""A letter's languages in their order: our tag, and that of names."""


@dataclass(frozen=True)
class Version:
    """A letter in one language; `tag` is that of the page's markup, `mark` says who printed it."""

    tag: str
    blocks: Sequence[Block] = field(repr=False)
    mark: str


@dataclass(frozen=True)
class MadeLetter:
    """A letter for the length of one page, and the reading's entry of the log that it was made under."""

    versions: Sequence[Version] = field(repr=False)
    index: int


def kind_named(text: str) -> Kind:
    """The letter of an address.

    Raises:
        NotFound: there is none of this name.
    """
    try:
        return Kind(text)
    except ValueError as error:
        raise NotFound from error


def require_fits(kind: Kind, page: CasePage) -> None:
    """Check that a case can have a letter.

    Raises:
        ForOfficers: it is for another group's cases.
    """
    if kind.group not in (None, page.asking.group):
        raise ForOfficers


def make_letter(visit: Visit, page: CasePage, kind: Kind, form: str, typed: Typed) -> MadeLetter:
    """Read the case and write its letter; nothing of it is kept.

    Args:
        form: the item (32 hex digits) of the filled-in form it is made from; "" for the newest of its kind.

    Raises:
        LetterError: there is nothing to make it from.
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged, so nothing is shown.
    """
    require_fits(kind, page)
    read = read_case(visit, page, Purpose.PROTECTION, "en")
    answers = _answers(visit, page, read, kind, form)
    index, versions = read.read.reading.index, []
    for language, names in LANGUAGES:
        with spoken(language):
            facts = _facts(visit, page, kind, answers, typed, names)
            tag, mark = language.replace("_", "-"), _mark(visit, index)
            versions.append(Version(tag, letter_blocks(kind, facts), mark))
    return MadeLetter(versions, index)


def _mark(visit: Visit, index: int) -> str:
    """Who printed it, under which entry of the log, on which day (UTC)."""
    return _(
        "Printed by %(reader)s · log entry %(index)d · %(day)s",
        reader=printable(visit.session.member.name),
        index=index,
        day=visit.services.clock.today().isoformat(),
    )


def _answers(visit: Visit, page: CasePage, read: ReadCase, kind: Kind, form: str) -> Mapping[str, str]:
    """What the form says; one that a page would not have taken says nothing."""
    of_kind = (one for one in read.forms if one.form.id == kind.value)
    chosen = next((one for one in of_kind if form in ("", one.entry.item.hex())), None)
    if chosen is None:
        raise NothingToSay
    typed = {name: [answer] for name, answer in chosen.answers.items()}
    bodies = visit.roster.bodies.keys()
    try:
        return read_form(chosen.form, typed, page.today, group=page.asking.group, bodies=bodies).answers
    except FormWrong as error:
        raise NothingToSay from error


def _facts(
    visit: Visit, page: CasePage, kind: Kind, answers: Mapping[str, str], typed: Typed, language: str
) -> Facts:
    place = visit.services.deployment
    translated = {f"{kind.value}_what": typed.english} if language == "en" and typed.english else {}
    body = visit.roster.bodies[answers["clearing_by" if kind is Kind.CLEARING else f"{kind.value}_body"]]
    return Facts(
        sender=place.body.said_in(language) or place.place.said_in(language) or _("The tip line's office"),
        alias=alias_of(page.asking.group, page.id),
        answers={**answers, **translated},
        body=body.names[language],
        day=visit.services.clock.today(),
        typed=typed,
    )
