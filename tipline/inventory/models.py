"""The stored form of what the keeper signs for a mailbox each night."""

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class Receipt(Base):
    """Two notes for the mailbox of a tip: that it is held, and how often who read it.

    Whoever shows them checks the keeper's signature: the row proves nothing.
    """

    __tablename__ = "receipts"
    __table_args__ = (WITHOUT_ROWID,)

    tip_id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    receipt: Mapped[bytes]
    counts: Mapped[bytes]
