"""The tables of what witnesses said. They can be lost: the next question fills them again.

Nothing in them counts by itself: `proven` opens each note first.
"""

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table

from tipline.keeper.models import metadata

cosignatures = Table(
    "cosignatures",
    metadata,
    Column("witness", String, primary_key=True),  # its name in the policy
    Column("day", String, primary_key=True),  # UTC, ISO: the last of each day is kept
    Column("size", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),  # by the keeper's clock, Unix seconds
    Column("note", LargeBinary, nullable=False),  # with the log's signatures and all of this witness's
    sqlite_with_rowid=False,
)

disagreements = Table(
    "disagreements",
    metadata,
    Column("witness", String, primary_key=True),
    Column("size", BigInteger, nullable=False),  # the head that was offered
    Column("root", String, nullable=False),
    Column("their_size", BigInteger, nullable=False),  # the one that the witness holds
    Column("their_root", String, nullable=False),  # "" when it showed none that this log signed
    Column("note", LargeBinary, nullable=False),  # that head with the log's own signature: evidence
    sqlite_with_rowid=False,
)
