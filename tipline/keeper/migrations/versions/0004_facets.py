"""What auditors filter and count entries by."""

from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from crypto.errors import BadFormat
from crypto.statements import Entry
from tipline.lookups.facets import facets_of

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PAGE: Final = 5_000
_NAMES: Final = ("type", "member", "also", "desk", "purpose", "reason")


def upgrade() -> None:
    """Create the table and fill it from what there is; index tips so that a bound id finds them."""
    op.drop_index("ix_entries_tip", "entries")
    op.create_index("ix_entries_tip", "entries", ["tip", "index"])
    facets = op.create_table(
        "facets",
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in _NAMES),
        sa.PrimaryKeyConstraint("hour", "index", name="pk_facets"),
        sqlite_with_rowid=False,
    )
    for rows in filter(None, _filled(op.get_bind())):
        op.bulk_insert(facets, rows)


def _filled(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    entries = sa.table("entries", *map(sa.column, ("index", "entry")))
    after = -1
    while True:
        page = connection.execute(
            sa.select(entries.c.index, entries.c.entry)
            .where(entries.c.index > after, entries.c.entry != b"")
            .order_by(entries.c.index)
            .limit(_PAGE)
        ).all()
        if not page:
            return
        yield [row for index, data in page for row in _row(index, data)]
        after = page[-1][0]


def _row(index: int, data: bytes) -> Iterator[dict[str, Any]]:
    try:
        yield {"index": index, **vars(facets_of(Entry.decode(data)))}
    except BadFormat:
        return  # somebody wrote over it: the start and every verification say so, and nothing finds it
