"""Words that staff searched for, sealed for the auditors."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; searches from before were not kept."""
    op.create_table(
        "searches",
        sa.Column("item_id", sa.LargeBinary(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("slip", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name="pk_searches"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop it: the statements stay, their words are gone."""
    op.drop_table("searches")
