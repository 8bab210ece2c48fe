"""Cases of tips, the tips that one statement of many names, the numbers of letters, epochs of card keys."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from crypto import canonical

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_EMPTY: Mapping[str, Any] = {
    "due": "",
    "paused_on": "",
    "level": 0,
    "level_on": "",
    "assignee": "",
    "outcome": "",
    "ending": "",
    "decided_by": [],
    "answered": False,
    "extended": False,
    "held": False,
    "links": [],
    "duplicate_of": "",
    "letter": "",
    "body": "",
    "umbrella": {},
}
"""A case as this version writes it, but for state and days: later code may have other fields."""

_WORKING_DAYS: Mapping[str, int] = {"received": 1, "screening": 1, "triage": 3}
_DAYS: Mapping[str, int] = {"need-more": 30, "outside-remit": 10}
"""The deadlines that were promised before this version; a closed tip had none."""

_ENDING: Mapping[str, str] = {"outside-remit": "outside-remit", "closed": "outside-remit"}
"""There was one way to an end."""


def upgrade() -> None:
    """Create the tables, and give the tips of before a case: their state, since their last entry.

    What is overdue then escalates at the first look, as it should have.
    """
    op.create_index(
        "ix_entries_tip",
        "entries",
        ["tip", "index"],
        sqlite_where=sa.text("tip != x''"),
        postgresql_where=sa.text("tip != ''"),
    )
    op.create_table(
        "mentions",
        sa.Column("tip", sa.LargeBinary(16), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("tip", "index", name="pk_mentions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "letters",
        sa.Column("year", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_letters"),
        sqlite_with_rowid=False,
    )
    op.add_column("tips", sa.Column("due", sa.String(), nullable=False, server_default=""))
    op.add_column("tips", sa.Column("file", sa.LargeBinary(), nullable=False, server_default=sa.text("''")))
    _fill(op.get_bind())
    # No desk had a second key before this version.
    with op.batch_alter_table("card_groups", table_kwargs={"sqlite_with_rowid": False}) as table:
        table.add_column(sa.Column("epoch", sa.Integer(), nullable=False, server_default="1"))
        table.drop_constraint("uq_card_groups_desk", type_="unique")
        table.create_unique_constraint("uq_card_groups_desk", ["desk", "excluded", "epoch"])


def _fill(connection: sa.Connection) -> None:
    tips = sa.table("tips", *map(sa.column, ("tip", "state", "due", "file")))
    entries = sa.table("entries", sa.column("tip"), sa.column("at"))
    newest = connection.scalar(sa.select(sa.func.max(entries.c.at))) or 0
    for tip, state in connection.execute(sa.select(tips.c.tip, tips.c.state)).all():
        at = connection.scalar(sa.select(sa.func.max(entries.c.at)).where(entries.c.tip == tip)) or newest
        since = datetime.fromtimestamp(at, UTC).date()
        due = _due(state, since)
        days = {"since": since.isoformat(), "due": due}
        file = canonical.encode({**_EMPTY, **days, "state": state, "ending": _ENDING.get(state, "")})
        connection.execute(sa.update(tips).where(tips.c.tip == tip).values(due=due, file=file))


def _due(state: str, since: date) -> str:
    if state in _DAYS:
        return (since + timedelta(days=_DAYS[state])).isoformat()
    if state not in _WORKING_DAYS:
        return ""
    day, left = since, _WORKING_DAYS[state]
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5  # no calendar had been set
    return day.isoformat()
