"""Why a review, a rule or a decoy was not taken; what was typed stays in the form."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class AlertsError(AdminError):
    """Base of this room's errors. `field` is what the sentence is about, "" for the whole form."""

    status = 422
    field = ""


class NoFinding(AlertsError):
    """Nothing was chosen."""

    field = "finding"
    sentence = _l("Choose what you found.")


class NoExplanation(AlertsError):
    """Left open."""

    field = "reason"
    sentence = _l("Write what you found out, and how: whoever checks your review reads it.")


class ReviewedAlready(AlertsError):
    """Somebody was quicker, or it is no alert."""

    status = 409
    sentence = _l("This alert was reviewed meanwhile. Your review was not taken.")


class AboutYourself(AlertsError):
    """Another auditor must look into it."""

    status = 403
    sentence = _l("This alert is about you. Another auditor reviews it.")


class WrongThreshold(AlertsError):
    """Not a whole number, or out of its bounds."""

    sentence = _l("A threshold is a whole number within the bounds beside it.")


class NoText(AlertsError):
    """Left open, or too long."""

    field = "description"
    sentence = _l("Write the text of the decoy, in at most 20,000 characters.")


class DecoysOff(AlertsError):
    """Two people must switch them on first."""

    status = 409
    sentence = _l("Decoys are switched off. Two people switch them on under Rules.")


class DecoyNotStored(AlertsError):
    """Logged, and then not stored."""

    status = 409
    sentence = _l("The decoy was announced in the log and could not be stored. Send the form once more.")
