"""Why a tip was not moved."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class MoveError(AdminError):
    """Base of this room's errors."""


class NoSuchMove(MoveError):
    """Not in the table of moves."""

    status = 422
    sentence = _l("A tip in this state cannot be moved there.")


class ReasonMissing(MoveError):
    """This move needs a reason."""

    status = 422
    sentence = _l("This move needs a reason. It is sealed for the auditors.")


class ReasonTooLong(MoveError):
    """Over the limit of one item."""

    status = 422
    sentence = _l("The reason is too long: at most 65,536 bytes, about 20,000 Chinese characters.")


class MovedMeanwhile(MoveError):
    """A lost race, or a state column that was changed by hand."""

    status = 409
    sentence = _l(
        "Somebody else moved this tip after you opened the page. Your move was not made. "
        "Its present state is shown below."
    )


class MoveNotStored(MoveError):
    """Logged, but the row could not be written."""

    status = 503
    sentence = _l(
        "The move is in the log and counts, but the list could not be brought up to date. "
        "Tell the operator to run “tipline rebuild”."
    )
