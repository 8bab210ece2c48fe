"""A clock that a story sets: it goes forward only, and never past the present."""

from datetime import UTC, date, datetime, time, timedelta

from tipline.clock import Clock


class StoryClock:
    """Stands at an hour of a day until it is set to another."""

    def __init__(self, present: Clock, days_ago: int) -> None:
        self._present = present.now().astimezone(UTC)
        self._now = self._present
        self._now = self._at(days_ago, hour=8)

    def now(self) -> datetime:
        """The moment of the story, aware, in UTC."""
        return self._now

    def today(self) -> date:
        """Its day."""
        return self._now.date()

    def unix(self) -> int:
        """Whole seconds since 1970."""
        return int(self._now.timestamp())

    def steady(self) -> float:
        """The seconds of the story."""
        return self._now.timestamp()

    def go_to(self, days_ago: int, hour: int = 9) -> None:
        """Set it to an hour of a day, counted back from the present."""
        self._now = max(self._now, self._at(days_ago, hour))

    def pass_by(self) -> None:
        """A minute goes by."""
        self._now = min(self._now + timedelta(minutes=1), self._present)

    def _at(self, days_ago: int, hour: int) -> datetime:
        day = self._present.date() - timedelta(days=days_ago)
        return min(datetime.combine(day, time(hour), UTC), self._present)
