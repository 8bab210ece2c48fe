"""The stored form of a proposal."""

from datetime import date

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class ProposalRow(Base):
    """A half-signed statement, sealed to both who sign it. It has no effect before the keeper logs it whole.

    The row goes with the second signature, a refusal or a withdrawal.
    """

    __tablename__ = "proposals"
    __table_args__ = (WITHOUT_ROWID,)

    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    kind: Mapped[str]
    proposer: Mapped[str] = mapped_column(index=True)
    second: Mapped[str] = mapped_column(index=True)
    made_on: Mapped[date]  # UTC day
    sealed: Mapped[bytes]
