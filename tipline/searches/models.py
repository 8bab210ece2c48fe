"""The stored form of what was searched for."""

from datetime import date

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class Search(Base):
    """Words under the auditors' key and the keeper's lock. Whose they are stands in the log alone."""

    __tablename__ = "searches"
    __table_args__ = (WITHOUT_ROWID,)

    item_id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    day: Mapped[date]
    sealed: Mapped[bytes]
    slip: Mapped[bytes]
