"""What a list left beside its root, in place of how far readings were counted."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, empty: the next list counts all readings once more, which changes nothing."""
    op.create_table(
        "remembered",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("readings", sa.BigInteger(), nullable=False),
        sa.Column("harmed", sa.LargeBinary(32), nullable=False),
        sa.Column("readers", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_remembered"),
    )
    op.drop_table("counted")
