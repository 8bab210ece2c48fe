"""What can be wrong with a question for a report."""


class ReportsError(Exception):
    """Base of this room's errors."""


class BadMonth(ReportsError):
    """No month of the calendar."""
