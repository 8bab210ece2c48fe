"""What will go, and erasing it.

    the keeper states it ─▶ sealed files ─▶ slips, items, card, codes ─▶ a stub stays

From the statement on the keeper takes its lock off nothing of the tip, whoever kept a copy. What a run that
was killed left behind, the next one finds: a tip that the log calls erased and that still has items. The stub
says that there was a tip, on which day it came and at which desk it ended.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from crypto.randomness import random_bytes
from tipline.awards.models import AwardTold, Collected
from tipline.database import Database
from tipline.disclosures.models import ToldDisclosure
from tipline.files.store import FileStore
from tipline.ids import ItemId
from tipline.inventory.models import Receipt
from tipline.keeper_client import AdminKeeper
from tipline.mailbox.codes import LOCATOR_BYTES
from tipline.protection.states import ProtectionState
from tipline.tips.columns import write_case
from tipline.tips.models import Item, Slip, Tip
from tipline.tips.moves import TipState

AT_ONCE: Final = 200
"""Tips in one statement; the keeper takes no more."""

FILE: Final = "file"
"""The kind of an item whose bytes lie in the files folder."""


@dataclass(frozen=True)
class Leaving:
    """A tip that may go (its id, 32 hex digits), how it ended, and the last day on which it was kept."""

    tip: str
    ending: str
    kept_until: date


def leaving(keeper: AdminKeeper) -> Iterator[Leaving]:
    """The tips that may go today, in the order of their ids; nothing is changed.

    Raises:
        KeeperError: the keeper does not answer.
    """
    after = ""
    while True:
        page = keeper.expiring(after)
        views = keeper.states(tip for tip, _ in page.tips)
        for tip, day in page.tips:
            yield Leaving(tip, views[tip].case.ending, day)
        if not page.last:
            return
        after = page.last


def erase_expired(database: Database, keeper: AdminKeeper, files: FileStore) -> int:
    """Erase every tip whose time is over, and what earlier runs did not come to; how many were erased.

    Raises:
        KeeperError: the keeper does not answer, or refuses; what was erased until then is gone.
        OSError: a file could not be removed: its tip keeps its rows until the next run.
    """
    tips = [one.tip for one in leaving(keeper)]
    for start in range(0, len(tips), AT_ONCE):
        keeper.erase(tips[start : start + AT_ONCE])
    erased = 0
    while unfinished := _unfinished(database, keeper):
        for tip in unfinished:
            _erase(database, keeper, files, tip)
        erased += len(unfinished)
    return erased


def _unfinished(database: Database, keeper: AdminKeeper) -> Sequence[bytes]:
    """Tips that the log calls erased and of which something is stored."""
    ended = Tip.state.in_((TipState.CLOSED.value, TipState.ERASED.value, ProtectionState.ENDED.value))
    stored = select(Tip.id).where(ended, Tip.id.in_(select(Item.tip_id))).order_by(Tip.id)
    with database.reading() as session:
        tips = session.scalars(stored).all()
    views = keeper.states(tip.hex() for tip in tips)
    return [tip for tip in tips if tip.hex() in views and views[tip.hex()].state is TipState.ERASED]


def _erase(database: Database, keeper: AdminKeeper, files: FileStore, tip: bytes) -> None:
    name = tip.hex()
    view, record = keeper.states([name])[name], keeper.standings([name])[name]
    with database.reading() as session:
        sealed = session.scalars(select(Item.id).where(Item.tip_id == tip, Item.kind == FILE)).all()
    for item in sealed:
        files.delete(ItemId(item))  # first: without its row nobody would find it again
    with database.writing() as session:
        _erase_rows(session, tip)
        stub = session.get_one(Tip, tip)
        stub.locator, stub.marker, stub.root = random_bytes(LOCATOR_BYTES), b"", b""
        stub.card_group, stub.card_box, stub.card_version, stub.read_position = None, None, 0, -1
        stub.due_at = None
        write_case(stub, view, record)


def _erase_rows(session: Session, tip: bytes) -> None:
    items = select(Item.id).where(Item.tip_id == tip)
    session.execute(delete(Slip).where(Slip.item_id.in_(items)))
    session.execute(delete(Item).where(Item.tip_id == tip))
    session.execute(delete(Receipt).where(Receipt.tip_id == tip))
    session.execute(delete(ToldDisclosure).where(ToldDisclosure.tip_id == tip))
    session.execute(delete(AwardTold).where(AwardTold.tip == tip))
    session.execute(delete(Collected).where(Collected.tip == tip))
