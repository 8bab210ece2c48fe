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
