"""Why no evidence pack was made."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class EvidenceNotMade(AdminError):
    """Base of this room's errors."""


class NothingChosen(EvidenceNotMade):
    """No entry fits, or the range is empty."""

    status = 422
    sentence = _l("No entry fits. Take something out of the filter, or choose other entry numbers.")


class TooManyChosen(EvidenceNotMade):
    """More entries than a pack holds."""

    status = 422
    sentence = _l(
        "More than 1,000 entries fit, and a pack holds no more. Narrow the filter, or take several packs."
    )


class ReportNotPrinted(EvidenceNotMade):
    """The printing process gave no document."""

    status = 503
    sentence = _l(
        "The report could not be printed, so there is no pack. Nothing of it is in the log. Try again in a "
        "minute; if it stays so, the operator must install what printing needs."
    )


class NotProved(EvidenceNotMade):
    """The keeper's answers do not make a pack that verifies."""

    status = 502
    sentence = _l(
        "The pack that was made does not verify, so it is not handed out. Verify the log, and tell the "
        "operator."
    )
