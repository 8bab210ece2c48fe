"""Why an enrolment does not go on; the link stays good."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class EnrolmentError(AdminError):
    """Base of this room's errors. `field` is what the sentence is about."""

    status = 422
    keeps_typed = False  # passwords and codes do not come back
    field = ""


class WeakChoice(EnrolmentError):
    """Too short, or too easily guessed."""

    field = "password"
    sentence = _l(
        "This password is too easily guessed. Take at least 12 characters: four words that have nothing to "
        "do with each other are good; names, dates and rows of keys are not."
    )


class ChoicesDiffer(EnrolmentError):
    """The second typing is another."""

    field = "again"
    sentence = _l("The two passwords are not the same. Type the same one twice.")


class WrongCode(EnrolmentError):
    """The authenticator shows other digits."""

    field = "otp"
    sentence = _l(
        "This is not the code that the authenticator should show now. Wait for the next one and type it. "
        "If it fails again, set the clock of the telephone to automatic."
    )


class LostPlace(EnrolmentError):
    """The second page's hidden field was not made for this link."""

    sentence = _l("Please begin again with the password: this page was not made for this link.")
