"""The nightly list of all items that are held, and who read which tip on which day."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, empty: the first night fills them."""
    _lists()
    _readers()


def _lists() -> None:
    days = ("noted", "since", "lost", "changed")
    op.create_table(
        "held",
        *_item(),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("salt", sa.LargeBinary(32), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in days),
        sa.PrimaryKeyConstraint("item", name="pk_held"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_held_tip", "held", ["tip"])
    op.create_table(
        "sighted",
        *_item(),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("salt", sa.LargeBinary(32), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("item", name="pk_sighted"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "strangers",
        *_item(),
        sa.PrimaryKeyConstraint("item", name="pk_strangers"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inventories",
        sa.Column("index", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("root", sa.LargeBinary(32), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("count", "missing", "changed")),
        sa.Column("unvouched", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("index", name="pk_inventories"),
    )


def _readers() -> None:
    op.create_table(
        "readers",
        sa.Column("tip", sa.LargeBinary(16), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("day", "desk", "member")),
        sa.PrimaryKeyConstraint("tip", "day", "desk", "member", name="pk_readers"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "counted",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_counted"),
    )


def _item() -> list[sa.Column[object]]:
    return [
        sa.Column("item", sa.LargeBinary(16), nullable=False),
        sa.Column("tip", sa.LargeBinary(16), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
    ]
