"""Whether every staff page must say that something is wrong with what is held."""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from tipline.keeper.inventory.models import held, inventories
from tipline.keeper.inventory.remembered import latest

CODE: Final = "inventory-missing"
ALTERED: Final = "inventory-altered"
IN_A_ROW: Final = 2
"""Lists that must fit what was remembered before it is no longer shown that one did not."""
STANDS: Final = timedelta(days=30)
"""How long it is shown that something was found missing or changed; the list shows it for ever."""
LATE: Final = timedelta(days=2)
"""How old the last list may be."""


def alarms(connection: Connection, today: date) -> tuple[str, ...]:
    """All that is wrong.

    `CODE` when something was found missing or changed of late, or the nightly list is not made; `ALTERED`
    when one of the latest lists says that what is remembered was altered before it.
    """
    last = connection.scalar(select(func.max(inventories.c.day)))
    if last is None:
        return ()  # nothing was ever promised
    is_late = date.fromisoformat(last) < today - LATE
    since = (today - STANDS).isoformat()
    harmed = (held.c.lost >= since) | (held.c.changed >= since)
    is_harmed = is_late or connection.scalar(select(held.c.item).where(harmed).limit(1)) is not None
    altered = any(one.altered for one in latest(connection, IN_A_ROW))
    return (*((CODE,) if is_harmed else ()), *((ALTERED,) if altered else ()))
