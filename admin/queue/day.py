"""My day: the three most urgent tips of the member's desks, then the member's own by their due day."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from admin.queue.choice import MINE, Choice
from admin.queue.clear import page_of, urgent_page
from admin.queue.rows import QueueRow, load_rows
from admin.queue.service import current_keys, known_rows, looking
from admin.queue.shut import take_out_shut
from admin.visit import Visit

URGENT: Final = 3
MOST: Final = 200
"""More than one person does on a day."""


@dataclass(frozen=True)
class Day:
    """What is to be done, and on which UTC day. No tip stands in both lists."""

    on: date
    urgent: tuple[QueueRow, ...]
    mine: tuple[QueueRow, ...]


def my_day(visit: Visit) -> Day:
    """The day of the member at hand, after what is new was listed.

    Raises:
        AdminError: a list was refused as a whole.
        KeeperError: the keeper does not answer.
    """
    view = looking(visit, current_keys(visit, list_new=True))
    with visit.services.database.reading() as session:
        soonest = urgent_page(session, view, 0, URGENT)
        first = load_rows(session, view, soonest)
        own, _ = page_of(session, view, Choice(whose=MINE, sort="due"), 0, MOST)
        mine = load_rows(session, view, own)
    opened = {row.id for row in (*first, *mine)}
    lost = [tip for tip in (*soonest, *own) if tip not in opened]
    take_out_shut(visit.services.database, view.keys, lost)
    known, _ = known_rows(visit, [*first, *(row for row in mine if row not in first)])
    kept = {row.id for row in known}
    urgent = tuple(row for row in first if row.id in kept)
    above = {row.id for row in urgent}
    return Day(
        visit.services.clock.today(),
        urgent,
        tuple(row for row in mine if row.id in kept and row.id not in above),
    )
