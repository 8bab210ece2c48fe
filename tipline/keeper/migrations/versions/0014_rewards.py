"""Awards, budgets, mint keys, vouchers that were presented, their pickup codes, wrong codes of a day."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, empty: nobody had a reward before. Row numbers would tell an order: none has any."""
    _awards()
    _vouchers()


def _awards() -> None:
    op.create_table(
        "awards",
        sa.Column("tip", sa.LargeBinary(16), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tip", name="pk_awards"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_awards_index", "awards", ["index"])
    op.create_index("ix_awards_state", "awards", ["state", "index"])
    op.create_table(
        "budgets",
        sa.Column("year", sa.Integer(), nullable=False, autoincrement=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("amount", "granted", "returned")),
        sa.PrimaryKeyConstraint("year", name="pk_budgets"),
        sqlite_with_rowid=False,
    )


def _vouchers() -> None:
    op.create_table(
        "mint_keys",
        *(sa.Column(name, sa.Integer(), nullable=False, autoincrement=False) for name in ("year", "value")),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in (
                *("minted", "awards", "presented", "paid"),
                *("opened", "expired", "returned", "overdrawn"),
            )
        ),
        sa.PrimaryKeyConstraint("year", "value", name="pk_mint_keys"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "vouchers",
        sa.Column("spent", sa.LargeBinary(32), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("year", "value", "attempt")),
        sa.Column("pickup", sa.LargeBinary(16), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("point", "until", "first", "second", "first_day", "paid_day", "day")
        ),
        sa.PrimaryKeyConstraint("spent", name="pk_vouchers"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pickups",
        sa.Column("pickup", sa.LargeBinary(16), nullable=False),
        sa.Column("spent", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("pickup", name="pk_pickups"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tries",
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member", name="pk_tries"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reward_days",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reward_days"),
        sqlite_with_rowid=False,
    )
