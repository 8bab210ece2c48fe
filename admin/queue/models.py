"""The stored form of a member's saved views."""

from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class SavedViews(Base):
    """All views that a member keeps, in one box: they name units."""

    __tablename__ = "saved_views"
    __table_args__ = (WITHOUT_ROWID,)

    member_id: Mapped[str] = mapped_column(primary_key=True)
    box: Mapped[bytes]
