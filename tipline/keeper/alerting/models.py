"""The tables of the alerts. They repeat what stands in the log, so that it is found quickly.

A row counts only with its digest (`tipline.keeper.digests`).
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from tipline.keeper.models import metadata

OPEN: Final = -1
"""In place of the index of a review, while there is none."""

alerts = Table(
    "alerts",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),  # of the statement
    Column("rule", String, nullable=False),
    Column("member", String, nullable=False),
    Column("day", String, nullable=False),
    Column("tip", String, nullable=False),  # 32 hex digits; empty when it is about no one tip
    Column("review", BigInteger, nullable=False),  # the index of its review, or `OPEN`
    Index("ix_alerts_rule", "rule", "member", "tip", "index"),
    Index("ix_alerts_review", "review", "index"),
)


@dataclass(frozen=True)
class AlertRow:
    """A row of `alerts`."""

    index: int
    rule: str
    member: str
    day: str
    tip: str
    review: int


acts = Table(
    "acts",
    metadata,
    Column("member", String, primary_key=True),
    Column("at", BigInteger, nullable=False),  # when they last signed something, Unix seconds
    sqlite_with_rowid=False,
)

watched = Table(
    "watched",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("index", BigInteger, nullable=False),  # the first entry that was not looked at yet
)

decoys = Table(
    "decoys",
    metadata,
    Column("tip", LargeBinary(16), primary_key=True),
    Column("index", BigInteger, nullable=False),  # of the statement that says so
    sqlite_with_rowid=False,
)
