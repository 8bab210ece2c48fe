"""Whether every staff page must say that something is wrong with what is held."""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from tipline.keeper.inventory.models import held, inventories

CODE: Final = "inventory-missing"
STANDS: Final = timedelta(days=30)
"""How long it is shown that something was found missing or changed; the list shows it for ever."""
LATE: Final = timedelta(days=2)
"""How old the last list may be."""


def alarms(connection: Connection, today: date) -> tuple[str, ...]:
    """`CODE` when something was found missing or changed of late, or the nightly list is not made."""
    last = connection.scalar(select(func.max(inventories.c.day)))
    if last is None:
        return ()  # nothing was ever promised
    is_late = date.fromisoformat(last) < today - LATE
    since = (today - STANDS).isoformat()
    harmed = (held.c.lost >= since) | (held.c.changed >= since)
    return (CODE,) if is_late or connection.scalar(select(held.c.item).where(harmed).limit(1)) else ()
