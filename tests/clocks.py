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
        self._passed = 0.0

    def now(self) -> datetime:
        return self._at

    def today(self) -> date:
        return self._at.date()

    def unix(self) -> int:
        return int(self._at.timestamp())

    def steady(self) -> float:
        return self._passed

    def advance(self, seconds: float) -> None:
        """Let time pass; a negative number takes the test back to where it was."""
        self._at += timedelta(seconds=seconds)
        self._passed += seconds

    def leap(self, seconds: float) -> None:
        """Set the clock, forward or back, while no time passes."""
        self._at += timedelta(seconds=seconds)
