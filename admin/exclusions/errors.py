"""Why a unit was not excluded, or a tip not handed to another desk."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class ExclusionError(AdminError):
    """Base of this room's errors."""


class NoSuchUnit(ExclusionError):
    """Not in the directory, or excluded already."""

    status = 422
    sentence = _l("Choose a unit that is not excluded yet.")


class NobodyWouldBeLeft(ExclusionError):
    """The integrity desk too would be wholly excluded."""

    status = 422
    sentence = _l(
        "With this unit excluded nobody at the integrity desk could read the tip any more, and missed "
        "deadlines go there. It was not excluded."
    )


class ExclusionRefused(ExclusionError):
    """The keeper refused the statement."""

    status = 403
    sentence = _l(
        "The keeper refused, and the refusal is in the log. Desk and excluded units stay as they were."
    )


class NothingToLift(ExclusionError):
    """Nothing was ticked, or a unit that is not excluded."""

    status = 422
    sentence = _l("Tick at least one unit that is excluded now.")


class AtIntegrityAlready(ExclusionError):
    """There is no other desk to take it from."""

    status = 409
    sentence = _l("This tip is with the integrity desk alone already.")


class ExclusionNotStored(ExclusionError):
    """Logged, but the rows could not be written."""

    status = 503
    sentence = _l(
        "The new route is in the log and binds, but the list could not be brought up to date. "
        "Tell the operator to run “tipline rebuild”."
    )
