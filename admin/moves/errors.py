"""Why a tip was not moved, or its clock not changed."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class MoveError(AdminError):
    """Base of this room's errors."""

    status = 422


class NoSuchMove(MoveError):
    """Not in the table of moves."""

    sentence = _l("A tip in this state cannot be moved there.")


class ReasonMissing(MoveError):
    """This step needs a reason."""

    sentence = _l("This step needs a reason. It is sealed for the auditors.")


class ReasonTooLong(MoveError):
    """Over the limit of one item."""

    sentence = _l("The reason is too long: at most 65,536 bytes, about 20,000 Chinese characters.")


class OutcomeMissing(MoveError):
    """A tip leaves verification with an outcome alone."""

    sentence = _l("Choose what verification found.")


class MovedMeanwhile(MoveError):
    """A lost race, or a state column that was changed by hand."""

    status = 409
    sentence = _l(
        "Somebody else moved this tip after you opened the page. Your step was not taken. "
        "Its present state is shown below."
    )


class ClockStands(MoveError):
    """A tip whose clock stands still is not moved."""

    status = 409
    sentence = _l("The clock of this tip stands still. Let it run again first. Nothing was moved.")


class AnotherPerson(MoveError):
    """Who decided does not confirm or review."""

    status = 409
    sentence = _l(
        "You took part in deciding this tip, so another person must take this step: whoever recorded the "
        "outcome does not confirm it, and whoever decided does not review it. Give it to a colleague."
    )


class AnswerFirst(MoveError):
    """The reporter has not heard of it yet."""

    status = 409
    sentence = _l("Answer the reporter first: a template is filled in below. Then the tip can be closed.")


class NumberTaken(MoveError):
    """A transfer has the next number of its year."""

    status = 409
    sentence = _l("Another transfer took this number meanwhile. Nothing was moved. Try again.")


class UmbrellaFirst(MoveError):
    """What concerns protectors of gangs leaves the township before anybody works on it."""

    sentence = _l(
        "This tip is about an umbrella, so it does not stay in the township. Hand it to the integrity desk: "
        "there its three clocks start."
    )


class StepRefused(MoveError):
    """The keeper refused, for what the page did not show."""

    status = 409
    sentence = _l(
        "The keeper did not allow this step, and the refusal is in the log. Nothing was changed. "
        "How the tip stands now is shown below."
    )
