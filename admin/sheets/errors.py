"""Why no sheets were printed."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class SheetsError(AdminError):
    """Base of this room's errors."""


class WrongCount(SheetsError):
    """No number between one and the most that one statement names."""

    status = 422
    sentence = _l("Choose a number of sheets between 1 and 20.")


class SentBefore(SheetsError):
    """A reload of the page to print, or a form that lay open while another one was sent."""

    status = 409
    sentence = _l(
        "This form was sent before, or sheets were printed since it was opened. Nothing was printed now. "
        "Print new ones."
    )


class SheetsNotStored(SheetsError):
    """Logged, but the rows could not be written; the codes were shown to nobody."""

    status = 503
    sentence = _l("The sheets could not be stored, so none was printed. Try again in a minute.")
