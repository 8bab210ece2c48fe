"""Why two heads were not decided about."""

from typing import Final

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError
from tipline.keeper_client import Reason


class HeadsError(AdminError):
    """Base of this room's errors."""

    status = 409


class NothingToDecide(HeadsError):
    """The log goes on, or what is stored is no log that anybody could take."""

    sentence = _l("There is nothing to decide, or nothing that two signatures could settle.")


class OtherHeads(HeadsError):
    """The heads are other ones than the page showed."""

    sentence = _l("The two heads are other ones by now. Look at them again before you sign.")


class NoSecondPerson(HeadsError):
    """Nobody was named, or somebody who may not sign this."""

    status = 422
    sentence = _l("Choose who signs with you. One of you two must be an auditor.")


class NotWaiting(HeadsError):
    """Signed, withdrawn or lapsed meanwhile, or about other heads."""

    sentence = _l("This no longer waits for you: it was signed already, or its three days are over.")


class HeadsRefused(HeadsError):
    """The keeper refused what both had signed."""

    sentence = _l("The keeper refused this. Nothing was changed.")


class SignersRefused(HeadsRefused):
    """One of the two may not sign it."""

    sentence = _l(
        "The keeper refused this: in the log that was found, one of you two may not sign it. "
        "Choose another person."
    )


_REFUSED: Final = {
    Reason.NOT_ALLOWED: SignersRefused,
    Reason.UNKNOWN_MEMBER: SignersRefused,
    Reason.REMOVED_MEMBER: SignersRefused,
    Reason.STALE: NotWaiting,
    Reason.REPLAYED: NotWaiting,
}


def refused(reason: Reason) -> HeadsError:
    """The sentence for what the keeper says."""
    return _REFUSED.get(reason, HeadsRefused)()
