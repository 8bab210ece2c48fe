"""Awards: what mailboxes tell of them, and the blind signatures of what was collected."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    for name, column in (("awards_told", "record"), ("collected", "sealed")):
        op.create_table(
            name,
            sa.Column("tip", sa.LargeBinary(16), nullable=False),
            sa.Column(column, sa.LargeBinary(), nullable=False),
            sa.PrimaryKeyConstraint("tip", name=f"pk_{name}"),
            sqlite_with_rowid=False,
        )


def downgrade() -> None:
    """Drop them: the keeper says the records again, and collecting again gives the same signatures."""
    op.drop_table("collected")
    op.drop_table("awards_told")
