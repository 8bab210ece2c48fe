"""Storing what the keeper says of awards for the mailboxes.

What is new comes with the next look, every hour. All of it comes again from the keeper within a day, so a
record that was lost, or that somebody changed or deleted, is right again by then.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from tipline.awards.models import AwardTold
from tipline.database import Database
from tipline.keeper_client import AdminKeeper
from tipline.tips.models import Item

_AT_ONCE: Final = 500
"""Tips in one query."""


def look_at_rewards(database: Database, keeper: AdminKeeper) -> Mapping[str, int]:
    """Have the keeper state what is due of rewards, and store what mailboxes tell; statements by type.

    Raises:
        KeeperError: the keeper does not answer; what was stored until then stays.
    """
    stated = keeper.rewards.look()
    _keep(database, keeper.rewards.records(recent=True))
    return stated


def keep_told(database: Database, keeper: AdminKeeper, since: int | None = None) -> int:
    """Store every record that is not stored as the keeper says it; how many were.

    Args:
        since: look at those alone that changed at this place of the log or behind it.

    Raises:
        KeeperError: the keeper does not answer.
    """
    return _keep(database, keeper.rewards.records(since=since))


def _keep(database: Database, records: Mapping[str, bytes]) -> int:
    with database.reading() as session:
        wrong = _wrong(session, records)
    if wrong:  # nearly always nothing is: then nobody waits for a write
        with database.writing() as session:
            keep_records(session, {tip: records[tip] for tip in wrong})
    return len(wrong)


def keep_records(session: Session, records: Mapping[str, bytes]) -> None:
    """Store the records of tips (32 hex digits each) in place of what is stored of them."""
    tips = _wrong(session, records)
    for some in _pieces(tips):
        session.execute(delete(AwardTold).where(AwardTold.tip.in_(map(bytes.fromhex, some))))
        rows = [{"tip": bytes.fromhex(tip), "record": records[tip]} for tip in some]
        session.execute(insert(AwardTold), rows)


def _wrong(session: Session, records: Mapping[str, bytes]) -> list[str]:
    """Those that are not stored so, of tips that are: an erased one has no mailbox any more."""
    found: list[str] = []
    for some in _pieces(sorted(records)):
        tips = [bytes.fromhex(tip) for tip in some]
        query = select(AwardTold.tip, AwardTold.record).where(AwardTold.tip.in_(tips))
        stored = {row.tip: row.record for row in session.execute(query)}
        wrong = [tip for tip in tips if stored.get(tip) != records[tip.hex()]]
        there = _there(session, wrong) if wrong else frozenset()
        found += [tip.hex() for tip in wrong if tip in there]
    return found


def _there(session: Session, tips: Iterable[bytes]) -> frozenset[bytes]:
    return frozenset(session.scalars(select(Item.tip_id).where(Item.tip_id.in_(tips)).distinct()))


def _pieces(tips: Sequence[str]) -> Iterator[Sequence[str]]:
    return (tips[start : start + _AT_ONCE] for start in range(0, len(tips), _AT_ONCE))
