"""Why a tip was not given to somebody."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class AssignmentError(AdminError):
    """Base of this room's errors."""

    status = 422


class NoSuchColleague(AssignmentError):
    """Nobody at the desk, or somebody who may not have the tip."""

    sentence = _l("Choose a colleague who holds this desk and may have this tip.")


class NotGiven(AssignmentError):
    """The keeper refused."""

    status = 409
    sentence = _l(
        "The keeper did not allow it, and the refusal is in the log. Nothing was given. Somebody may have "
        "changed the tip or the desk meanwhile: look again."
    )


class NothingChosen(AssignmentError):
    """No tip was ticked, or none of them is still there."""

    sentence = _l("Tick at least one tip that you see in this list.")


class TooManyChosen(AssignmentError):
    """More tips than one statement names."""

    sentence = _l("At most 200 tips go in one step. Tick fewer, then do the rest.")
