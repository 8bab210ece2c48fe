"""Why a table was not written."""


class SpreadsheetError(ValueError):
    """Base of this room's errors."""


class CellTooLong(SpreadsheetError):
    """A cell takes 32,767 characters; what is longer would be cut, or the file would not open."""


class UnknownForm(SpreadsheetError):
    """Files are written as .xlsx or .csv."""
