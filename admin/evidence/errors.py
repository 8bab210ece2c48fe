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


class HeadNotTaken(EvidenceNotMade):
    """Base: the head that was kept elsewhere goes into no pack, so none was made."""

    status = 422


class NotAHead(HeadNotTaken):
    """It has not the form of a head."""

    sentence = _l(
        "What was kept is not a head of a log. Give all of its text: three lines, an empty line, and each "
        "line that begins with a long dash."
    )


class HeadOfAnotherLog(HeadNotTaken):
    """It names another log."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.sentence = _l(
            "This head is of another log, %(name)s. It says nothing about this one.", name=name
        )


class HeadNotSigned(HeadNotTaken):
    """The log's key of its place did not sign it."""

    sentence = _l(
        "This log did not sign this head: a character is missing or wrong, or somebody made it up. Give the "
        "text as it was kept."
    )


class LogDoesNotGoOn(HeadNotTaken):
    """The log signed it, and is not a continuation of it."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.sentence = _l(
            "This log signed this head of %(size)d entries, and the log of today does not go on from it: "
            "entries were changed or taken out, or two members acknowledged that it was set back. Keep the "
            "head as evidence, and tell the other auditors and the witnesses.",
            size=size,
        )
