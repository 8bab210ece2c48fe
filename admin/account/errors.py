"""What a member is told when a step on their account did not go through."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class AccountStepError(AdminError):
    """Base of this room's errors; the page comes back with the sentence on top."""

    keeps_typed = False
    part = ""
    """The part of the page that it is about."""


class WrongOldPassword(AccountStepError):
    """The old password or the code is wrong."""

    status = 401
    part = "password"
    sentence = _l("The old password or the one-time code is wrong. A code works once: wait for the next one.")


class PasswordsDiffer(AccountStepError):
    """The new password was typed in two ways."""

    part = "password"
    sentence = _l("The two new passwords differ. Type the new one twice the same.")


class PasswordTooWeak(AccountStepError):
    """It is too short, or easy to guess."""

    part = "password"
    sentence = _l(
        "The new password is too easy to guess. Take at least 12 characters: four or five words that do not "
        "belong together are good."
    )


class TooManyPasswordTries(AccountStepError):
    """The throttle of sign-ins counts these too."""

    status = 429
    part = "password"
    sentence = _l("Too many tries. Wait a minute, then try again.")


class PasskeyUnfit(AccountStepError):
    """What the browser made is no passkey that can be checked here."""

    part = "passkey"
    sentence = _l("This passkey is of a kind that cannot be checked here. Choose another device.")


class PasskeyElsewhere(AccountStepError):
    """The page was opened under another name than passkeys are made for, or there is no such name."""

    part = "passkey"
    sentence = _l("Passkeys are not made at this address.")


class NoRegistrar(AccountStepError):
    """Nobody was chosen who could sign the removal."""

    part = "passkey"
    sentence = _l("Choose a registrar who signs the removal with you.")


class StepRefused(AccountStepError):
    """The keeper refused the statement."""

    status = 409
    sentence = _l(
        "The keeper refused this, and the refusal is in the log. Open the page again and look what is there."
    )


class NoUnitChosen(AccountStepError):
    """No unit, or one that there is not."""

    part = "conflicts"
    sentence = _l("Choose at least one unit.")
