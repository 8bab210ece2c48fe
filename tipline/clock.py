"""The time, as an argument: whatever needs it is handed a `Clock`."""

import time
from datetime import UTC, date, datetime
from typing import Final, Protocol

_STEADY: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts while the machine sleeps, too, where the system can."""


class Clock(Protocol):
    """What can be asked of a clock. The first three answers are the same moment, in UTC."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...

    def today(self) -> date:
        """The UTC day: all that is ever kept about a reporter's time."""
        ...

    def unix(self) -> int:
        """Whole seconds since 1970-01-01T00:00:00Z, rounded down: the unit of statements."""
        ...

    def steady(self) -> float:
        """Seconds since some moment, which pass evenly whatever the clock is set to."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().date()

    def unix(self) -> int:
        return int(self.now().timestamp())

    def steady(self) -> float:
        return time.clock_gettime(_STEADY)
