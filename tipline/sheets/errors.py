"""Why a sheet's number leads nowhere; the admin site says so in its own sentences."""


class SheetError(Exception):
    """Base: nothing can be entered under this number."""


class MistypedNumber(SheetError):
    """Not nine digits, or the check digit does not fit."""


class UnknownSheet(SheetError):
    """The number is well formed, and no sheet that was printed here has it."""


class UsedSheet(SheetError):
    """A tip was entered under this number before."""


class AlteredSheet(SheetError):
    """The stored row is not the one that its printer's statement in the log commits to."""
