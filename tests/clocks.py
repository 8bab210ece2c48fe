"""A clock that stands still until a test moves it."""

from datetime import UTC, date, datetime, timedelta


class FixedClock:
    """A `tipline.clock.Clock` at one moment.

    Raises:
        ValueError: `at` names no time zone, so it is no moment.
    """

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a fixed clock needs an aware moment")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def today(self) -> date:
        return self._at.date()

    def unix(self) -> int:
        return int(self._at.timestamp())

    def advance(self, seconds: float) -> None:
        """Move the clock; a negative number moves it back, as a machine's clock may be."""
        self._at += timedelta(seconds=seconds)
