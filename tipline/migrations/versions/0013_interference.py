"""The interference register: sealed entries and answers."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "interference_items",
        sa.Column("item_id", sa.LargeBinary(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name="pk_interference_items"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "interference_slips",
        sa.Column("item_id", sa.LargeBinary(16), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("slip", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["interference_items.item_id"],
            name="fk_interference_slips_item_id_interference_items",
        ),
        sa.PrimaryKeyConstraint("item_id", "desk", name="pk_interference_slips"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop them: the statements stay, what they name is gone."""
    op.drop_table("interference_slips")
    op.drop_table("interference_items")
