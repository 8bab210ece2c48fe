"""Who asked for which lines of the ledger by day: kept for a while, so that more are of the same ledger."""

import threading
from datetime import date
from typing import Final

from sqlalchemy import Connection

from crypto.errors import BadFormat
from tipline.keeper.digests.rows import Rows
from tipline.keeper.errors import Refusal
from tipline.keeper.log import read_head
from tipline.keeper.rewards.memory import InMemory
from tipline.keeper.rewards.told import Selection
from tipline.keeper.writer import Writer
from tipline.keeper_client.reasons import Reason
from tipline.rewards.lines import Wanted

MOST_KEPT: Final = 16
"""Selections; who was not asked for longest goes first. One of 300,000 lines takes 3 MB."""

Asked = tuple[str, Wanted]
"""A member's id, and which lines."""


class Selections:
    """The last selections, by who asked for what, the size of the log and the day."""

    def __init__(self, memory: InMemory, writer: Writer) -> None:
        self._memory = memory
        self._writer = writer
        self._guard = threading.Lock()
        self._kept: dict[tuple[Asked, int, str], Selection] = {}

    def make(self, asked: Asked) -> tuple[int, Selection]:
        """The lines as of now, and the size of the log.

        Raises:
            BadFormat: nobody has this id.
            Unavailable: the books are still being read.
        """

        def found(connection: Connection, rows: Rows) -> tuple[int, str, Selection]:
            told, size = self._memory.at(connection, rows), read_head(connection).size
            known = self._known((asked, size, told.day))
            if known is not None:
                return size, told.day, known
            member, wanted = asked
            roster = self._writer.memory.roster.as_of(date.fromisoformat(told.day))
            if member not in roster.members:
                raise BadFormat("nobody has this id")
            fits = None if wanted == Wanted() else wanted.fits
            return size, told.day, told.select(fits, roster.members[member], roster)

        size, day, selection = self._memory.look(found)
        with self._guard:
            self._kept[asked, size, day] = selection
            while len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        return size, selection

    def find(self, asked: Asked, size: int) -> Selection:
        """The lines as they were at a size of the log.

        Raises:
            Refusal: stale; they are kept no longer.
        """
        with self._guard:
            days = [day for of, at, day in self._kept if (of, at) == (asked, size)]
        known = self._known((asked, size, days[-1])) if days else None
        if known is None:
            raise Refusal(Reason.STALE)
        return known

    def _known(self, which: tuple[Asked, int, str]) -> Selection | None:
        with self._guard:
            known = self._kept.pop(which, None)
            if known is not None:
                self._kept[which] = known  # asked for last
            return known
