"""What was filed, answered and reported. Its rows count only with their digests."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, Table

from tipline.keeper.models import metadata

interference = Table(
    "interference",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),  # of the statement in the log
    Column("act", String, nullable=False),
    Column("of", BigInteger, nullable=False),  # the entry that an answer is about; -1 for the others
    Column("item", LargeBinary(16), nullable=False),  # empty for a report
    Column("member", String, nullable=False),  # who stated it
    Column("excluded", String, nullable=False),  # of an entry: units that must not read it, a space between
    Index("ix_interference_item", "item"),
)
