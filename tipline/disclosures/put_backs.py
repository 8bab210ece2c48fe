"""What a custodian's session put back for a requester: kept until its window is over, and no longer.

It lies under the keeper's lock, the requester's and their desk's. The custodians' is off, so a copy that
outlived its window would be one lock short of what an identity has.
"""

from datetime import date

from sqlalchemy import BigInteger, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class PutBack(Base):
    """One per request. `last_day` is the UTC day on which its window closes."""

    __tablename__ = "put_backs"
    __table_args__ = (WITHOUT_ROWID,)

    request: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last_day: Mapped[date]
    sealed: Mapped[bytes]


def keep_put_back(session: Session, request: int, sealed: bytes, last_day: date) -> None:
    """Store what was put back; a later one takes the place of an earlier one."""
    session.merge(PutBack(request=request, last_day=last_day, sealed=sealed))


def find_put_back(session: Session, request: int) -> bytes | None:
    """What was put back for a request; None when nothing is there."""
    row = session.get(PutBack, request)
    return None if row is None else row.sealed


def drop_put_backs(session: Session, today: date) -> None:
    """Remove those whose window closed before this UTC day."""
    session.execute(delete(PutBack).where(PutBack.last_day < today))
