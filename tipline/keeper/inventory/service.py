"""The operations by which a job hands over what is held, and takes notes for the mailboxes.

    begin ─▶ pieces, each with the slips that it asks for ─▶ end: the statement ─▶ receipts

One run at a time: whoever begins takes over from a run before. Pieces wait in a table until the end, so that
a run that is cut off has changed nothing.
"""

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from crypto.errors import BadFormat
from crypto.keys import Identity
from crypto.notes import NoteSigner
from crypto.randomness import random_bytes
from tipline.clock import Clock
from tipline.database import Database
from tipline.keeper.asked import INVENTORY, Asked
from tipline.keeper.batch import Declined, Looked
from tipline.keeper.errors import Refusal
from tipline.keeper.fields import read_ids, read_list, read_slips, read_text
from tipline.keeper.granting import find_grant, require_still
from tipline.keeper.inventory import sighting, stating
from tipline.keeper.inventory.models import inventories
from tipline.keeper.inventory.readers import count_readings
from tipline.keeper.inventory.receipts import write_notes
from tipline.keeper.inventory.report import report
from tipline.keeper.inventory.sighting import Sighting
from tipline.keeper.release import open_slips
from tipline.keeper.shapes import MAX_LISTED
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
        self, database: Database, identity: Identity, writer: Writer, signer: NoteSigner, clock: Clock
    ) -> None:
        self._database = database
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
            with self._database.writing() as session:
                asked = sighting.take(session.connection(), piece)
        return {"ask": [item.hex() for item in asked]}

    def _slips(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Take slips of strangers, some of each, of any desk."""
        opened = open_slips(read_slips(request, most=MAX_LISTED), self._identity)
        with self._turn:
            self._require_run(request)
            memory = self._writer.memory
            with self._database.writing() as session:
                connection = session.connection()
                sighting.vouch(connection, Draft(memory, connection, self._clock.unix()), opened)
        return {}

    def _end(self, request: Mapping[str, Any]) -> dict[str, Any]:
        with self._turn:
            self._require_run(request)
            self._writer.require_right_time()
            while self._count_readings():
                pass
            with self._database.reading() as session:
                counted = stating.commitment_to_all(session.connection())
            outcome = self._writer.submit(Asked(INVENTORY, counted=counted))
            self._run = ""
        if isinstance(outcome, Declined):
            raise Refusal(outcome.reason, outcome.index)
        stated = isinstance(outcome, Looked) and bool(outcome.done)
        with self._database.reading() as session:
            return {"stated": stated, **_latest(session.connection())}

    def _count_readings(self) -> bool:
        with self._database.writing() as session:
            return count_readings(session.connection(), self._clock.today())

    def _report(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The nights and the list, for ten minutes after an auditor stated that they look at just these."""
        memory = self._writer.memory
        grant = find_grant(memory, read_text(request, "statement"), self._clock.unix())
        with self._database.reading() as session:
            connection = session.connection()
            require_still(grant, memory.roster, self._clock.today(), connection)
            if grant.view != View.INVENTORY:
                raise Refusal(Reason.NOT_ALLOWED)
            return report(connection)

    def _receipts(self, request: Mapping[str, Any]) -> dict[str, Any]:
        after = b"".join(read_ids(request, "after", most=1))
        since = stating.signed_since(self._writer.memory.roster)
        with self._database.reading() as session:
            notes = write_notes(session.connection(), after, since, self._signer)
        return {"notes": [[one.tip.hex(), to_text(one.receipt), to_text(one.counts)] for one in notes]}

    def _require_run(self, request: Mapping[str, Any]) -> None:
        if not self._run or read_text(request, "run") != self._run:
            raise Refusal(Reason.NOT_ALLOWED)


def _latest(connection: Any) -> dict[str, Any]:
    table = inventories.c
    row = (
        connection.execute(
            inventories.select()
            .with_only_columns(
                table.index, table.day, table.count, table.missing, table.changed, table.unvouched
            )
            .order_by(table.index.desc())
            .limit(1)
        )
        .mappings()
        .one()
    )
    return dict(row)


def _sighting(value: object) -> Sighting:
    if not isinstance(value, list) or len(value) != 4 or not all(isinstance(part, str) for part in value):
        raise BadFormat("an item of a list has four texts")
    item, tip, digest, kind = value
    if not (_ID.fullmatch(item) and _ID.fullmatch(tip) and _HASH.fullmatch(digest) and _KIND.fullmatch(kind)):
        raise BadFormat("an item of a list is of another form")
    return Sighting(bytes.fromhex(item), bytes.fromhex(tip), bytes.fromhex(digest), kind)
