"""Why a name was not asked for, given or shown; what was typed stays in the form."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError, NotFound
from admin.readings.errors import FORGED, NotWhatWasSealed, refusal
from tipline.keeper_client import Reason


class DisclosureError(AdminError):
    """Base of this room's errors. `field` is what the sentence is about, "" for the whole form."""

    status = 422
    field = ""


class NoGround(DisclosureError):
    """Nothing was chosen."""

    field = "ground"
    sentence = _l("Choose what you need the name for.")


class NoNameChosen(DisclosureError):
    """Two names are kept, and the form says none of them."""

    field = "identity"
    sentence = _l("Choose for which name you ask. A newer one may have come since you opened this page.")


class WrongHours(DisclosureError):
    """No whole number, or out of its bounds."""

    field = "hours"
    sentence = _l("Give a whole number of hours, from 1 to 72.")


class NotSaidWhen(DisclosureError):
    """Nothing was chosen."""

    field = "tell"
    sentence = _l("Choose when the reporter is told.")


class NotSaidWhy(DisclosureError):
    """The reporter is not told first, and nobody says why."""

    field = "tell_reason"
    sentence = _l("Write why the reporter cannot be told first. Custodians and auditors read it.")


class ReasonMissing(DisclosureError):
    """A request without a reason."""

    field = "reason"
    sentence = _l("Write why you need the name. Custodians and auditors read it.")


class BasisMissing(DisclosureError):
    """A request without its legal basis."""

    field = "basis"
    sentence = _l("Write which law or decision allows it.")


class TooLong(DisclosureError):
    """Over the limit of one item."""

    field = "reason"
    sentence = _l("What you wrote is too long: at most 65,536 bytes, about 20,000 Chinese characters.")


class NoLetter(DisclosureError):
    """The competent body's decision, without a body or its letter."""

    field = "body"
    sentence = _l("Choose the competent body, and give the number of its letter: the year, a hyphen, digits.")


class LetterFromLater(DisclosureError):
    """Of a year that is to come."""

    field = "letter"
    sentence = _l("This letter's year is yet to come.")


class LetterForAnother(DisclosureError):
    """A letter, or an officer's unit, and a ground that takes none."""

    field = "body"
    sentence = _l(
        "A letter and an officer's unit go with a written decision of the competent body alone. Choose that "
        "ground."
    )


class NoAccusedUnit(DisclosureError):
    """The competent body's decision, without the unit of the officer."""

    field = "accused_unit"
    sentence = _l(
        "Choose the unit of the officer who was accused. If it is not in the list, ask a registrar to add it "
        "first."
    )


class OfTheAccusedUnit(DisclosureError):
    """Whoever asks is of that unit, or of one above or beneath it."""

    status = 403
    field = "accused_unit"
    sentence = _l(
        "You belong to the accused officer's unit, or to one above or beneath it, now or in the last five "
        "years. Somebody else must ask. The refusal is in the log."
    )


class NoEmergency(DisclosureError):
    """An emergency for another ground than danger to life."""

    field = "emergency"
    sentence = _l(
        "An emergency is danger to somebody's life alone. Choose that ground, or ask without hurry."
    )


class EmergencyTellsLater(DisclosureError):
    """Nobody waits for the reporter in an emergency."""

    field = "tell"
    sentence = _l("In an emergency nobody waits for the reporter. Choose when they are told afterwards.")


class TipClosed(DisclosureError):
    """The tip has come to its end."""

    status = 409
    sentence = _l("This tip is closed. Nobody's name is asked for, allowed or shown any more.")


class NoCustodians(DisclosureError):
    """There is nobody who could allow it."""

    status = 409
    sentence = _l("Nobody is at the custodians' desk, so nobody could decide. Tell a registrar.")


class NothingToKeep(DisclosureError):
    """No field says anything."""

    field = "identity_name"
    sentence = _l("Write a name, or how to reach the person. One of the fields is enough.")


class WrongPart(DisclosureError):
    """One field of a name cannot be kept as it is."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class FieldTooLong(WrongPart):
    """Over what one field of a name holds."""

    sentence = _l("This is too long for one field. Shorten it to about 1,000 characters.")


class CardNumber(WrongPart):
    """The number of an identity card, which is never kept."""

    sentence = _l(
        "This looks like the number of an identity card, which is never kept. Take it out; the rest is still "
        "here."
    )


class NotKept(DisclosureError):
    """In the log, and not in the database."""

    status = 503
    sentence = _l("It is in the log but could not be stored. Write it down again.")


class AskedAlready(DisclosureError):
    """An undecided request of theirs for this name."""

    status = 409
    sentence = _l("You have asked for this name, and nobody has decided yet. Asking again changes nothing.")


class AskedTooOften(DisclosureError):
    """As many undecided requests as one member may have, or too many at once."""

    status = 429
    sentence = _l(
        "Too many of your requests wait for a decision, or you were too quick. Wait, then try again."
    )


class AnswerMissing(DisclosureError):
    """A decision without a reason."""

    field = "reason"
    sentence = _l("Write why: who asked reads it, and so do auditors.")


class NothingDecided(DisclosureError):
    """Neither yes nor no."""

    sentence = _l("Allow it, or refuse it.")


class DecidedAlready(DisclosureError):
    """Somebody was quicker."""

    status = 409
    sentence = _l("Somebody decided this meanwhile. Your decision was not taken.")


class Lapsed(DisclosureError):
    """Nobody decided it in time."""

    status = 409
    sentence = _l("Nobody decided this in time. A new request is needed.")


class NotAllowedYet(DisclosureError):
    """A step that comes after a yes."""

    status = 409
    sentence = _l("This was not allowed, so nothing opens.")


class NotBegun(DisclosureError):
    """The reporter is told first."""

    status = 409
    sentence = _l("Not yet: the reporter is told first, so the name opens on the day after (UTC).")


class WindowClosed(DisclosureError):
    """The time is over."""

    status = 409
    sentence = _l("The time is over, and nothing opens any more. Who still needs the name asks anew.")


class NotHandedOver(DisclosureError):
    """Allowed, but the custodian's session has not put anything back."""

    status = 409
    sentence = _l(
        "It was allowed, but not handed over to you yet. The custodian who allowed it opens Disclosures and "
        "presses “Hand over again”."
    )


class AnotherPerson(DisclosureError):
    """One person has two parts."""

    status = 403
    sentence = _l("Two different people are needed: who asks, and who allows it and hands it over.")


class NoLonger(DisclosureError):
    """One of the two, the desk or the tip is no longer as it was."""

    status = 403
    sentence = _l(
        "The keeper refused, and the refusal is in the log. Who asked, who allowed it, their desks or the "
        "tip are not, or no longer, as they must be. Nothing was opened."
    )


class NoReasonStored(DisclosureError):
    """The sealed text is gone."""

    status = 404
    sentence = _l("This reason is not stored here any more. Tell an auditor.")


_MEANS = {
    Reason.ALREADY_ASKED: AskedAlready,
    Reason.ALREADY_DECIDED: DecidedAlready,
    Reason.LAPSED: Lapsed,
    Reason.NOT_APPROVED: NotAllowedYet,
    Reason.WINDOW_NOT_BEGUN: NotBegun,
    Reason.WINDOW_CLOSED: WindowClosed,
    Reason.TIP_CLOSED: TipClosed,
    Reason.TOO_MANY: AskedTooOften,
    Reason.ANOTHER_PERSON: AnotherPerson,
    Reason.NOT_ALLOWED: NoLonger,
}
_HIDDEN = frozenset(
    {Reason.EXCLUDED, Reason.UNKNOWN_TIP, Reason.UNKNOWN_REQUEST, Reason.DESK_NOT_HELD, Reason.REMOVED_MEMBER}
)


def explained(reason: Reason) -> AdminError:
    """The error for a refused statement. Whoever is excluded learns no more than from an unknown address."""
    if reason in _HIDDEN:
        return NotFound()
    if reason in _MEANS:
        return _MEANS[reason]()
    return NotWhatWasSealed() if reason in FORGED else refusal(reason)
