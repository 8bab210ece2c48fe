"""The stored form of a staff session."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class StaffSession(Base):
    """A session's row: of no use without the cookie, and gone when the session ends.

    `wrapped` holds the member's seed and `keys` the card keys that the session
    was given, both boxed under keys that come from the cookie alone. `public_id`
    names it where its member ends it. Times are UTC.
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
    public_id: Mapped[str] = mapped_column(String(16), default="")


class SignInUnderWay(Base):
    """A sign-in whose password was right and whose passkey has not answered yet: a few minutes, once.

    `wrapped` holds the member's seed, boxed under a key that only the page in the browser holds.
    """

    __tablename__ = "staff_sign_ins"
    __table_args__ = (WITHOUT_ROWID,)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    member_id: Mapped[str] = mapped_column(index=True)
    started_at: Mapped[datetime]
    wrapped: Mapped[bytes]
