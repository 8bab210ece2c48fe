"""The keeper's own tables. They hold no plaintext: statements, hashes, pins and card groups' slips.

`tips` and `items` are what the keeper pinned when it first saw them; all else about them is in the entries.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from tipline.database import NAMING

metadata = MetaData(naming_convention=NAMING)

# On SQLite an INTEGER key is the row number itself: entries lie in the order of the log.
_POSITION = BigInteger().with_variant(Integer, "sqlite")

entries = Table(
    "entries",
    metadata,
    Column("index", _POSITION, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),  # the keeper's clock, Unix seconds
    Column("type", String, nullable=False),
    Column("actor", String, nullable=False),  # the first signer
    Column("tip", LargeBinary(16), nullable=False),  # empty when the statement names none
    Column("outcome", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("entry", LargeBinary, nullable=False),
    Index("ix_entries_type", "type", "index"),  # the roster at start
    Index("ix_entries_at", "at"),  # nonces at start
    Index("ix_entries_tip", "tip", "index"),  # the history of a tip
)

mentions = Table(
    "mentions",
    metadata,
    Column("tip", LargeBinary(16), primary_key=True),  # one of several tips of one statement
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

facets = Table(
    "facets",
    metadata,
    Column("hour", Integer, primary_key=True, autoincrement=False),  # since 1970: entries lie in their order
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("type", String, nullable=False),
    Column("member", String, nullable=False),  # the first signer
    Column("also", String, nullable=False),  # the others, with a space between
    Column("desk", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("reason", String, nullable=False),  # of a refusal; "" when done
    sqlite_with_rowid=False,
)
"""What auditors filter and count by (`tipline.lookups.facets`): narrow, so that all of it is read at once."""

letters = Table(
    "letters",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("desk", String, primary_key=True),
    Column("count", Integer, nullable=False),  # transfers that this desk numbered in this year
    sqlite_with_rowid=False,
)

nodes = Table(
    "nodes",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),  # a tile's level: 8 levels of the tree
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    sqlite_with_rowid=False,
)

head = Table(
    "head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1: there is one tree
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),  # the peaks, largest first, 32 bytes each
    Column("checkpoint", LargeBinary, nullable=False),
    # The seal of the rows under this head (`tipline.keeper.digests.seal`); none before there were digests.
    Column("rows", LargeBinary(40), nullable=True),
)

claims = Table(
    "claims",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("place", LargeBinary(32), nullable=False),  # the hash of where the keeper that wrote last runs
    Column("nonce", LargeBinary(16), nullable=False),  # of its start
)

tips = Table(
    "tips",
    metadata,
    Column("tip", LargeBinary(16), primary_key=True),
    Column("claim", LargeBinary(32), nullable=False),
    Column("desks", String, nullable=False),  # the latest route: ids with a space between
    Column("excluded", String, nullable=False),
    Column("routes", LargeBinary, nullable=False),  # SHA-256 of every route the tip has had, first to latest
    Column("state", String, nullable=False),
    Column("due", String, nullable=False),  # the day after which the clocks look at it, ISO; "" for never
    Column("file", LargeBinary, nullable=False),  # `tipline.tips.case_file.CaseFile`, canonical JSON
    Column("route_index", BigInteger, nullable=False),  # entry of the latest route statement; -1 before any
    Column("assignee", String, nullable=False),  # as the case has it; "" for nobody
    Index(
        "ix_tips_assignee",
        "assignee",
        sqlite_where=text("assignee != ''"),
        postgresql_where=text("assignee != ''"),
    ),
    sqlite_with_rowid=False,
)

items = Table(
    "items",
    metadata,
    Column("item", LargeBinary(16), primary_key=True),
    Column("tip", LargeBinary(16), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("kind", String, nullable=False),
    sqlite_with_rowid=False,
)

card_groups = Table(
    "card_groups",
    metadata,
    Column("group", LargeBinary(16), primary_key=True),
    Column("desk", String, nullable=False),
    Column("excluded", String, nullable=False),
    Column("epoch", Integer, nullable=False),  # which of the desk's keys the slip is for
    Column("slip", LargeBinary, nullable=False),
    UniqueConstraint("desk", "excluded", "epoch"),
    sqlite_with_rowid=False,
)

row_counts = Table(
    "row_counts",
    metadata,
    Column("of", String, primary_key=True),  # `decoys`, or `card_groups/` and a desk
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How many rows a query over several must find: a row by its key is known to be missing, these are not."""

row_digests = Table(
    "row_digests",
    metadata,
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),  # SHA-256 of the leaves
    Column("leaves", LargeBinary, nullable=False),  # `tipline.keeper.digests`, sorted, 64 bytes each
    # All hashes are read at a start, and no leaf.
    Index("ix_row_digests_bucket", "bucket", "hash"),
)
