"""Why nothing was opened: one sentence an error."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError, NotFound
from tipline.keeper_client import Reason


class ReadingError(AdminError):
    """Base of this room's errors."""


class ReadingRefused(ReadingError):
    """The keeper refused; the refusal stands in the log too."""

    status = 403
    sentence = _l("The keeper refused, and the refusal is in the log. Nothing was opened.")


class ReadingTooLate(ReadingError):
    """The statement was too old for the keeper, or seen before."""

    status = 409
    sentence = _l("The keeper's clock and this site's do not agree. Nothing was opened. Tell the operator.")


class ReadingTooOften(ReadingError):
    """The member's limit."""

    status = 429
    sentence = _l("Too many requests in one minute. Wait a minute, then try again.")


class NotWitnessed(ReadingError):
    """Reading stands still for want of cosignatures."""

    status = 503
    sentence = _l(
        "Nothing is read now: too few of the bodies that countersign the log have done so of late. Tips still"
        " arrive. An auditor and another member can let reading go on for three days."
    )


class NotWhatWasSealed(ReadingError):
    """What is stored is not what the reporter sealed, or not what the log saw first."""

    status = 409
    sentence = _l(
        "What is stored here is not what was sealed or logged first, so it was not opened. Tell an auditor."
    )


class NoKeyForDesk(ReadingError):
    """The member has no seed that fits the desk's key."""

    status = 403
    sentence = _l(
        "Your account holds no key of this desk. A registrar and a colleague of the desk must grant it again."
    )


class NothingSealed(ReadingError):
    """There is no item to read."""

    status = 404
    sentence = _l("There is nothing to read here.")


_HIDDEN = frozenset({Reason.EXCLUDED, Reason.DESK_NOT_HELD, Reason.NOT_ALLOWED, Reason.UNKNOWN_TIP})
FORGED = frozenset({Reason.POLICY_MISMATCH, Reason.ITEM_MISMATCH, Reason.CLAIM_SIGNATURE, Reason.MALFORMED})
"""Reasons that a row written by hand leads to."""


def refusal(reason: Reason) -> AdminError:
    """The error for a refused reading. Whoever is excluded learns no more than from an unknown address."""
    if reason in _HIDDEN:
        return NotFound()
    if reason in FORGED:
        return NotWhatWasSealed()
    if reason in (Reason.STALE, Reason.REPLAYED):
        return ReadingTooLate()
    if reason is Reason.TOO_MANY:
        return ReadingTooOften()
    if reason is Reason.UNWITNESSED:
        return NotWitnessed()
    return ReadingRefused()
