"""The stored form of the register's items. Whose they are, and what they answer, stands in the log alone."""

from datetime import date

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class InterferenceItem(Base):
    """A sealed entry, or a sealed answer."""

    __tablename__ = "interference_items"
    __table_args__ = (WITHOUT_ROWID,)

    item_id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    day: Mapped[date]
    sealed: Mapped[bytes]


class InterferenceSlip(Base):
    """What lets one desk open it, under the keeper's lock."""

    __tablename__ = "interference_slips"
    __table_args__ = (WITHOUT_ROWID,)

    item_id: Mapped[bytes] = mapped_column(ForeignKey("interference_items.item_id"), primary_key=True)
    desk: Mapped[str] = mapped_column(primary_key=True)
    slip: Mapped[bytes]
