"""The tables of the list. They hold ids, hashes and days, and nothing that came from a reporter."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from tipline.keeper.models import metadata

held = Table(
    "held",
    metadata,
    Column("item", LargeBinary(16), primary_key=True),
    Column("tip", LargeBinary(16), nullable=False),
    Column("kind", String, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),  # of the sealed bytes, as they were accepted
    Column("salt", LargeBinary(32), nullable=False),  # empty until it is first seen
    Column("noted", String, nullable=False),  # the day from which on it is expected
    Column("since", String, nullable=False),  # the day of the first list that it was in; "" for none yet
    Column("lost", String, nullable=False),  # the day on which it was found missing; "" when it is there
    Column("changed", String, nullable=False),  # the same for other bytes than were accepted
    Index("ix_held_tip", "tip"),
    sqlite_with_rowid=False,
)

sighted = Table(
    "sighted",
    metadata,
    Column("item", LargeBinary(16), primary_key=True),
    Column("tip", LargeBinary(16), nullable=False),
    Column("kind", String, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("state", String, nullable=False),  # `sighting.State`
    sqlite_with_rowid=False,
)
"""What the run that is under way has seen."""

strangers = Table(
    "strangers",
    metadata,
    Column("item", LargeBinary(16), primary_key=True),
    Column("tip", LargeBinary(16), nullable=False),
    Column("kind", String, nullable=False),
    sqlite_with_rowid=False,
)
"""Stored rows that nobody vouches for, as of the last list."""

inventories = Table(
    "inventories",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),  # its entry
    Column("day", String, nullable=False),
    Column("count", Integer, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("missing", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unvouched", Integer, nullable=False),
)

readers = Table(
    "readers",
    metadata,
    Column("tip", LargeBinary(16), primary_key=True),
    Column("day", String, primary_key=True),
    Column("desk", String, primary_key=True),
    Column("member", String, primary_key=True),
    sqlite_with_rowid=False,
)
"""Who read a tip on a day for a desk: for counting, from readings that are in the log."""

remembered = Table(
    "remembered",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("day", String, nullable=False),  # of the last list
    Column("readings", BigInteger, nullable=False),  # those up to this entry are in `readers`
    Column("harmed", LargeBinary(32), nullable=False),  # over what of `held` is not in the list's root
    Column("readers", LargeBinary(32), nullable=False),  # over `readers` of days before that day
)
"""What the last list left beside its root. It has a digest of its own (`tipline.keeper.digests`)."""
