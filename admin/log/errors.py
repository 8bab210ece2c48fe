"""Why the log could not be shown or checked."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class LogError(AdminError):
    """Base of this room's errors."""


class AuditRefused(LogError):
    """The keeper refused to hand out entries."""

    status = 403
    sentence = _l("The keeper refused to hand out entries, and the refusal is in the log.")


class LogTooLong(LogError):
    """More entries than one audit statement may ask for."""

    status = 413
    sentence = _l("The log is too long for this page. Use “tipline log export” and “tipline log verify”.")


class ReasonMissing(LogError):
    """No sealed reason of this name is stored."""

    status = 404
    sentence = _l("This reason is not stored here. If the log names it, it was removed.")


class TooManyFit(LogError):
    """More entries fit than one spreadsheet holds."""

    status = 413
    sentence = _l("More than 20,000 entries fit. Narrow the filter, a month at a time for example.")


class NoSuchHandle(LogError):
    """A tip's handle or id that no stored tip has, or several have."""

    status = 404
    sentence = _l(
        "No stored tip has this handle, or several have it. Type all 32 digits of its id, as they stand in "
        "the address of its page."
    )
