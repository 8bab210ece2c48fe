"""What two people agree on: sealed reasons, and what a custodian's session put back."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "disclosure_reasons",
        sa.Column("item_id", sa.LargeBinary(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name="pk_disclosure_reasons"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "disclosure_reason_slips",
        sa.Column("item_id", sa.LargeBinary(16), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("slip", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["disclosure_reasons.item_id"],
            name="fk_disclosure_reason_slips_item_id_disclosure_reasons",
        ),
        sa.PrimaryKeyConstraint("item_id", "desk", name="pk_disclosure_reason_slips"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "put_backs",
        sa.Column("request", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("request", name="pk_put_backs"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop them: the statements stay, their reasons and open windows are gone."""
    op.drop_table("put_backs")
    op.drop_table("disclosure_reason_slips")
    op.drop_table("disclosure_reasons")
