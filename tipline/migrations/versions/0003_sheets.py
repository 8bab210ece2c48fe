"""Code sheets that staff print for letters and for people without a phone."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    values = ("tip_id", "locator", "recipient", "claim", "marker", "root", "record")
    op.create_table(
        "sheets",
        sa.Column("number", sa.String(9), nullable=False),
        sa.Column("printed_on", sa.Date(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in values),
        sa.PrimaryKeyConstraint("number", name="pk_sheets"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop it: what was printed leads nowhere afterwards."""
    op.drop_table("sheets")
