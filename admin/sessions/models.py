"""The stored form of a staff session."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class StaffSession(Base):
    """A session's row: of no use without the cookie, and gone when the session ends.

    `wrapped` holds the member's seed and `keys` the card keys that the session
    was given, both boxed under keys that come from the cookie alone. Times are UTC.
    """

    __tablename__ = "staff_sessions"
    __table_args__ = (WITHOUT_ROWID,)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    member_id: Mapped[str] = mapped_column(index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    wrapped: Mapped[bytes]
    keys: Mapped[bytes]
