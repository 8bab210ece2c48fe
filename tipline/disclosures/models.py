"""The stored form of what the keeper signs for a mailbox when a disclosure was approved."""

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class ToldDisclosure(Base):
    """A note for the mailbox of a tip: that its reporter's name may be looked at, or could be.

    Whoever shows it checks the keeper's signature: the row proves nothing. `position` is its place among the
    tip's items, by which the reporter's marker says whether it was read.
    """

    __tablename__ = "told_disclosures"
    __table_args__ = (WITHOUT_ROWID,)

    request: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    tip_id: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    position: Mapped[int]
    note: Mapped[bytes]
