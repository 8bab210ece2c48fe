"""The stored form of what is told of an award, and of what its reporter collected."""

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class AwardTold(Base):
    """The log's signed record of how the award of a tip stands. A row without a good record tells nothing."""

    __tablename__ = "awards_told"
    __table_args__ = (WITHOUT_ROWID,)

    tip: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    record: Mapped[bytes]


class Collected(Base):
    """The blind signatures of a collected award, sealed to its reporter and of one size.

    A lost row loses nothing: collecting again brings the same signatures.
    """

    __tablename__ = "collected"
    __table_args__ = (WITHOUT_ROWID,)

    tip: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    sealed: Mapped[bytes]
