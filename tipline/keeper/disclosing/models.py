"""Where each request for an identity stands. Its rows count only with their digests."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from tipline.keeper.models import metadata

disclosures = Table(
    "disclosures",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),  # of the request in the log
    Column("requester", String, nullable=False),
    Column("desk", String, nullable=False),
    Column("tip", LargeBinary(16), nullable=False),
    Column("item", LargeBinary(16), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("epoch", Integer, nullable=False),  # which of the desk's keys the identity's slip is for
    Column("ground", String, nullable=False),
    Column("hours", Integer, nullable=False),
    Column("tell", String, nullable=False),
    Column("emergency", Integer, nullable=False),  # 0 or 1
    Column("reason", LargeBinary(16), nullable=False),  # the item that holds it
    Column("reason_hash", LargeBinary(32), nullable=False),
    Column("body", String, nullable=False),
    Column("letter", String, nullable=False),
    Column("asked", BigInteger, nullable=False),  # Unix seconds, like all moments here
    Column("due", String, nullable=False),  # the last day (UTC) for a decision
    Column("state", String, nullable=False),
    Column("decided", BigInteger, nullable=False),  # the index of the decision; -1 before
    Column("decided_at", BigInteger, nullable=False),
    Column("approver", String, nullable=False),
    Column("answer", LargeBinary(16), nullable=False),  # the item with the decision's reason; empty before
    Column("answer_hash", LargeBinary(32), nullable=False),
    Column("opens", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("views", BigInteger, nullable=False),
    Index("ix_disclosures_state", "state", "index"),
    Index("ix_disclosures_requester", "requester", "index"),
    Index("ix_disclosures_reason", "reason"),
    Index("ix_disclosures_answer", "answer"),
)
