"""Awards and budgets. Their rows count only with their digests."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from tipline.keeper.models import metadata

awards = Table(
    "awards",
    metadata,
    Column("tip", LargeBinary(16), primary_key=True),
    Column("index", BigInteger, nullable=False),  # of the proposal in the log; it names the award
    Column("state", String, nullable=False),
    Column("file", LargeBinary, nullable=False),  # `tipline.rewards.award.Award`, canonical JSON
    Index("ix_awards_index", "index"),
    Index("ix_awards_state", "state", "index"),
    sqlite_with_rowid=False,
)
"""The latest award of each tip. No second and no order: what a row has after the grant is a day."""

budgets = Table(
    "budgets",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("amount", BigInteger, nullable=False),  # as two people set it, in yuan
    Column("granted", BigInteger, nullable=False),  # set aside for awards in this year
    Column("returned", BigInteger, nullable=False),  # what expired or was cancelled in this year
    sqlite_with_rowid=False,
)
