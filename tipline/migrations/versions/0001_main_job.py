"""Tips, items, slips, directories, accounts, desk seals and staff sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of the main job."""
    _tips()
    _items()
    _staff()


def _tips() -> None:
    op.create_table(
        "tips",
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("locator", sa.LargeBinary(32), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_record", sa.LargeBinary(), nullable=True),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("card_group", sa.LargeBinary(16), nullable=True),
        sa.Column("card_version", sa.Integer(), nullable=False),
        sa.Column("card_box", sa.LargeBinary(), nullable=True),
        sa.Column("marker", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tips"),
        sa.UniqueConstraint("locator", name="uq_tips_locator"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tips_desk", "tips", ["desk"])
    op.create_index("ix_tips_card_group", "tips", ["card_group"])


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("tip_id", sa.LargeBinary(16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("claim_signature", sa.LargeBinary(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name="fk_items_tip_id_tips"),
        sa.UniqueConstraint("tip_id", "position", name="uq_items_tip_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "slips",
        sa.Column("item_id", sa.LargeBinary(16), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("slip", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", "desk", name="pk_slips"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_slips_item_id_items"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "directory_notes",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_directory_notes"),
        sqlite_with_rowid=False,
    )


def _staff() -> None:
    op.create_table(
        "accounts",
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_salt", sa.LargeBinary(16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "desk_seals",
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("desk", "epoch", "member_id", name="pk_desk_seals"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_staff_sessions"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_staff_sessions_member_id", "staff_sessions", ["member_id"])


def downgrade() -> None:
    """Drop what `upgrade` created."""
    for table in ("staff_sessions", "desk_seals", "accounts", "directory_notes", "slips", "items", "tips"):
        op.drop_table(table)
