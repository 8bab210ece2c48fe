"""What can be wrong with a step on the list: one sentence an error."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class QueueError(AdminError):
    """Base of this room's errors."""


class NothingTicked(QueueError):
    """No tip was ticked."""

    status = 422
    sentence = _l("Tick the tips first that are to be closed.")


class TooManyTicked(QueueError):
    """More tips than one statement may name."""

    status = 422
    sentence = _l("At most 200 tips can be closed at once. Nothing was closed.")


class TwoDesks(QueueError):
    """One statement is for one desk."""

    status = 422
    sentence = _l("These tips are at different desks. Close those of one desk at a time. Nothing was closed.")


class NoReason(QueueError):
    """Closing needs a reason."""

    status = 422
    sentence = _l("Write why these are no tips. The reason is sealed for the auditors.")


class NotAllSpam(QueueError):
    """One of the tips is further on, or its clock stands still."""

    status = 409
    sentence = _l(
        "One of these tips is no longer at its beginning, or its clock stands still. None was closed. "
        "Go back to the list and choose again."
    )


class SpamNotStored(QueueError):
    """Logged, but the rows could not be written."""

    status = 503
    sentence = _l(
        "The tips are closed, and that is in the log, but the list could not be brought up to date. "
        "Tell the operator to run “tipline rebuild”."
    )


class NoViewName(QueueError):
    """A saved view needs a name."""

    status = 422
    sentence = _l("Give the view a name of at most 40 characters.")


class TooManyViews(QueueError):
    """The member keeps as many as one may."""

    status = 422
    sentence = _l("You keep 20 views, the most there may be. Remove one first.")


class TooManyTags(QueueError):
    """More tags than a card takes."""

    status = 422
    sentence = _l("A tip has at most 12 tags. The tags were not changed.")


class TagTooLong(QueueError):
    """A tag is longer than a card takes."""

    status = 422
    sentence = _l("A tag has at most 60 characters. The tags were not changed.")


class TagsChanged(QueueError):
    """Somebody else changed the tags meanwhile."""

    status = 409
    sentence = _l(
        "Somebody else changed the tags of this tip after you opened the page. Yours were not taken. "
        "Look at the tags below, and change them again if they need it."
    )


class TagsRefused(QueueError):
    """The keeper refused the statement."""

    status = 403
    sentence = _l("The keeper refused the tags, and the refusal is in the log. They were not changed.")


class TagsNotStored(QueueError):
    """Logged, but the rows could not be written."""

    status = 503
    sentence = _l(
        "The change of the tags was logged but could not be stored. Make it again; the log will show both."
    )
