"""What was filed, answered and reported in the interference register."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, empty: nobody could file an entry before."""
    op.create_table(
        "interference",
        sa.Column("index", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("of", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.LargeBinary(16), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("excluded", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("index", name="pk_interference"),
    )
    op.create_index("ix_interference_item", "interference", ["item"])
