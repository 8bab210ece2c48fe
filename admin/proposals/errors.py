"""Why nothing was signed."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class ProposalsError(AdminError):
    """Base of this room's errors."""

    status = 409


class ProposalGone(ProposalsError):
    """Withdrawn, refused, signed or lapsed meanwhile."""

    sentence = _l("This no longer waits: it was signed, refused or withdrawn, or its three days are over.")


class KeyNotPassed(ProposalsError):
    """The member who passes a desk's key on does not hold it (any more)."""

    sentence = _l("You do not hold this desk's key, or it was passed on by somebody else meanwhile.")
