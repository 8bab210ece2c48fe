"""Notes on disclosures that the keeper signed for mailboxes."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the next look at the clocks fills it."""
    op.create_table(
        "told_disclosures",
        sa.Column("request", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tip_id", sa.LargeBinary(16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("request", name="pk_told_disclosures"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_told_disclosures_tip_id", "told_disclosures", ["tip_id"])


def downgrade() -> None:
    """Drop it: mailboxes say nothing of disclosures then."""
    op.drop_table("told_disclosures")
