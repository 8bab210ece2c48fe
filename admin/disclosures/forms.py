"""What a request and a decision hold, read strictly. What is not asked for is not read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from flask_babel import gettext as _

from admin.disclosures.errors import (
    AnswerMissing,
    BasisMissing,
    EmergencyTellsLater,
    LetterForAnother,
    LetterFromLater,
    NoAccusedUnit,
    NoEmergency,
    NoGround,
    NoLetter,
    NothingDecided,
    NotSaidWhen,
    NotSaidWhy,
    ReasonMissing,
    TooLong,
    WrongHours,
)
from tipline.disclosures.grounds import GROUNDS, Ground
from tipline.disclosures.telling import TELLS, Tell
from tipline.disclosures.terms import EMERGENCY_HOURS, LEAST_HOURS, MOST_HOURS
from tipline.roster import Roster
from tipline.tips.answers import MAX_TEXT_BYTES

YES, NO = "yes", "no"
_HOURS: Final = re.compile(r"[0-9]{1,3}")
_LETTER: Final = re.compile(r"(20[0-9]{2})-[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class Order:
    """What somebody asks for. `words` are for the custodians and the auditors alone.

    `identity` is the name that was chosen (32 hex digits, or empty); `accused_unit` is that of the officer
    whom a written decision is about, and empty for other grounds.
    """

    identity: str
    ground: Ground
    hours: int
    tell: Tell
    emergency: bool
    body: str
    letter: str
    accused_unit: str
    words: str = field(repr=False)

    @property
    def fields(self) -> dict[str, str | int | bool]:
        """What of it stands in the statement."""
        accused = {"accused_unit": self.accused_unit} if self.accused_unit else {}
        return {
            "ground": self.ground.value,
            "hours": self.hours,
            "tell": self.tell.value,
            "emergency": self.emergency,
            "body": self.body,
            "letter": self.letter,
            **accused,
        }


@dataclass(frozen=True)
class Decision:
    """What somebody decides. `words` are for whoever asked, and the auditors."""

    approved: bool
    words: str = field(repr=False)


def read_order(form: Mapping[str, str], roster: Roster, today: date) -> Order:
    """Read a request.

    Raises:
        DisclosureError: a field is missing or cannot be taken.
    """
    ground, emergency = _ground(form), form.get("emergency") == YES
    if emergency and ground is not Ground.LIFE:
        raise NoEmergency
    body, letter = _letter(form, ground, roster, today)
    unit = _accused_unit(form, ground, roster)
    hours = EMERGENCY_HOURS if emergency else _hours(form)
    tell = _tell(form)
    if emergency and tell is Tell.FIRST:
        raise EmergencyTellsLater
    words = _words(form, tell, emergency=emergency)
    return Order(form.get("identity", ""), ground, hours, tell, emergency, body, letter, unit, words)


def read_decision(form: Mapping[str, str]) -> Decision:
    """Read a yes or a no.

    Raises:
        DisclosureError: neither, or without a reason.
    """
    if form.get("approved") not in (YES, NO):
        raise NothingDecided
    words = _text(form, "reason")
    if not words:
        raise AnswerMissing
    return Decision(form["approved"] == YES, _short(words))


def _ground(form: Mapping[str, str]) -> Ground:
    if form.get("ground") not in GROUNDS:
        raise NoGround
    return Ground(form["ground"])


def _tell(form: Mapping[str, str]) -> Tell:
    if form.get("tell") not in TELLS:
        raise NotSaidWhen
    return Tell(form["tell"])


def _hours(form: Mapping[str, str]) -> int:
    text = form.get("hours", "").strip()
    if not _HOURS.fullmatch(text) or not LEAST_HOURS <= int(text) <= MOST_HOURS:
        raise WrongHours
    return int(text)


def _letter(form: Mapping[str, str], ground: Ground, roster: Roster, today: date) -> tuple[str, str]:
    """The competent body and its letter's number; both empty where the ground takes none."""
    body, letter = form.get("body", ""), _text(form, "letter")
    if ground is not Ground.DECISION:
        if body or letter:
            raise LetterForAnother
        return "", ""
    found = _LETTER.fullmatch(letter)
    if body not in roster.bodies or found is None:
        raise NoLetter
    if int(found[1]) > today.year:
        raise LetterFromLater
    return body, letter


def _accused_unit(form: Mapping[str, str], ground: Ground, roster: Roster) -> str:
    """The accused officer's unit; empty where the ground takes none."""
    unit = form.get("accused_unit", "")
    if ground is not Ground.DECISION:
        if unit:
            raise LetterForAnother
        return ""
    if unit not in roster.units:
        raise NoAccusedUnit
    return unit


def _words(form: Mapping[str, str], tell: Tell, *, emergency: bool) -> str:
    reason, basis, why = _text(form, "reason"), _text(form, "basis"), _text(form, "tell_reason")
    if tell is not Tell.FIRST and not why:
        raise NotSaidWhy
    if not reason:
        raise ReasonMissing
    if not basis and not emergency:  # where a life is in danger, the ground says it
        raise BasisMissing
    parts = [reason]
    if basis:
        parts.append(_("Legal basis: %(text)s", text=basis))
    if tell is not Tell.FIRST:
        parts.append(_("Why the reporter is not told first: %(text)s", text=why))
    return _short("\n\n".join(parts))


def _text(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").strip().replace("\r\n", "\n")


def _short(words: str) -> str:
    if len(words.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise TooLong
    return words
