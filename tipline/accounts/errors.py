"""What a member is told when an account does not open."""

from crypto.statements import Statement


class AccountError(Exception):
    """Something about an account."""


class SignInFailed(AccountError):
    """Name, password or one-time code is wrong; which of them is not said."""


class TooBusy(AccountError):
    """As many passwords as may wait to be checked are waiting."""


class WeakPassword(AccountError):
    """The new password is too short, or easy to guess."""


class WrongAccountKeys(AccountError):
    """The account opens, but its keys are not the ones that the roster knows."""


class DeskKeyMissing(AccountError):
    """This member holds no seed that fits the desk's key in the directory."""


class SecondLookNeeded(AccountError):
    """Somebody who is signed in must be asked once more, before they sign this."""


class ConfirmationNeeded(SecondLookNeeded):
    """For their password and a one-time code."""


class AssertionNeeded(SecondLookNeeded):
    """For their passkey's answer over this statement."""

    def __init__(self, statement: Statement) -> None:
        super().__init__()
        self.statement = statement
