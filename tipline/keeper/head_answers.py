"""What the keeper says about its own heads: also, and above all, while it reads and signs nothing."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tipline.keeper.digests.anew import with_rows
from tipline.keeper.fields import read_number
from tipline.keeper.heads import Stop
from tipline.keeper.log import Log, Published, Row
from tipline.keeper.writer import Writer
from tipline.keeper_client.frames import to_text

MAX_ROWS: Final = 256
MAX_ROW_BYTES: Final = 2 * 1024 * 1024

Prove = Callable[[list[Row], Published], list[dict[str, Any]]]


class HeadAnswers:
    """The operations that are answered while the keeper is stopped. `prove` gives rows their proofs."""

    def __init__(self, writer: Writer, log: Log, prove: Prove) -> None:
        self._writer = writer
        self._log = log
        self._prove = prove

    def heads(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """Why the keeper stopped, if it did, with both heads; and what is wrong with the clock."""
        stopped, clock = self._writer.stopped, self._writer.doubt
        if stopped is None:
            head = self._writer.head.to_fields()
            return {"stopped": {}, "as": "", "sentence": "", "head": head, "clock": clock}
        if stopped.what is Stop.ROWS:  # of a damaged database nothing more is read
            with self._log.database.reading() as session:
                stopped = with_rows(stopped, session.connection())
        told = {"stopped": stopped.to_fields(), "as": stopped.acknowledged_as, "table": stopped.table}
        return {**told, "sentence": stopped.sentence, "head": {}, "clock": clock}

    def found_roster(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The entries of the roster under the stored head, whether or not the keeper goes on with it."""
        after = read_number(request, "after", least=-1)
        published = self._writer.found[1] if self._writer.stopped else self._writer.published
        rows = self._log.roster_rows(after, published.size, MAX_ROWS, max_bytes=MAX_ROW_BYTES)
        rest = rows and self._log.roster_rows(rows[-1][0], published.size, 1, max_bytes=1)
        proven = self._prove(rows, published)
        return {"rows": proven, "more": bool(rest), "checkpoint": to_text(published.checkpoint)}
