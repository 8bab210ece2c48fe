"""Enrolment links, and keys that wait for a registrar to compare their fingerprint."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "enrolments",
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_salt", sa.LargeBinary(16), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("conflicts", sa.String(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("signing_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_enrolments"),
        sa.UniqueConstraint("token_hash", name="uq_enrolments_token_hash"),
        sa.UniqueConstraint("name", name="uq_enrolments_name"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop it: links that were given out lead nowhere afterwards."""
    op.drop_table("enrolments")
