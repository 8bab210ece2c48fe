"""The stored form of an enrolment."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from tipline.database import WITHOUT_ROWID, Base


class Enrolment(Base):
    """A link that waits for its person, then keys that wait for their registrar.

    It grants nothing: the log knows neither the person nor the keys until a registrar has compared the
    fingerprint and signed. `token_hash` is the SHA-256 of the link's token and none once it was used;
    `wrapped`, `recipient` and `signing_key` are empty until then. `conflicts` are units with spaces between.
    """

    __tablename__ = "enrolments"
    __table_args__ = (WITHOUT_ROWID,)

    member_id: Mapped[str] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    name_salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    unit: Mapped[str]
    conflicts: Mapped[str]
    ends_at: Mapped[datetime]
    wrapped: Mapped[bytes]
    recipient: Mapped[str]
    signing_key: Mapped[bytes]
