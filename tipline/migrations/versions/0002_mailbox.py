"""The box that leads from the tracking code in force to a tip's first one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column.

    It stays empty in the rows that are there: the box can be made with the code
    alone, which nobody here has. Such a tip is under its first code until its
    reporter replaces it.
    """
    # SQLite keeps '' as a text; PostgreSQL reads x'' as bits.
    empty = "x''" if op.get_bind().dialect.name == "sqlite" else "''"
    op.add_column("tips", sa.Column("root", sa.LargeBinary(), nullable=False, server_default=sa.text(empty)))


def downgrade() -> None:
    """Drop the column. Mailboxes whose code was replaced do not open without it."""
    op.drop_column("tips", "root")
