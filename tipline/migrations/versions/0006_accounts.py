"""Days on which members were seen, ids by which sessions are ended, sign-ins that wait for a passkey."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new. Sessions end, since they have no such id: one signs in anew."""
    op.add_column("accounts", sa.Column("last_seen_on", sa.Date(), nullable=True))
    op.execute("DELETE FROM staff_sessions")
    op.add_column("staff_sessions", sa.Column("public_id", sa.String(16), nullable=False, server_default=""))
    op.create_table(
        "staff_sign_ins",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_staff_sign_ins"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_staff_sign_ins_member_id", "staff_sign_ins", ["member_id"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("staff_sign_ins")
    op.drop_column("staff_sessions", "public_id")
    op.drop_column("accounts", "last_seen_on")
