"""What two people sign one after the other, and keys that wait for the statement that brings them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "proposals",
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("proposer", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_proposals_proposer", "proposals", ["proposer"])
    op.create_index("ix_proposals_second", "proposals", ["second"])
    op.create_table(
        "new_keys",
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("signing_key", sa.String(64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_salt", sa.LargeBinary(16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_new_keys"),
        sa.UniqueConstraint("name", name="uq_new_keys_name"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop them: what was not signed by both has no effect, and is proposed again."""
    op.drop_table("new_keys")
    op.drop_table("proposals")
