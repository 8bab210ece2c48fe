"""Why a reply was not sent; the text always comes back."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError
from admin.replies.identifying import Hit


class ReplyError(AdminError):
    """Base of this room's errors."""


class EmptyReply(ReplyError):
    """Nothing was written."""

    status = 422
    sentence = _l("Write something to the reporter first.")


class ReplyTooLong(ReplyError):
    """Over the limit of one item."""

    status = 422
    sentence = _l("The reply is too long: at most 65,536 bytes, about 20,000 Chinese characters.")


class NamesSomebody(ReplyError):
    """Words of the answer tell who somebody is; `hits` are those that were not confirmed."""

    status = 422
    sentence = _l(
        "Not sent yet: your answer seems to name somebody. Take it out, or tick below what must stay."
    )

    def __init__(self, hits: Sequence[Hit] = ()) -> None:
        super().__init__()
        self.hits = hits


class EmptyNote(ReplyError):
    """Nothing was written."""

    status = 422
    sentence = _l("Write the note first.")


class NoteTooLong(ReplyError):
    """Over the limit of one item."""

    status = 422
    sentence = _l("The note is too long: at most 65,536 bytes, about 20,000 Chinese characters.")


class NoteNotKept(ReplyError):
    """Logged, but the row could not be written."""

    status = 503
    sentence = _l("The note was logged but could not be stored. Keep it again; the log will show both.")


class ThreadMovedOn(ReplyError):
    """Something was added after the page was opened."""

    status = 409
    sentence = _l(
        "Something was added to this tip after you opened the page. What you wrote was not sent. "
        "Read what is new below, then send again if it still fits."
    )


class ReplyRefused(ReplyError):
    """The keeper refused the statement."""

    status = 403
    sentence = _l("The keeper refused the reply, and the refusal is in the log. It was not sent.")


class ReplyNotStored(ReplyError):
    """Logged, but the row could not be written."""

    status = 503
    sentence = _l(
        "The reply was logged but could not be stored, so the reporter does not get it. "
        "Send it again; the log will show both."
    )
