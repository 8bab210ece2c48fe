"""Receipts and reading counts that the keeper signed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the next night fills it."""
    op.create_table(
        "receipts",
        sa.Column("tip_id", sa.LargeBinary(16), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tip_id", name="pk_receipts"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop it: mailboxes say nothing of the list then."""
    op.drop_table("receipts")
