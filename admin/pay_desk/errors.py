"""Why nothing was paid, taken back or listed; what was typed stays in the form."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError
from admin.members.errors import KeeperRefused
from admin.readings.errors import ReadingTooLate
from tipline.keeper_client import Reason


class PayError(AdminError):
    """Base of this room's errors. `field` is what the sentence is about, "" for the whole form."""

    status = 422
    field = ""


class NoPoint(PayError):
    """Nothing chosen, or what is no point any more."""

    field = "point"
    sentence = _l("Choose the point where you sit now.")


class Mistyped(PayError):
    """Not ten digits, or the last one does not fit the others. The keeper was not asked."""

    field = "pickup_code"
    sentence = _l(
        "A digit is wrong or missing: a pickup code has ten digits, and its last one checks the others. "
        "Compare it with the paper and type it again. Nothing was asked, and no try was counted."
    )


class UnknownCode(PayError):
    """No voucher has this code now."""

    status = 409
    field = "pickup_code"
    sentence = _l(
        "No voucher has this code. Compare each digit with the paper. If it is right, its thirty days are "
        "over or somebody asked for a new code: the person gets one on the page “Get pickup code”. "
        "Pay nothing. This try was counted; ten a day are possible."
    )


class CodeOver(PayError):
    """Its last day has passed."""

    status = 409
    field = "pickup_code"
    sentence = _l(
        "The last day of this code has passed. Nothing is lost: the voucher is good again, and the person "
        "gets a new code on the page “Get pickup code”. Pay nothing now."
    )


class AnotherPoint(PayError):
    """The code is for another point."""

    status = 409
    field = "pickup_code"
    sentence = _l(
        "This code is for another point, so it cannot be paid here. Send the person to the point that they "
        "chose. If you sit there now, change your point above. Pay nothing here."
    )


class TooManyTries(PayError):
    """Ten wrong codes of one clerk on one day, or too many requests of one minute."""

    status = 429
    field = "pickup_code"
    sentence = _l(
        "Too many codes, so this one was not looked at. Either you were too fast: wait a minute. Or ten of "
        "today were wrong: then a colleague goes on in their own session, and the auditors are told."
    )


class PaidMeanwhile(PayError):
    """Two others were quicker."""

    status = 409
    sentence = _l("This code was paid already. Pay nothing. Type it again: the page then shows on which day.")


class SameClerk(PayError):
    """One clerk twice."""

    status = 409
    sentence = _l(
        "You have confirmed this code yourself today. Now a second clerk types it in their own session. "
        "Hand out nothing before that."
    )


class NotThisPayment(PayError):
    """What the page shows is not what the keeper knows of the code."""

    status = 409
    sentence = _l("This is no longer as the page showed it, so nothing was confirmed. Type the code again.")


class NobodySigns(PayError):
    """There is no second person."""

    status = 409
    sentence = _l("Two people must sign this, and nobody else here may sign it with you.")


class NotPaid(PayError):
    """Only what was paid can be taken back."""

    status = 409
    field = "pickup_code"
    sentence = _l("This code was not paid, so there is nothing to take back.")


class ConfirmedIt(PayError):
    """Neither of the two who confirmed a payment takes it back."""

    status = 409
    field = "pickup_code"
    sentence = _l("You confirmed this payment. Two others take it back.")


class NoReceipt(PayError):
    """Only what was paid has one."""

    status = 409
    field = "pickup_code"
    sentence = _l("This code was not paid yet, so there is no receipt.")


class NoBank(PayError):
    """A point that is no bank or post office, or no open one."""

    field = "point"
    sentence = _l("Choose a bank or post office from the list.")


class NothingToList(PayError):
    """No code waits at this point."""

    status = 409
    sentence = _l("No pickup code waits at this point, so there is nothing to list.")


class ListGone(PayError):
    """The list was made anew, or its three days are over."""

    status = 409
    sentence = _l("This list is no longer there: a newer one was made, or its time is over. Make a new one.")


_REFUSALS: Final[Mapping[Reason, type[AdminError]]] = {
    Reason.UNKNOWN_PICKUP: UnknownCode,
    Reason.ANOTHER_POINT: AnotherPoint,
    Reason.PICKUP_OVER: CodeOver,
    Reason.ALREADY_PAID: PaidMeanwhile,
    Reason.ANOTHER_PERSON: SameClerk,
    Reason.WRONG_AMOUNT: NotThisPayment,
    Reason.NOT_ALLOWED: NotThisPayment,
    Reason.UNKNOWN_POINT: NoPoint,
    Reason.STALE: ReadingTooLate,
    Reason.REPLAYED: ReadingTooLate,
    Reason.TOO_MANY: TooManyTries,
}


def explained(reason: Reason) -> AdminError:
    """The error for a refused statement about a pickup code."""
    return _REFUSALS.get(reason, KeeperRefused)()
