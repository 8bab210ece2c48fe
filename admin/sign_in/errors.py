"""What is said to somebody who could not sign in."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class SignInError(AdminError):
    """Base of this room's errors."""


class WrongSignIn(SignInError):
    """Name, password or code is wrong, or the account's keys are not the roster's: not said which."""

    status = 401
    sentence = _l("Name, password or one-time code is wrong. A code works once: wait for the next one.")


class PasskeyRefused(SignInError):
    """The passkey's answer was wrong or came too late."""

    status = 401
    sentence = _l("The passkey's answer was not accepted, or came too late. Begin again.")


class TooManyTries(SignInError):
    """The throttle."""

    status = 429
    sentence = _l("Too many tries. Wait a minute, then try again.")


class ManySignIns(SignInError):
    """As many passwords as may wait to be checked are waiting."""

    status = 503
    sentence = _l("Many people are signing in at this moment. Wait a few seconds, then try again.")
