"""Looking at the clocks: hand the keeper what came, and write down what it found overdue.

Tips that nobody opened yet, and messages of people who agreed on check-ins, are handed over on the day after
they came, so that no entry of the log tells an hour; a danger tip alone, whose hour stands in the database
anyway, once that hour has passed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from itertools import islice
from typing import Final

from sqlalchemy import select

from tipline.awards.storing import look_at_rewards
from tipline.clock import Clock
from tipline.database import Database
from tipline.disclosures.storing import keep_told
from tipline.ids import PROTECTION
from tipline.keeper_client import AdminKeeper, SlipRequest, TipView
from tipline.protection.states import WATCHED
from tipline.tips.case_file import ABOVE
from tipline.tips.check_ins import heard_until
from tipline.tips.columns import follow_assignees, write_case
from tipline.tips.models import Item, Slip, Tip
from tipline.tips.moves import PROTECTION_STATES, STARTS

AT_ONCE: Final = 200
"""Tips in one question to the keeper."""

_UNTOUCHED: Final = sorted(state.value for state in STARTS)
_CASES: Final = sorted(PROTECTION_STATES)
_WATCHED: Final = sorted(state.value for state in WATCHED)


@dataclass(frozen=True)
class Waiting:
    """The slip of what came, and the day: the card of a tip that nobody has opened, or a message."""

    tip: str
    slip: SlipRequest
    day: date


def look_at_clocks(database: Database, keeper: AdminKeeper, clock: Clock) -> Mapping[str, int]:
    """Take in what came, state what is overdue and what is due of rewards, and store what mailboxes tell.

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
    heard, watched = _heard(database, keeper, clock)
    waiting = [*_unknown(keeper, _waiting(database, clock, late)), *heard]
    for start in range(0, len(waiting), AT_ONCE):
        _look(database, keeper, waiting[start : start + AT_ONCE], [], stated)
    while _look(database, keeper, [], late, stated):
        late = []
    write_down(database, keeper, watched)  # a reading that heard somebody leaves no record
    keep_told(database, keeper)
    stated.update(look_at_rewards(database, keeper))
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
            view = views[row.id.hex()]
            if write_case(row, view) or view.case.watch_every:
                row.state_record = records[row.id.hex()]


def _behind(database: Database, clock: Clock) -> list[str]:
    """Rows that look as if nobody had stated yet what they miss, whose clock stands still, and all cases.

    A case whose columns were written by hand would be in nobody's sight; there are dozens.
    """
    late = (Tip.due_on < clock.today()) & (Tip.level < ABOVE)
    behind = late | Tip.paused | (Tip.desk == PROTECTION)
    with database.reading() as session:
        return [tip.hex() for tip in session.scalars(select(Tip.id).where(behind).order_by(Tip.id))]


def _hour_passed(database: Database, clock: Clock) -> list[str]:
    now = clock.now().astimezone(UTC).replace(tzinfo=None)
    waiting = Tip.state.in_(_UNTOUCHED) & (Tip.level < ABOVE)
    # A case's person may be in danger at any time; whether that went above before, the keeper says.
    danger = (waiting | Tip.state.in_(_CASES)) & (Tip.due_at <= now)
    with database.reading() as session:
        return [tip.hex() for tip in session.scalars(select(Tip.id).where(danger).order_by(Tip.id))]


def _waiting(database: Database, clock: Clock, late: Sequence[str]) -> list[Waiting]:
    """Tips that no list has shown yet, in the order of their ids: those of before today, and late ones.

    Whatever their state's column says: the keeper says which of them it knows.
    """
    hurry = [bytes.fromhex(tip) for tip in late]
    query = (
        select(Tip.id, Tip.arrived_on, Item.claim_signature, Slip.slip)
        .join(Item, Item.tip_id == Tip.id)
        .join(Slip, (Slip.item_id == Item.id) & (Slip.desk == Tip.desk))
        .where(
            Tip.card_group.is_(None),
            Item.kind == "card",
            (Tip.arrived_on < clock.today()) | Tip.id.in_(hurry),
        )
        .order_by(Tip.id, Item.position)
    )
    with database.reading() as session:
        rows = session.execute(query).all()
    found = {row.id.hex(): row for row in reversed(rows)}  # a tip's first card is its reporter's
    return [
        Waiting(tip, SlipRequest(row.slip, "card", row.claim_signature), row.arrived_on)
        for tip, row in sorted(found.items())
    ]


def _heard(database: Database, keeper: AdminKeeper, clock: Clock) -> tuple[list[Waiting], list[str]]:
    """What people with check-ins sent since they were heard, up to yesterday; and the ids of their cases.

    Of the day on which they were heard last all is handed over again: more may have come after it counted.
    """
    with database.reading() as session:
        cases = session.scalars(select(Tip.id).where(Tip.state.in_(_WATCHED)).order_by(Tip.id)).all()
    views = keeper.states(tip.hex() for tip in cases)
    since = {tip: last for tip, view in views.items() if (last := heard_until(view.case))}
    if not since:
        return [], []
    query = (
        select(Item.tip_id, Item.day, Item.kind, Item.claim_signature, Slip.slip)
        .join(Slip, (Slip.item_id == Item.id) & (Slip.desk == PROTECTION))
        .where(Item.tip_id.in_(map(bytes.fromhex, since)), Item.kind == "message", Item.day < clock.today())
        .order_by(Item.tip_id, Item.position)
    )
    with database.reading() as session:
        rows = session.execute(query.where(Item.day >= min(since.values()))).all()
    return [
        Waiting(row.tip_id.hex(), SlipRequest(row.slip, row.kind, row.claim_signature), row.day)
        for row in rows
        if row.day >= since[row.tip_id.hex()]
    ], sorted(since)


def _unknown(keeper: AdminKeeper, waiting: Sequence[Waiting]) -> list[Waiting]:
    known = keeper.states(one.tip for one in waiting)
    return [one for one in waiting if one.tip not in known]
