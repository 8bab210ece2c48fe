"""The stored form of a tip, its sealed items and their slips."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class Tip(Base):
    """A sealed tip. No column may name, place or time its reporter.

    `desk` and `state` are caches of the log; `tipline rebuild` makes them again.
    `marker` holds, sealed for the reporter, up to where they have read. `root`
    holds the tip's first tracking code, sealed under the one in force: always of
    one size, so that nobody can tell whether a code was replaced. It is empty in
    rows from before the column existed: those are under their first code still.
    """

    __tablename__ = "tips"
    __table_args__ = (WITHOUT_ROWID,)

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    locator: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    desk: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    state_record: Mapped[bytes | None]
    arrived_on: Mapped[date]  # UTC day
    due_on: Mapped[date]
    due_at: Mapped[datetime | None]  # a danger tip's due hour, until it is acknowledged
    card_group: Mapped[bytes | None] = mapped_column(LargeBinary(16), index=True)
    card_version: Mapped[int] = mapped_column(default=0)
    card_box: Mapped[bytes | None]
    marker: Mapped[bytes]
    root: Mapped[bytes] = mapped_column(default=b"")


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


class Slip(Base):
    """What lets one desk open an item, under the keeper's lock."""

    __tablename__ = "slips"
    __table_args__ = (WITHOUT_ROWID,)

    item_id: Mapped[bytes] = mapped_column(ForeignKey("items.id"), primary_key=True)
    desk: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int]
    slip: Mapped[bytes]
