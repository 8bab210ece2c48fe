"""What witnesses countersigned, and the heads that do not fit."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, empty: two people name the first witnesses."""
    op.create_table(
        "cosignatures",
        sa.Column("witness", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("witness", "day", name="pk_cosignatures"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "disagreements",
        sa.Column("witness", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("size", "their_size")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("root", "their_root")),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("witness", name="pk_disagreements"),
        sqlite_with_rowid=False,
    )
