"""The stored form of a tip, its sealed items and their slips."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class Tip(Base):
    """A sealed tip. No column may name, place or time its reporter.

    `desk`, `state`, `due_on`, `assignee`, `level` and `paused` are caches of the log (written by
    `tipline.tips.columns`); `tipline rebuild` makes them again.
    `marker` holds, sealed for the reporter, up to where they have read. `root`
    holds the tip's first tracking code, sealed under the one in force: always of
    one size, so that nobody can tell whether a code was replaced. It is empty in
    rows from before the column existed: those are under their first code still.
    """

    __tablename__ = "tips"
    __table_args__ = (WITHOUT_ROWID,)

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    locator: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    desk: Mapped[str]
    state: Mapped[str]
    state_record: Mapped[bytes | None]
    arrived_on: Mapped[date]  # UTC day
    due_on: Mapped[date]
    due_at: Mapped[datetime | None]  # a danger tip's due hour, until it is acknowledged
    assignee: Mapped[str] = mapped_column(default="", server_default="")  # a member's id
    level: Mapped[int] = mapped_column(default=0, server_default="0")  # to whom a missed deadline went
    paused: Mapped[bool] = mapped_column(default=False, server_default=false())
    read_position: Mapped[int] = mapped_column(default=-1, server_default="-1")  # how far a desk has read
    card_group: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    card_version: Mapped[int] = mapped_column(default=0)
    card_box: Mapped[bytes | None]
    marker: Mapped[bytes]
    root: Mapped[bytes] = mapped_column(default=b"")


# Each holds all that its question looks at, so that 100,000 rows are counted or ordered without being read.
Index(
    "ix_tips_listed",
    *(Tip.desk, Tip.card_group, Tip.state, Tip.assignee, Tip.level),
    *(Tip.paused, Tip.due_on, Tip.due_at, Tip.arrived_on, Tip.read_position),
)
Index("ix_tips_due", Tip.paused, Tip.due_on, Tip.id, Tip.card_group, Tip.state, Tip.due_at)
Index(
    "ix_tips_hour",
    *(Tip.due_at, Tip.id, Tip.card_group, Tip.state, Tip.paused),
    sqlite_where=Tip.due_at.is_not(None),
    postgresql_where=Tip.due_at.is_not(None),
)


class Item(Base):
    """A sealed item of a tip; a file's bytes lie in the files folder instead.

    `claim_signature` is the reporter's, `record` the keeper's; each item has
    one of the two, and nothing follows from an item without it.
    """

    __tablename__ = "items"
    __table_args__ = (UniqueConstraint("tip_id", "position"), WITHOUT_ROWID)

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    tip_id: Mapped[bytes] = mapped_column(ForeignKey("tips.id"))
    position: Mapped[int]
    kind: Mapped[str]
    day: Mapped[date]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed: Mapped[bytes | None]
    claim_signature: Mapped[bytes] = mapped_column(default=b"")
    record: Mapped[bytes] = mapped_column(default=b"")


Index(
    "ix_items_messages",
    *(Item.tip_id, Item.position),
    sqlite_where=Item.kind == "message",
    postgresql_where=Item.kind == "message",
)


class Slip(Base):
    """What lets one desk open an item, under the keeper's lock."""

    __tablename__ = "slips"
    __table_args__ = (WITHOUT_ROWID,)

    item_id: Mapped[bytes] = mapped_column(ForeignKey("items.id"), primary_key=True)
    desk: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int]
    slip: Mapped[bytes]
