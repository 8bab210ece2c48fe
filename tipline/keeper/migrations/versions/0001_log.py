"""The log, its tree, what was pinned, and the card groups."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_POSITION = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables of the log."""
    _entries()
    _tree()
    _pins()


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("index", _POSITION, nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("tip", sa.LargeBinary(16), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(32), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("index", name="pk_entries"),
    )
    op.create_index("ix_entries_type", "entries", ["type", "index"])
    op.create_index("ix_entries_at", "entries", ["at"])


def _tree() -> None:
    op.create_table(
        "nodes",
        sa.Column("level", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("position", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name="pk_nodes"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "head",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("checkpoint", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_head"),
    )


def _pins() -> None:
    op.create_table(
        "tips",
        sa.Column("tip", sa.LargeBinary(16), nullable=False),
        sa.Column("claim", sa.LargeBinary(32), nullable=False),
        sa.Column("desks", sa.String(), nullable=False),
        sa.Column("excluded", sa.String(), nullable=False),
        sa.Column("routes", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("route_index", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tip", name="pk_tips"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "items",
        sa.Column("item", sa.LargeBinary(16), nullable=False),
        sa.Column("tip", sa.LargeBinary(16), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("item", name="pk_items"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "card_groups",
        sa.Column("group", sa.LargeBinary(16), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("excluded", sa.String(), nullable=False),
        sa.Column("slip", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("group", name="pk_card_groups"),
        sa.UniqueConstraint("desk", "excluded", name="uq_card_groups_desk"),
        sqlite_with_rowid=False,
    )
