"""The operations by which a job hands over what is held, and takes notes for the mailboxes.

    begin ─▶ pieces, each with the slips that it asks for ─▶ end: the statement ─▶ receipts

One run at a time: whoever begins takes over from a run before. Pieces wait in a table until the end, so that
a run that is cut off has changed nothing.
"""

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, delete

from crypto.errors import BadFormat
from crypto.keys import Identity
from crypto.notes import NoteSigner
from crypto.randomness import random_bytes
from tipline.clock import Clock
from tipline.keeper.asked import INVENTORY, Asked
from tipline.keeper.batch import Declined, Looked
from tipline.keeper.digests.rows import Rows
from tipline.keeper.errors import Refusal
from tipline.keeper.fields import read_ids, read_list, read_slips, read_text
from tipline.keeper.granting import find_grant, require_still
from tipline.keeper.inventory import sighting, stating
from tipline.keeper.inventory.beside import NONE, is_as_left, left, require_as_left
from tipline.keeper.inventory.committing import commitment_to_all
from tipline.keeper.inventory.models import readers
from tipline.keeper.inventory.readers import count_readings
from tipline.keeper.inventory.receipts import Notes, write_notes
from tipline.keeper.inventory.remembered import is_remembered, latest
from tipline.keeper.inventory.report import report
from tipline.keeper.inventory.sighting import Sighting
from tipline.keeper.log import Log
from tipline.keeper.release import open_slips
from tipline.keeper.shapes import MAX_LISTED
from tipline.keeper.snapshots import change, look
from tipline.keeper.state import Draft
from tipline.keeper.writer import Writer
from tipline.keeper_client.frames import to_text
from tipline.keeper_client.reasons import Reason
from tipline.lookups.views import View

MAX_PIECE: Final = 2_000
"""Items in one piece."""
_KIND = re.compile(r"[a-z][a-z-]{0,19}")
_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{32}")

Operation = Callable[[Mapping[str, Any]], dict[str, Any]]


class Inventory:
    """The run that is under way, and what came of those before."""

    def __init__(
        self, log: Log, identity: Identity, writer: Writer, signer: NoteSigner, clock: Clock
    ) -> None:
        self._log = log
        self._database = log.database
        self._identity = identity
        self._writer = writer
        self._signer = signer
        self._clock = clock
        self._turn = threading.Lock()
        self._run = ""
        self._room = 0  # for so many more items in this run

    def operations(self) -> Mapping[str, Operation]:
        """What each name on the admin site's socket does."""
        return {
            "inventory-begin": self._begin,
            "inventory-piece": self._piece,
            "inventory-slips": self._slips,
            "inventory-end": self._end,
            "inventory": self._report,
            "receipts": self._receipts,
        }

    def _begin(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        _ = self._writer.memory  # refuses when rolled back
        self._writer.require_right_time()
        with self._turn, self._database.writing() as session:
            self._room = sighting.begin(session.connection())
            self._run = random_bytes(16).hex()
            return {"run": self._run, "day": self._clock.today().isoformat()}

    def _piece(self, request: Mapping[str, Any]) -> dict[str, Any]:
        piece = [_sighting(one) for one in read_list(request, "items", most=MAX_PIECE)]
        with self._turn:
            self._require_run(request)
            if len(piece) > self._room:
                raise Refusal(Reason.TOO_MANY)
            self._room -= len(piece)
            asked = change(
                self._writer,
                self._database,
                lambda connection, rows: sighting.take(connection, rows, piece),
            )
        return {"ask": [item.hex() for item in asked]}

    def _slips(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Take slips of strangers, some of each, of any desk."""
        opened = open_slips(read_slips(request, most=MAX_LISTED), self._identity)
        with self._turn:
            self._require_run(request)
            change(
                self._writer,
                self._database,
                lambda connection, _: sighting.vouch(connection, self._draft(connection), opened),
            )
        return {}

    def _draft(self, connection: Connection) -> Draft:
        return Draft(self._writer.memory, connection, self._clock.unix())

    def _end(self, request: Mapping[str, Any]) -> dict[str, Any]:
        with self._turn:
            self._require_run(request)
            self._writer.require_right_time()
            as_left = look(self._writer, self._database, is_as_left)
            readings = self._count_readings(anew=not as_left)
            # As late as can be: whoever changes rows while a run goes on is found by it, too.
            altered = not as_left or not is_remembered(self._database, self._log, self._writer.memory.head)
            counted = commitment_to_all(self._database)
            outcome = self._writer.submit(
                Asked(INVENTORY, counted=counted, altered=altered, readings=readings)
            )
            self._run = ""
        if isinstance(outcome, Declined):
            raise Refusal(outcome.reason, outcome.index)
        stated = isinstance(outcome, Looked) and bool(outcome.done)
        with self._database.reading() as session:
            return {"stated": stated, **latest(session.connection())[0].to_fields()}

    def _count_readings(self, *, anew: bool) -> int:
        """Count the readings until today; `anew` all that the log has. The last entry that was counted."""
        last = look(self._writer, self._database, lambda _, rows: left(rows))
        done, more = NONE if last is None or anew else last.readings, True
        if anew:
            with self._database.writing() as session:
                session.execute(delete(readers))
        while more:
            with self._database.writing() as session:
                done, more = count_readings(session.connection(), self._clock.today(), done)
        return done

    def _report(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The nights and the list, for ten minutes after an auditor stated that they look at just these."""
        memory = self._writer.memory
        grant = find_grant(memory, read_text(request, "statement"), self._clock.unix())
        today = self._clock.today()
        look(self._writer, self._database, lambda _, rows: require_still(grant, memory.roster, today, rows))
        if grant.view != View.INVENTORY:
            raise Refusal(Reason.NOT_ALLOWED)
        with self._database.reading() as session:
            return report(session.connection())

    def _receipts(self, request: Mapping[str, Any]) -> dict[str, Any]:
        after = b"".join(read_ids(request, "after", most=1))
        since = stating.signed_since(self._writer.memory.roster)
        notes = look(
            self._writer, self._database, lambda connection, rows: self._notes(connection, rows, after, since)
        )
        return {"notes": [[one.tip.hex(), to_text(one.receipt), to_text(one.counts)] for one in notes]}

    def _notes(self, connection: Connection, rows: Rows, after: bytes, since: int) -> list[Notes]:
        """Who read what is long, and looked at once for all mailboxes."""
        require_as_left(connection, rows, with_readers=not after)
        return write_notes(connection, after, since, self._signer)

    def _require_run(self, request: Mapping[str, Any]) -> None:
        if not self._run or read_text(request, "run") != self._run:
            raise Refusal(Reason.NOT_ALLOWED)


def _sighting(value: object) -> Sighting:
    if not isinstance(value, list) or len(value) != 4 or not all(isinstance(part, str) for part in value):
        raise BadFormat("an item of a list has four texts")
    item, tip, digest, kind = value
    if not (_ID.fullmatch(item) and _ID.fullmatch(tip) and _HASH.fullmatch(digest) and _KIND.fullmatch(kind)):
        raise BadFormat("an item of a list is of another form")
    return Sighting(bytes.fromhex(item), bytes.fromhex(tip), bytes.fromhex(digest), kind)
