"""The stored form of a member's account and of the desk seeds they hold."""

from datetime import date

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class Account(Base):
    """A member's name and wrapped seed. It grants nothing: the roster does.

    `wrapped` opens to 32 bytes of seed and 20 of the one-time codes' secret; empty, it
    opens to nothing. The log knows the name by SHA-256(name_salt ‖ name).
    """

    __tablename__ = "accounts"
    __table_args__ = (WITHOUT_ROWID,)

    member_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    name_salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    wrapped: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(default=0)  # the one-time code's last used time step
    last_seen_on: Mapped[date | None] = mapped_column(default=None)  # UTC day; tells who has gone dormant


class DeskSeal(Base):
    """A desk's seed, sealed to one of its members."""

    __tablename__ = "desk_seals"
    __table_args__ = (WITHOUT_ROWID,)

    desk: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member_id: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
