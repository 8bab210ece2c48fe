"""What the keeper has stated as alerts, how far it has looked, and which tips are decoys."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, empty: the first look begins with the last weeks of the log."""
    op.create_table(
        "alerts",
        sa.Column("index", sa.BigInteger(), nullable=False, autoincrement=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("rule", "member", "day", "tip")),
        sa.Column("review", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("index", name="pk_alerts"),
    )
    op.create_index("ix_alerts_review", "alerts", ["review", "index"])
    op.create_index("ix_alerts_rule", "alerts", ["rule", "member", "tip", "index"])
    op.create_table(
        "acts",
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("member", name="pk_acts"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "watched",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watched"),
    )
    op.create_table(
        "decoys",
        sa.Column("tip", sa.LargeBinary(16), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tip", name="pk_decoys"),
        sqlite_with_rowid=False,
    )
