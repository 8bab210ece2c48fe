"""What the list of 100,000 tips is counted and ordered by, and each member's saved views."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

HOUR = sa.text("due_at IS NOT NULL")
MESSAGE = sa.text("kind = 'message'")


def upgrade() -> None:
    """Replace two indexes by those that hold all that a question looks at; create the table."""
    op.drop_index("ix_tips_desk", "tips")
    op.drop_index("ix_tips_card_group", "tips")
    op.create_index(
        "ix_tips_listed",
        "tips",
        [
            *("desk", "card_group", "state", "assignee", "level"),
            *("paused", "due_on", "due_at", "arrived_on", "read_position"),
        ],
    )
    op.create_index("ix_tips_due", "tips", ["paused", "due_on", "id", "card_group", "state", "due_at"])
    op.create_index(
        "ix_tips_hour",
        "tips",
        ["due_at", "id", "card_group", "state", "paused"],
        sqlite_where=HOUR,
        postgresql_where=HOUR,
    )
    op.create_index(
        "ix_items_messages",
        "items",
        ["tip_id", "position"],
        sqlite_where=MESSAGE,
        postgresql_where=MESSAGE,
    )
    op.create_table(
        "saved_views",
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_saved_views"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Put the old indexes back; saved views are gone."""
    op.drop_table("saved_views")
    op.drop_index("ix_items_messages", "items")
    for name in ("ix_tips_hour", "ix_tips_due", "ix_tips_listed"):
        op.drop_index(name, "tips")
    op.create_index("ix_tips_card_group", "tips", ["card_group"])
    op.create_index("ix_tips_desk", "tips", ["desk"])
