"""What a member is told when an account does not open."""


class AccountError(Exception):
    """Something about an account."""


class SignInFailed(AccountError):
    """Name, password or one-time code is wrong; which of them is not said."""


class WrongAccountKeys(AccountError):
    """The account opens, but its keys are not the ones that the roster knows."""


class DeskKeyMissing(AccountError):
    """This member holds no seed that fits the desk's key in the directory."""
