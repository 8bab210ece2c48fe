"""What a member is told when a page of this site cannot be shown: one sentence an error."""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString


class AdminError(Exception):
    """Base of what the rooms of this site raise; the sentence is what the person sees."""

    status = 400
    keeps_typed = True  # whether what was typed comes back with the page
    sentence: LazyString = _l("This did not work. Go back and try again.")


class NotFound(AdminError):
    """There is nothing at this address, or nothing that this member may know of."""

    status = 404
    sentence = _l("There is nothing here for you at this address.")


class NotPermitted(AdminError):
    """The roster does not give this member the room."""

    status = 403
    sentence = _l("This room is not open to you. A registrar and somebody at the desk grant it together.")


class SignedOut(AdminError):
    """No session, or one that has ended."""

    status = 401
    sentence = _l("You are signed out. Sign in to go on.")


class KeeperAway(AdminError):
    """The keeper does not answer, so nothing can be logged, so nothing is shown."""

    status = 503
    sentence = _l(
        "Nothing can be read now: the keeper does not answer. Tips still arrive. Try again in a minute."
    )


class KeeperNotTrusted(AdminError):
    """The keeper's answer did not prove what it says."""

    status = 503
    sentence = _l(
        "Nothing can be read now: the keeper's answer does not fit the log that was seen before. "
        "Tell an auditor. Tips still arrive."
    )


class KeeperHasStopped(KeeperAway):
    """The keeper found another log than the one that it signed last, or rows that it did not write."""

    sentence = _l(
        "Nothing can be read now: the keeper stopped, because its log, or what it stores beside it, is not "
        "as it left it. Tips still arrive. Two members, one of them an auditor, decide what happens."
    )


class EntryAltered(KeeperNotTrusted):
    """A stored entry is not the one that the log signed."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.sentence = _l(
            "Entry %(index)d of the log was altered or taken out: what is stored is not what was signed. "
            "Tell an auditor, and have the operator keep the keeper's database as evidence.",
            index=index,
        )


class LogSetBack(KeeperNotTrusted):
    """The keeper does not know it, but this site has seen more of the log."""


class TooManyAtOnce(AdminError):
    """This source is sending as much at once as one may; nothing of it is read."""

    status = 429
    keeps_typed = False
    sentence = _l("Too much comes from your network at the same time. Wait a minute, go back and try again.")


class Busy(AdminError):
    """As many passwords as may wait to be checked are waiting."""

    status = 503
    keeps_typed = False
    sentence = _l("Many people are signing in at this moment. Wait a few seconds, then try again.")


class StoreAway(AdminError):
    """The main database cannot be read or written."""

    status = 503
    sentence = _l("Nothing can be read or stored now: the database does not answer. Try again in a minute.")


class BadForm(AdminError):
    """A form without its token, or with a hidden field that is not ours."""

    status = 400
    sentence = _l("This form is too old or was not made here. Open the page again and repeat your step.")
