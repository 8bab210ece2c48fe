"""Why a change of members was not made; what was chosen stays in the form."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError
from tipline.keeper_client import Reason


class MembersError(AdminError):
    """Base of this room's errors. `field` is what the sentence is about, "" for the whole form."""

    status = 422
    field = ""


class NoName(MembersError):
    """Left open."""

    field = "person"
    sentence = _l("Type the name with which the person will sign in.")


class NameTooLong(MembersError):
    """Over the limit of the field."""

    field = "person"
    sentence = _l("The name is too long: at most 64 characters.")


class NameInUse(MembersError):
    """Somebody has it."""

    status = 409
    field = "person"
    sentence = _l(
        "Somebody has this name already, or is being enrolled under it. Choose another one, "
        "or make a new link on the page of the one who is being enrolled."
    )


class NoUnit(MembersError):
    """Left open, or gone."""

    field = "unit"
    sentence = _l("Choose the unit that the person belongs to.")


class ChoiceGone(MembersError):
    """Not offered (any more)."""

    sentence = _l("A choice is no longer in the list. Choose again.")


class NoLastDay(MembersError):
    """A deputy's day that is none, or too far."""

    field = "until"
    sentence = _l("Give the last day of a deputy: from today on, within a year.")


class NobodySigns(MembersError):
    """No second person."""

    status = 409
    sentence = _l(
        "Two people must sign this, and nobody else here may sign it with you. "
        "For a desk it is one of its holders; otherwise another member who holds a desk or a role."
    )


class NotChosenWho(MembersError):
    """The second person is not one of those who may."""

    field = "other"
    sentence = _l("Choose who signs with you.")


class NotAllowed(MembersError):
    """A rule of the roster forbids it."""

    status = 409
    sentence = _l(
        "The rules do not allow this change. Some duties may not meet in one person, some are for people "
        "from outside the township, and nobody takes from themselves what others must take."
    )


class ChangedMeanwhile(MembersError):
    """The roster, or the enrolment, is not what the page showed."""

    status = 409
    sentence = _l("Somebody changed this meanwhile. Look at the page again before you go on.")


class WrongGroup(MembersError):
    """The typed digits are not the last group of the fingerprint."""

    field = "group"
    sentence = _l(
        "This is not the last group of this fingerprint. Let the person read it aloud again. If it still "
        "differs, these are not their keys: end this enrolment, tell an auditor, and make a new link."
    )


class NotCompared(MembersError):
    """The box is not ticked."""

    field = "compared"
    sentence = _l("Tick that the person read the other three groups aloud to you, face to face.")


class WrongLine(MembersError):
    """A line of the calendar that cannot be read. `line` counts from 1."""

    field = "days"

    def __init__(self, line: int) -> None:
        super().__init__()
        self.sentence = _l(
            "Line %(line)d cannot be read, or names a day for the second time. Write the day and then “off” "
            "or “work”, like: 2027-02-08 off",
            line=line,
        )


class NoDays(MembersError):
    """Nothing was typed."""

    field = "days"
    sentence = _l("Paste the days of one year, one day a line.")


class OneYear(MembersError):
    """Days of several years."""

    field = "days"
    sentence = _l("Paste one year at a time: what is pasted replaces all that was known of its year.")


class WrongDays(MembersError):
    """A deadline that is no number of days."""

    field = "deadlines"
    sentence = _l("A deadline is a number of days from 1 to 3660.")


class ClocksDiffer(MembersError):
    """The keeper found the statement too old."""

    status = 409
    sentence = _l("The clocks of this site and of the keeper differ, or you waited too long. Try once more.")


class SignedTooOften(MembersError):
    """The keeper's limit."""

    status = 429
    sentence = _l("Too many signatures in one minute. Wait a minute, then try again.")


class KeeperRefused(MembersError):
    """Any other reason."""

    status = 403
    sentence = _l("The keeper refused this change, and the refusal is in the log. Nothing was changed.")


class StepTakenBefore(MembersError):
    """One of the two took an earlier step of the same thing."""

    status = 409
    sentence = _l(
        "One of you two took an earlier step of this, so somebody else must sign it. The refusal is in the "
        "log, and nothing was changed. Whoever asked can ask another person."
    )


_REFUSALS: Final[Mapping[str, type[MembersError]]] = {
    Reason.NOT_ALLOWED: NotAllowed,
    Reason.TWO_SIGNATURES: NotAllowed,
    Reason.DESK_NOT_HELD: NotAllowed,
    Reason.REMOVED_MEMBER: ChangedMeanwhile,
    Reason.UNKNOWN_MEMBER: ChangedMeanwhile,
    Reason.ANOTHER_PERSON: StepTakenBefore,
    Reason.STALE: ClocksDiffer,
    Reason.TOO_MANY: SignedTooOften,
}


def not_made(reason: Reason) -> MembersError:
    """The error for a reason of the keeper's."""
    return _REFUSALS.get(reason, KeeperRefused)()
