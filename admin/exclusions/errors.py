"""Why a unit was not excluded."""

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
    sentence = _l("With this unit excluded nobody could read the tip any more. It was not excluded.")


class ExclusionRefused(ExclusionError):
    """The keeper refused the statement."""

    status = 403
    sentence = _l("The keeper refused to exclude this unit, and the refusal is in the log.")


class ExclusionNotStored(ExclusionError):
    """Logged, but the rows could not be written."""

    status = 503
    sentence = _l(
        "The exclusion is in the log and binds, but the list could not be brought up to date. "
        "Tell the operator to run “tipline rebuild”."
    )
