"""The stored form of a code sheet: everything of its code but the code."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class Sheet(Base):
    """A printed sheet. Whoever holds this row can seal to its reporter and open nothing.

    `record` is the keeper's, of the statement of the member who printed it; it commits to all other columns
    but the day. Once a tip was entered under the number, the row holds the number alone: nothing then leads
    from a sheet of paper to a tip.
    """

    __tablename__ = "sheets"
    __table_args__ = (WITHOUT_ROWID,)

    number: Mapped[str] = mapped_column(String(9), primary_key=True)
    printed_on: Mapped[date]  # UTC day
    used: Mapped[bool] = mapped_column(default=False)
    tip_id: Mapped[bytes]
    locator: Mapped[bytes]
    recipient: Mapped[bytes]
    claim: Mapped[bytes]
    marker: Mapped[bytes]
    root: Mapped[bytes]
    record: Mapped[bytes]
