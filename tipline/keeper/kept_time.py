"""The keeper's time: the machine's clock, as long as it runs evenly.

A clock that leaps while the keeper runs is not followed: the keeper counts on by itself, so that no entry
gets a wrong day, no deadline is called missed and nothing is erased by mistake. Members' statements carry the
leapt time and are refused as stale until the clock is right again, or a person starts the keeper anew. At a
start nobody can tell a leap from a machine that was off: then nothing that cannot be undone is stated for a
day, and a start within that day begins it anew.
"""

import threading
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from tipline.clock import Clock
from tipline.durably import replace_durably
from tipline.keeper.errors import Unavailable

LEAP: Final = timedelta(hours=1)
"""How far a clock may be set while the keeper runs: more than any correction by the network's time."""
QUIET: Final = timedelta(days=2)
"""Longer than any working log is silent: each night brings an entry."""
HELD: Final = timedelta(days=1)
"""How long deadlines and erasures then wait, so that somebody can see it."""
BEHIND: Final = timedelta(minutes=5)
STEP: Final = timedelta(minutes=1)
"""More than this is no correction: the clock was set, and may be set back."""

LEAPT: Final = (
    "The clock of the keeper's machine leapt by {by} while the keeper ran, and the keeper does not follow. "
    "Entries keep the right time; statements are refused as stale, so nothing is read. Tips still arrive. "
    "Set the clock right. If the new time is the right one, start the keeper again."
)
SILENT: Final = (
    "The log's last entry is {by} old. If the machine was not off for so long, its clock is ahead: set it "
    "right and start the keeper again. Until {until} UTC no missed deadline is stated and nothing is erased."
)
LATE: Final = (
    "The clock of the keeper's machine is {by} behind the log's last entry. Set it right. If it is right, it "
    "was ahead before: entries carry the later time until it has caught up. Nothing is lost."
)


class KeptTime:
    """A `tipline.clock.Clock` over that of the machine.

    The file `hold` says since when (Unix seconds) the time is in doubt, until a keeper ran through a whole
    day of it: one entry of a false time would make the next start look like any other.
    """

    def __init__(self, machine: Clock, hold: Path) -> None:
        self._machine = machine
        self._hold = hold
        self._guard = threading.Lock()
        self._base, self._since = machine.now(), machine.steady()
        self._off = timedelta()
        self._silent = timedelta()
        self._held_until: datetime | None = None
        self._followed_at: float | None = None

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        with self._guard:
            machine, steady = self._machine.now(), self._machine.steady()
            counted = self._base + timedelta(seconds=steady - self._since)
            self._off = machine - counted
            if abs(self._off) > LEAP:
                return counted
            if abs(self._off) > STEP:
                self._followed_at = steady
            self._base, self._since, self._off = machine, steady, timedelta()
            return machine

    def today(self) -> date:
        """The UTC day."""
        return self.now().date()

    def unix(self) -> int:
        """Whole seconds since 1970."""
        return int(self.now().timestamp())

    def steady(self) -> float:
        """Seconds that pass evenly."""
        return self._machine.steady()

    @property
    def was_set(self) -> bool:
        """Whether the clock was set within the last hour, by no more than it is followed.

        It may be set back by as much: then what was too old is fresh again, and must not have been forgotten.
        """
        self.now()
        return self._followed_at is not None and self.steady() - self._followed_at <= LEAP.total_seconds()

    def begin(self, last_at: int) -> None:
        """Look at the time when the log was read: its last entry is from `last_at`.

        Raises:
            OSError: that the time is in doubt cannot be kept.
        """
        now, since = self.unix(), self._held_since()
        if now - last_at > QUIET.total_seconds() and (since is None or now < since[0]):
            since = (now, last_at)
            replace_durably(self._hold, b"%d %d\n" % since)
        # Before its beginning the clock was set right: nothing is held, until it is false once more.
        if since is not None and now >= since[0]:
            self._held_until = self.now() + HELD
            self._silent = timedelta(seconds=now - since[1])

    def _held_since(self) -> tuple[int, int] | None:
        """Since when the time is in doubt, and of when the last entry was then; None without a doubt."""
        try:
            since, last_at = self._hold.read_bytes().split()
            return int(since), int(last_at)
        except FileNotFoundError:
            return None
        except ValueError:
            return 0, 0  # spoilt: there was a doubt, and nobody can say since when

    def doubt(self, last_at: int) -> str:
        """What is wrong with the clock and what to do; empty while nothing is."""
        now = self.now()
        if self._off:
            return LEAPT.format(by=_words(self._off))
        if self._held_until is not None and now < self._held_until:
            return SILENT.format(by=_words(self._silent), until=f"{self._held_until:%Y-%m-%d %H:%M}")
        behind = timedelta(seconds=last_at - int(now.timestamp()))
        return LATE.format(by=_words(behind)) if behind > BEHIND else ""

    def require_right(self) -> None:
        """Refuse what cannot be undone while the time is in doubt.

        Raises:
            Unavailable: with a sentence for the operator.
        """
        now = self.now()
        if self._off:
            raise Unavailable(LEAPT.format(by=_words(self._off)))
        if self._held_until is not None:
            if now < self._held_until:
                raise Unavailable(self.doubt(int(now.timestamp())))
            self._hold.unlink(missing_ok=True)
            self._held_until = None

    @property
    def is_right(self) -> bool:
        """Whether what cannot be undone may be stated."""
        try:
            self.require_right()
        except Unavailable:
            return False
        return True


def _words(span: timedelta) -> str:
    span = abs(span)
    if span >= 2 * timedelta(days=1):
        return f"{span.days} days"
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return f"{hours} hours" if hours > 1 else f"{hours * 60 + minutes} minutes"
