"""What can be wrong with a step on a tip's page."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class TipPageError(AdminError):
    """Base of this room's errors."""


class NoPurpose(TipPageError):
    """A reading needs one of the purposes."""

    status = 422
    sentence = _l("Choose what you read this tip for.")


class FileMissing(TipPageError):
    """The sealed file is not in the folder."""

    status = 404
    sentence = _l("This file is not stored here any more. Tell an auditor.")


class DoneButNotShown(TipPageError):
    """The step was taken; only the page after it cannot be made."""

    status = 503
    keeps_typed = False
    sentence = _l(
        "Your step is done and in the log. The tip cannot be shown now: the keeper does not answer. "
        "Do not repeat it."
    )


class LoggedButNotListed(TipPageError):
    """Logged, but the rows could not be brought up to date."""

    status = 503
    keeps_typed = False
    sentence = _l(
        "Your step is in the log and counts, but the list could not be brought up to date. Do not repeat it. "
        "Tell the operator to run “tipline rebuild”."
    )


class NoSuchStep(TipPageError):
    """A button that no page of ours has."""

    status = 422
    sentence = _l("There is no such step. Open the page again.")
