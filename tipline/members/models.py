"""Keys that wait for the statement that brings them into the roster."""

from datetime import date

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class NewKeys(Base):
    """The wrapped seed of an enrolment. It becomes the account's once the roster knows its signing key (hex).

    The row stands before the statement: a seed whose statement is logged must not be lost.
    """

    __tablename__ = "new_keys"
    __table_args__ = (WITHOUT_ROWID,)

    member_id: Mapped[str] = mapped_column(primary_key=True)
    signing_key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(unique=True)
    name_salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    wrapped: Mapped[bytes]
    made_on: Mapped[date]  # UTC day
