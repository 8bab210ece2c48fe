"""Why a hold was not proposed."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class HoldError(AdminError):
    """Base of this room's errors."""

    status = 422


class NoSuchSecond(HoldError):
    """The other person sits at the desk, is excluded, or is nobody."""

    sentence = _l(
        "Choose a second person from the list: somebody outside the desk whom the tip does not exclude."
    )


class NotProposed(HoldError):
    """The proposal could not be made."""

    status = 409
    sentence = _l("This could not be proposed. Open the page again and look how the tip stands.")


class ProposedAlready(HoldError):
    """The tip is held already, or is not."""

    status = 409
    sentence = _l("The tip is so already. Nothing was proposed.")
