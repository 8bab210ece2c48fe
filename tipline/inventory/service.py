"""One night's list.

    clocks: tips that nobody opened ─▶ items, piece by piece ─▶ the keeper's statement ─▶ notes for mailboxes

Broken off anywhere, it has changed nothing that the next run does not do again.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, insert

from tipline.clock import Clock
from tipline.database import Database
from tipline.deadlines.look import look_at_clocks
from tipline.files.store import FileStore
from tipline.inventory.models import Receipt
from tipline.inventory.stored import slips_of, stored_items
from tipline.keeper_client import AdminKeeper, MailboxNotes, Night, StoredItem

SLIPS_AT_ONCE: Final = 400
"""What the keeper takes in one question."""
ITEMS_AT_ONCE: Final = 50
"""Items whose slips are fetched together."""


def take_inventory(database: Database, files: FileStore, keeper: AdminKeeper, clock: Clock) -> Night:
    """Hand the keeper what is held, and keep what it signs for the mailboxes; what the list says.

    Raises:
        KeeperError: the keeper does not answer, or another run has taken over.
        OSError: a file cannot be read: it is not called missing for that.
    """
    look_at_clocks(database, keeper, clock)  # the keeper pins no item of a tip that it has not taken in
    run, today = keeper.held.begin()
    for piece in stored_items(database, files, today):
        _hand_over(database, keeper, run, piece)
    night = keeper.held.end(run)
    for notes in keeper.held.notes():
        _keep(database, notes)
    return night


def _hand_over(database: Database, keeper: AdminKeeper, run: str, piece: Sequence[StoredItem]) -> None:
    asked = sorted(keeper.held.hand_over(run, piece))
    for start in range(0, len(asked), ITEMS_AT_ONCE):
        slips = slips_of(database, asked[start : start + ITEMS_AT_ONCE])
        for first in range(0, len(slips), SLIPS_AT_ONCE):
            keeper.held.vouch(run, slips[first : first + SLIPS_AT_ONCE])


def _keep(database: Database, notes: Sequence[MailboxNotes]) -> None:
    rows = [{"tip_id": one.tip, "receipt": one.receipt, "counts": one.counts} for one in notes]
    with database.writing() as session:
        session.execute(delete(Receipt).where(Receipt.tip_id.in_([one.tip for one in notes])))
        session.execute(insert(Receipt), rows)
