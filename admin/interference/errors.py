"""Why an entry, an answer or a report was not taken; what was typed stays in the form."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError
from admin.readings.errors import refusal
from tipline.keeper_client import Reason


class InterferenceError(AdminError):
    """Base of this room's errors. `field` is what the sentence is about, "" for the whole form."""

    status = 422
    field = ""


class NoName(InterferenceError):
    """Nobody was named."""

    field = "who"
    sentence = _l("Write who it was. If you do not know the name, write how they were called or looked.")


class NoCase(InterferenceError):
    """No case was named."""

    field = "case"
    sentence = _l("Write which case it was about, in your own words.")


class NoWay(InterferenceError):
    """Nothing was chosen."""

    field = "how"
    sentence = _l("Choose how it was tried.")


class NoTime(InterferenceError):
    """Nothing was written."""

    field = "when"
    sentence = _l("Write when it was, as well as you remember.")


class NothingHappened(InterferenceError):
    """Nothing was written."""

    field = "happened"
    sentence = _l("Write what happened.")


class TooLong(InterferenceError):
    """Over the limit of one item."""

    field = "happened"
    sentence = _l("What you wrote is too long: at most 65,536 bytes, about 20,000 Chinese characters.")


class UnknownUnit(InterferenceError):
    """A unit that the roster does not know."""

    field = "unseen"
    sentence = _l("One of these units is not in the list any more. Choose again.")


class NobodyReads(InterferenceError):
    """Everybody else at both desks is of a unit that must not read it."""

    field = "unseen"
    sentence = _l(
        "Nobody but you could read this: everybody at the integrity desk and among the auditors is of a unit "
        "that you keep out. Leave one of them in, or turn to the unit above."
    )


class NoAnswer(InterferenceError):
    """Nothing was written."""

    field = "done_about"
    sentence = _l("Write what was done.")


class AnswerTooLong(TooLong):
    """The same of an answer."""

    field = "done_about"


class UnknownMeasure(InterferenceError):
    """What the form does not offer."""

    field = "measures"
    sentence = _l("Choose from the measures that are offered.")


class OwnEntry(InterferenceError):
    """Whoever filed it."""

    status = 409
    sentence = _l("You filed this entry. Somebody else at the integrity desk answers it.")


class OtherEntries(InterferenceError):
    """Chosen for print, and not in the report any more."""

    status = 409
    sentence = _l("The entries of this report have changed meanwhile. Look again, then make it.")


def explained(reason: Reason) -> AdminError:
    """Why the keeper refused an answer."""
    return OwnEntry() if reason is Reason.ANOTHER_PERSON else refusal(reason)
