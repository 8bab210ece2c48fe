"""The stored directories, each signed by the keeper."""

from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class DirectoryNote(Base):
    """A signed directory, as the keeper gave it."""

    __tablename__ = "directory_notes"
    __table_args__ = (WITHOUT_ROWID,)

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[bytes]
