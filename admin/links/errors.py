"""Why two tips were not linked."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class LinkError(AdminError):
    """Base of this room's errors."""

    status = 422


class NoSuchOther(LinkError):
    """No other tip of this session's has this handle."""

    sentence = _l("None of your tips has this handle. Write it as in the list, like 1a2b-3c4d.")


class TheSameTip(LinkError):
    """A tip is not linked with itself."""

    sentence = _l("This is the handle of this very tip. Name the other one.")


class SeveralOthers(LinkError):
    """Two tips begin with the same eight digits."""

    sentence = _l("Several tips have this handle. Write the whole number from the address of the other tip.")
