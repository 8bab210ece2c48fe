"""What a list sorts tips by: whose they are, what was missed, what stands still, how far they were read."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; `tipline rebuild` fills them."""
    for column in (
        sa.Column("assignee", sa.String(), nullable=False, server_default=""),
        sa.Column("level", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("read_position", sa.Integer(), nullable=False, server_default="-1"),
    ):
        op.add_column("tips", column)


def downgrade() -> None:
    """Drop them: the log still says it."""
    with op.batch_alter_table("tips") as table:
        for name in ("assignee", "level", "paused", "read_position"):
            table.drop_column(name)
