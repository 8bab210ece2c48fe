"""Why nothing was asked or confirmed."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from admin.disclosures.errors import explained as name_refused
from admin.errors import AdminError
from tipline.keeper_client import Reason


class PayeeError(AdminError):
    """Base of this room's errors."""

    status = 422


class NothingKept(PayeeError):
    """No payee's item carries the reporter's signature."""

    status = 409
    sentence = _l(
        "Nothing is kept that says whom to pay. The nightly list tells the auditors what is missing. "
        "Nothing was asked."
    )


class TookAStep(PayeeError):
    """The member took a step of this award, or confirmed it already."""

    status = 409
    sentence = _l(
        "You took a step of this reward, or have confirmed it already. Somebody else goes on. Nothing was "
        "logged in your name."
    )


class NewerPayee(PayeeError):
    """Another one was sent than a custodian agreed to, or than the first clerk meant."""

    status = 409
    sentence = _l(
        "Another payee was sent after the one that you saw, or a request to see one still waits. Pay nobody "
        "before you have asked anew and have seen it. Nothing was logged in your name."
    )


class NotShown(PayeeError):
    """No custodian has let this clerk see whom to pay."""

    status = 409
    sentence = _l(
        "No custodian has let you see whom to pay. Ask, and look before you confirm. Nothing was logged in "
        "your name."
    )


class NoMore(PayeeError):
    """It is paid, or was never to be paid by name."""

    status = 409
    sentence = _l("This reward is not to be paid by name any more. Load the list anew, and pay nothing.")


_EXPLAINED: Final[Mapping[Reason, type[PayeeError]]] = {
    Reason.ANOTHER_PERSON: TookAStep,
    Reason.NOT_ALLOWED: NoMore,
    Reason.UNKNOWN_AWARD: NoMore,
    Reason.NOT_APPROVED: NewerPayee,
}


def explained(reason: Reason) -> AdminError:
    """The error for a refusal."""
    known = _EXPLAINED.get(reason)
    return known() if known else name_refused(reason)
