"""Looking at the clocks: hand the keeper what nobody opened yet, and write down what it found overdue.

Tips are handed over on the day after they came, so that no entry of the log tells an hour; a danger tip
alone, whose hour stands in the database anyway, once that hour has passed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from itertools import islice
from typing import Final

from sqlalchemy import select

from tipline.clock import Clock
from tipline.database import Database
from tipline.disclosures.storing import keep_told
from tipline.keeper_client import AdminKeeper, SlipRequest, TipView
from tipline.tips.case_file import ABOVE
from tipline.tips.columns import follow_assignees, write_case
from tipline.tips.models import Item, Slip, Tip
from tipline.tips.moves import TipState

AT_ONCE: Final = 200
"""Tips in one question to the keeper."""


@dataclass(frozen=True)
class Waiting:
    """A tip that nobody has opened: the slip of its card, and the day on which it came."""

    tip: str
    slip: SlipRequest
    day: date


def look_at_clocks(database: Database, keeper: AdminKeeper, clock: Clock) -> Mapping[str, int]:
    """Take in what came, state what is overdue, and store what reporters may be told of disclosures by now.

    Returns how many statements of each type were made.

    It may be broken off and made again at any time: what is stated is not stated twice, and rows that an
    earlier run no longer came to are brought up to date.

    Raises:
        KeeperError: the keeper does not answer; what was written until then stays.
    """
    stated: Counter[str] = Counter()
    late = _hour_passed(database, clock)
    write_down(database, keeper, [*late, *_behind(database, clock)])
    with database.writing() as session:
        follow_assignees(session, keeper)
    waiting = _unknown(keeper, _waiting(database, clock, late))
    for start in range(0, len(waiting), AT_ONCE):
        _look(database, keeper, waiting[start : start + AT_ONCE], [], stated)
    while _look(database, keeper, [], late, stated):
        late = []
    keep_told(database, keeper)
    return stated


def _look(
    database: Database,
    keeper: AdminKeeper,
    waiting: Sequence[Waiting],
    late: Sequence[str],
    stated: Counter[str],
) -> bool:
    """Ask once; whether there was anything to state."""
    found = keeper.look_at_clocks([one.slip for one in waiting], [one.day for one in waiting], late)
    stated.update(found.stated)
    write_down(database, keeper, sorted(found.records))
    return bool(found.stated)


def write_down(database: Database, keeper: AdminKeeper, tips: Iterable[str]) -> None:
    """Write to the rows of these tips (32 hex digits each) where they stand now, with their records."""
    remaining = iter(tips)
    while some := list(islice(remaining, AT_ONCE)):
        views = keeper.states(some)
        while True:
            _write(database, views, keeper.standings(views))
            # A member may have stated something meanwhile. Nobody waits for the keeper while rows are held.
            now = keeper.states(some)
            if now == views:
                break
            views = now


def _write(database: Database, views: Mapping[str, TipView], records: Mapping[str, bytes]) -> None:
    with database.writing() as session:
        rows = session.scalars(select(Tip).where(Tip.id.in_(map(bytes.fromhex, views)))).all()
        for row in rows:
            if write_case(row, views[row.id.hex()]):
                row.state_record = records[row.id.hex()]


def _behind(database: Database, clock: Clock) -> list[str]:
    """Rows that look as if nobody had stated yet what they miss, and those whose clock stands still."""
    late = (Tip.due_on < clock.today()) & (Tip.level < ABOVE)
    with database.reading() as session:
        return [
            tip.hex() for tip in session.scalars(select(Tip.id).where(late | Tip.paused).order_by(Tip.id))
        ]


def _hour_passed(database: Database, clock: Clock) -> list[str]:
    now = clock.now().astimezone(UTC).replace(tzinfo=None)
    danger = (Tip.state == TipState.RECEIVED.value) & (Tip.level < ABOVE) & (Tip.due_at <= now)
    with database.reading() as session:
        return [tip.hex() for tip in session.scalars(select(Tip.id).where(danger).order_by(Tip.id))]


def _waiting(database: Database, clock: Clock, late: Sequence[str]) -> list[Waiting]:
    """Tips that no list has shown yet, in the order of their ids: those of before today, and late ones."""
    hurry = [bytes.fromhex(tip) for tip in late]
    untouched = (Tip.state == TipState.RECEIVED.value) & Tip.card_group.is_(None)
    query = (
        select(Tip.id, Tip.arrived_on, Item.claim_signature, Slip.slip)
        .join(Item, Item.tip_id == Tip.id)
        .join(Slip, (Slip.item_id == Item.id) & (Slip.desk == Tip.desk))
        .where(untouched, Item.kind == "card", (Tip.arrived_on < clock.today()) | Tip.id.in_(hurry))
        .order_by(Tip.id, Item.position)
    )
    with database.reading() as session:
        rows = session.execute(query).all()
    found = {row.id.hex(): row for row in reversed(rows)}  # a tip's first card is its reporter's
    return [
        Waiting(tip, SlipRequest(row.slip, "card", row.claim_signature), row.arrived_on)
        for tip, row in sorted(found.items())
    ]


def _unknown(keeper: AdminKeeper, waiting: Sequence[Waiting]) -> list[Waiting]:
    known = keeper.states(one.tip for one in waiting)
    return [one for one in waiting if one.tip not in known]
