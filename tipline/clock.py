"""The time, as an argument: whatever needs it is handed a `Clock`."""

from datetime import UTC, date, datetime
from typing import Protocol


class Clock(Protocol):
    """What can be asked of a clock. All three answers are the same moment, in UTC."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...

    def today(self) -> date:
        """The UTC day: all that is ever kept about a reporter's time."""
        ...

    def unix(self) -> int:
        """Whole seconds since 1970-01-01T00:00:00Z, rounded down: the unit of statements."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().date()

    def unix(self) -> int:
        return int(self.now().timestamp())
