"""Why a file is not handed out."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class HandoutError(AdminError):
    """Base of this room's errors."""


class HandoutGone(HandoutError):
    """Nothing waits at this address in this session."""

    status = 404
    sentence = _l(
        "This file is not here any more: it waits for ten minutes, and only where you are signed in now. "
        "Make it once more."
    )


class NoRoomForHandout(HandoutError):
    """The statement is logged, and the disk took nothing."""

    status = 503
    sentence = _l(
        "It is in the log, but there is no room to keep the file until you download it. "
        "Tell the operator, then make it once more; the log will show both."
    )
