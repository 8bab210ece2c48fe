"""Storing what the keeper says of awards for the mailboxes.

All of it comes again from the keeper whenever it is asked, so a record that was lost, or that somebody
changed or deleted, is right again within the hour.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from tipline.awards.models import AwardTold
from tipline.database import Database
from tipline.keeper_client import AdminKeeper
from tipline.tips.models import Item


def look_at_rewards(database: Database, keeper: AdminKeeper) -> Mapping[str, int]:
    """Have the keeper state what is due of rewards, and store what mailboxes tell; statements by type.

    Raises:
        KeeperError: the keeper does not answer; what was stored until then stays.
    """
    stated = keeper.rewards.look()
    keep_told(database, keeper)
    return stated


def keep_told(database: Database, keeper: AdminKeeper) -> int:
    """Store every record that is not stored as the keeper says it; how many were.

    Raises:
        KeeperError: the keeper does not answer.
    """
    records = keeper.rewards.records()
    with database.reading() as session:
        wrong = _wrong(session, records)
    if wrong:  # nearly always nothing is: then nobody waits for a write
        with database.writing() as session:
            keep_records(session, {tip: records[tip] for tip in wrong})
    return len(wrong)


def keep_records(session: Session, records: Mapping[str, bytes]) -> None:
    """Store the records of tips (32 hex digits each) in place of what is stored of them."""
    tips = _wrong(session, records)
    session.execute(delete(AwardTold).where(AwardTold.tip.in_(map(bytes.fromhex, tips))))
    if tips:
        rows = [{"tip": bytes.fromhex(tip), "record": records[tip]} for tip in tips]
        session.execute(insert(AwardTold), rows)


def _wrong(session: Session, records: Mapping[str, bytes]) -> list[str]:
    """Those that are not stored so, of tips that are: an erased one has no mailbox any more."""
    stored = {row.tip: row.record for row in session.execute(select(AwardTold.tip, AwardTold.record))}
    wrong = [tip for tip, record in sorted(records.items()) if stored.get(bytes.fromhex(tip)) != record]
    there = _there(session, wrong) if wrong else frozenset()
    return [tip for tip in wrong if bytes.fromhex(tip) in there]


def _there(session: Session, tips: Iterable[str]) -> frozenset[bytes]:
    wanted = list(map(bytes.fromhex, tips))
    return frozenset(session.scalars(select(Item.tip_id).where(Item.tip_id.in_(wanted)).distinct()))
