"""Nights: the job as the timer runs it, and what an auditor sees afterwards."""

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from crypto.statements import Entry, Statement
from tests.admin.conftest import Office
from tests.retention.test_service import slip_of
from tests.world import World
from tipline.ids import TipId
from tipline.inventory.service import take_inventory
from tipline.keeper import models
from tipline.keeper_client import HeldReport, Night
from tipline.tips.models import Item

DAY = 86_400


def night(office: Office, *, days: int = 1) -> Night:
    """What the list says, some days later."""
    office.clock.advance(days * DAY)
    return again(office)


def again(office: Office) -> Night:
    """The same on the same day."""
    return take_inventory(office.database, office.files, office.keeper(), office.clock)


def question(world: World, by: str = "auditor", view: str = "inventory") -> Statement:
    """An auditor states that they look at the list."""
    return world.sign("audit", by, first=0, count=1, view=view, filter={})


def report(office: Office) -> HeldReport:
    """What an auditor is shown."""
    audit = question(office.world)
    office.keeper().append(audit)
    return office.keeper().held.report(audit)


def lines(office: Office) -> list[tuple[str, str, str]]:
    """What is not as it was accepted: what, tip, kind."""
    return [(one.what, one.tip, one.kind) for one in report(office).items]


def item_of(office: Office, tip: TipId, kind: str) -> bytes:
    """The id of a tip's first item of a kind."""
    query = select(Item.id).where(Item.tip_id == tip, Item.kind == kind).order_by(Item.position)
    with office.database.reading() as session:
        return session.scalars(query).first() or b""


def remove(office: Office, item: bytes) -> None:
    """Delete an item by hand, with its slips."""
    office.change("delete from slips where item_id = :item", item=item)
    office.change("delete from items where id = :item", item=item)


def file_at(office: Office, item: bytes) -> Path:
    """Where a sealed file lies."""
    return Path(office.settings.files, item.hex()[:2], item.hex())


def stored(office: Office, table: Table) -> list[Any]:
    """Rows of one of the keeper's tables."""
    database = office.world.open_database(office.settings.keeper_database_url)
    with database.reading() as session:
        return list(session.execute(select(table)).all())


def entry(office: Office, index: int) -> Entry:
    """An entry as it is stored."""
    return Entry.decode(next(row.entry for row in stored(office, models.entries) if row.index == index))


def read_text(office: Office, tip: TipId, by: str) -> None:
    """A reading of the tip's text."""
    named, slip = slip_of(office, tip, "text")
    fields = {"tip": tip.hex(), "desk": "intake", "purpose": "triage", "items": [named]}
    office.keeper().release(office.world.sign("read", by, **fields), [slip])


def today(office: Office) -> date:
    """The UTC day."""
    return office.clock.today()
