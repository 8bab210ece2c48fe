"""Digests of the rows that the keeper decides by, and the seal of all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, empty: rows from before count when two members have said so.

    Digests that were taken here would bless whatever somebody wrote until now.
    """
    op.create_table(
        "row_digests",
        sa.Column("bucket", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("leaves", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name="pk_row_digests"),
    )
    op.create_index("ix_row_digests_bucket", "row_digests", ["bucket", "hash"])
    op.create_table(
        "row_counts",
        sa.Column("of", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("of", name="pk_row_counts"),
        sqlite_with_rowid=False,
    )
    op.add_column("head", sa.Column("rows", sa.LargeBinary(32), nullable=True))
