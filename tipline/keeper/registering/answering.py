"""What a member may know of the register: their own entries, and, at the two desks, those not kept from them.

An entry that excludes a unit of theirs is not in the answer, nor is what was said of it.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from tipline.database import Database
from tipline.ids import AUDITORS, INTEGRITY
from tipline.keeper.answering import Operation
from tipline.keeper.answers import Answers
from tipline.keeper.digests.rows import Rows
from tipline.keeper.errors import Refusal
from tipline.keeper.fields import read_number, read_text
from tipline.keeper.kept_time import KeptTime
from tipline.keeper.log import Log, Published, Row
from tipline.keeper.registering import acts
from tipline.keeper.registering.acts import NONE, REPORTED, Act
from tipline.keeper.snapshots import look
from tipline.keeper.writer import Writer
from tipline.keeper_client.reasons import Reason
from tipline.roster import Member, RosterRefused

AT_ONCE: Final = 200
"""Statements that one question looks at."""
MAX_ROW_BYTES: Final = 2 * 1024 * 1024

Proven = Callable[[list[Row], Published], list[dict[str, Any]]]
IsExcluded = Callable[[Act], bool]


class Registering:
    """The operation `interference`."""

    def __init__(
        self, database: Database, log: Log, writer: Writer, answers: Answers, clock: KeptTime, proven: Proven
    ) -> None:
        """Answer from these; `proven` adds proofs."""
        self._database = database
        self._log = log
        self._writer = writer
        self._answers = answers
        self._clock = clock
        self._proven = proven

    def operations(self) -> Mapping[str, Operation]:
        """By its name on the admin site's socket."""
        return {"interference": self._of_member}

    def _of_member(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The statements that a member may know of, from behind an index on, in the order of the log."""
        today, published = self._clock.today(), self._writer.published
        roster, after = self._writer.memory.roster.as_of(today), read_number(request, "after", least=NONE)
        member = _active(partial(roster.member, read_text(request, "member")))
        excluded: IsExcluded = lambda entry: roster.is_excluded(member.id, entry.kept_out, today)  # noqa: E731
        found, last = look(self._writer, self._database, partial(_known, member, excluded, after))
        there = [index for index in found if index < published.size]
        rows = self._log.rows_at(there, max_bytes=MAX_ROW_BYTES)
        seen = read_number(request, "seen")
        return {"rows": self._proven(rows, published), "last": last, **self._answers.head(published, seen)}


def _active(find: Callable[[], Member]) -> Member:
    try:
        member = find()
    except RosterRefused as refused:
        raise Refusal(Reason.UNKNOWN_MEMBER) from refused
    if not member.active:
        raise Refusal(Reason.REMOVED_MEMBER)
    return member


def _known(
    member: Member, excluded: IsExcluded, after: int, connection: Connection, rows: Rows
) -> tuple[list[int], int]:
    """Indices among the next ones, and where the next question goes on; `NONE`: nowhere."""
    some = acts.page(connection, rows, after, AT_ONCE)
    entries = acts.entries_of(rows, some)
    reads = not member.desks.isdisjoint((AUDITORS, INTEGRITY))

    def may_know(act: Act) -> bool:
        if act.act == REPORTED:
            return reads
        entry = entries[act.index if act.of == NONE else act.of]
        return entry.member == member.id or (reads and not excluded(entry))

    return [act.index for act in some if may_know(act)], some[-1].index if len(some) == AT_ONCE else NONE
