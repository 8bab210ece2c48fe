"""Answering an auditor's question: the entries that fit the filter of their statement, and counts of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from crypto.errors import BadFormat
from tipline.database import Database
from tipline.keeper.answers import Answers
from tipline.keeper.errors import Refusal
from tipline.keeper.facets import newest, tally, total
from tipline.keeper.fields import read_number, read_text
from tipline.keeper.log import Log, Published, Row
from tipline.keeper.state import Grant
from tipline.keeper.writer import Writer
from tipline.keeper_client.reasons import Reason
from tipline.lookups.filters import Filter
from tipline.lookups.views import By

MAX_ROWS: Final = 256  # entries in one answer
MAX_ROW_BYTES: Final = 2 * 1024 * 1024

Proven = Callable[[list[Row], Published], list[dict[str, Any]]]
Granted = Callable[[Mapping[str, Any]], Grant]


class LookUps:
    """The operations `look-up` and `tally`."""

    def __init__(
        self, database: Database, log: Log, writer: Writer, answers: Answers, granted: Granted, proven: Proven
    ) -> None:
        """Answer from these; `granted` finds what a member's statement allows, `proven` adds proofs."""
        self._database = database
        self._log = log
        self._writer = writer
        self._answers = answers
        self._granted = granted
        self._proven = proven

    def operations(self) -> Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]]:
        """By their names on the admin site's socket."""
        return {"look-up": self._look_up, "tally": self._tally}

    def _look_up(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Entries that fit, the newest first, from below `before`; if asked, how many the log holds."""
        grant, asked = self._asked(request)
        before, count = read_number(request, "before"), read_number(request, "count", least=1)
        published, seen = self._writer.published, read_number(request, "seen")
        most, counted = min(count, MAX_ROWS + 1), read_number(request, "counted")
        with self._database.reading() as session:
            connection, size = session.connection(), published.size
            below = newest(connection, asked, _top(grant, before), size, grant.most or most)
            found = [index for index in below if index < before][:most]
            number = _number(connection, grant, below, size) if counted else 0
        rows = self._log.rows_at(found[:MAX_ROWS], max_bytes=MAX_ROW_BYTES)
        return {
            "rows": self._proven(rows, published),
            "more": len(rows) < len(found),
            "total": number,
            **self._answers.head(published, seen),
        }

    def _tally(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Counts of what fits, by what the request names."""
        _, asked = self._asked(request)
        try:
            by = By(read_text(request, "by"))
        except ValueError as error:
            raise BadFormat("entries are not counted by this") from error
        desks: Sequence[str] = sorted(self._writer.memory.roster.desks)
        with self._database.reading() as session:
            return {"lines": tally(session.connection(), asked, by, self._writer.published.size, desks)}

    def _asked(self, request: Mapping[str, Any]) -> tuple[Grant, Filter]:
        grant = self._granted(request)
        if grant.filter is None:
            raise Refusal(Reason.NOT_ALLOWED)
        return grant, grant.filter


def _top(grant: Grant, before: int) -> int:
    """Where a walk begins: under a statement for so many entries always where that begins."""
    return min(grant.top, before - 1) if grant.most is None else grant.top


def _number(connection: Connection, grant: Grant, below: Sequence[int], size: int) -> int:
    """How many entries fit. A walk that came to the first entry of the log has counted them already."""
    asked = grant.filter or Filter()
    if grant.most is None or len(below) == grant.most:
        return total(connection, asked, size)
    return len(below) + total(connection, asked, size, above=grant.top)
