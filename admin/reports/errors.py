"""Why a report was not made or signed."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class ReportsError(AdminError):
    """Base of this room's errors."""

    status = 409


class OtherFigures(ReportsError):
    """The form is not of this month's figures."""

    sentence = _l("These are not the figures that were shown. Look at them once more, then sign.")


class SignedBefore(ReportsError):
    """An auditor has signed the same."""

    sentence = _l("These figures are signed already.")


class NoSuchFile(ReportsError):
    """Another kind or language than are offered."""

    status = 422
    sentence = _l("Choose the kind and the language of the file.")


class NotPrinted(ReportsError):
    """The printing process gave no document."""

    status = 503
    sentence = _l("The document could not be made. Try again in a minute.")
