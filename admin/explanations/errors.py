"""Why a question was not asked, or an answer not taken; what was typed stays in the form."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class ExplanationError(AdminError):
    """Base of this room's errors."""

    status = 409


class NobodyToAsk(ExplanationError):
    """Asked before, reviewed, about nobody by name, about oneself, about somebody who has left, or secret."""

    sentence = _l(
        "Nobody was asked: the alert was reviewed or its member asked meanwhile, or it is about nobody who "
        "may be asked."
    )


class NotAsked(ExplanationError):
    """Answered, reviewed, or never asked."""

    sentence = _l("No auditor waits for this answer any more: it was given, or the alert was reviewed.")


class NoAnswer(ExplanationError):
    """Left open."""

    status = 422
    sentence = _l("Write what happened, and why.")
