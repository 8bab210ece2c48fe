"""Letters are numbered by each desk; tips by assignee; what a case remembers of pauses and of waiting."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from crypto import canonical

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEW: Mapping[str, Any] = {"paused_days": 0, "heard": False, "triage_due": "", "triage_level": 0}
"""What a case has from this version on."""


def upgrade() -> None:
    """Count letters by desk, as the log has them, and give every case the new fields.

    A clock that stands still already is looked at from now on: its pause has an end.
    """
    connection = op.get_bind()
    op.drop_table("letters")
    letters = op.create_table(
        "letters",
        sa.Column("year", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", "desk", name="pk_letters"),
        sqlite_with_rowid=False,
    )
    given = list(_given(connection))
    counts = {(year, desk): 0 for _, desk, year, _ in given}
    for _, desk, year, count in given:
        counts[year, desk] = max(count, counts[year, desk])
    rows = [{"year": year, "desk": desk, "count": count} for (year, desk), count in counts.items()]
    if rows:
        op.bulk_insert(letters, rows)
    op.add_column("tips", sa.Column("assignee", sa.String(), nullable=False, server_default=""))
    _fill(connection, {tip: desk for tip, desk, _, _ in given})
    op.create_index(
        "ix_tips_assignee",
        "tips",
        ["assignee"],
        sqlite_where=sa.text("assignee != ''"),
        postgresql_where=sa.text("assignee != ''"),
    )


def _given(connection: sa.Connection) -> Iterator[tuple[str, str, int, int]]:
    """The letters in the order of the log: tip (hex), desk, year, number."""
    entries = sa.table("entries", *map(sa.column, ("index", "type", "outcome", "entry")))
    moves = sa.select(entries.c.entry).where(entries.c.type == "move", entries.c.outcome == "done")
    for (entry,) in connection.execute(moves.order_by(entries.c.index)):
        body = json.loads(entry)["body"]
        number = body.get("detail", {}).get("number")
        if number:
            year, count = map(int, number.split("-"))
            yield body["tip"], body["desk"], year, count


def _fill(connection: sa.Connection, desks: Mapping[str, str]) -> None:
    tips = sa.table("tips", *map(sa.column, ("tip", "due", "file", "assignee")))
    for tip, due, file in connection.execute(sa.select(tips.c.tip, tips.c.due, tips.c.file)).all():
        case = {**canonical.decode(file), **_NEW, "letter_desk": desks.get(tip.hex(), "")}
        looked_at = min(filter(None, (due, case["paused_on"])), default="")
        values = {"file": canonical.encode(case), "due": looked_at, "assignee": case["assignee"]}
        connection.execute(sa.update(tips).where(tips.c.tip == tip).values(values))
