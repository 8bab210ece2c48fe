"""What is said when a second look did not succeed."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class ConfirmingError(AdminError):
    """Base of this room's errors."""


class WrongConfirmation(ConfirmingError):
    """Password or code is wrong, or the code was used before."""

    sentence = _l("Password or one-time code is wrong. A code works once: wait for the next one.")


class TooManyConfirmations(ConfirmingError):
    """The throttle of sign-ins counts these too."""

    sentence = _l("Too many tries. Wait a minute, then try again.")


class WrongAnswer(ConfirmingError):
    """A passkey answered, but not this passkey or not over this."""

    sentence = _l("That was not your passkey's answer to this. Try again with the passkey of this account.")
