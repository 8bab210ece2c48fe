"""Where requests for identities stand."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TEXTS = frozenset(("requester", "desk", "ground", "tell", "body", "letter", "due", "state", "approver"))
_BYTES = {
    "tip": 16,
    "item": 16,
    "digest": 32,
    "reason": 16,
    "reason_hash": 32,
    "answer": 16,
    "answer_hash": 32,
}
_SMALL = frozenset(("epoch", "hours", "emergency"))
_COLUMNS = (
    *("requester", "desk", "tip", "item", "digest", "epoch", "ground", "hours", "tell", "emergency"),
    *("reason", "reason_hash", "body", "letter", "asked", "due", "state", "decided", "decided_at"),
    *("approver", "answer", "answer_hash", "opens", "until", "views"),
)


def upgrade() -> None:
    """Create the table, empty: nobody could ask for an identity before."""
    op.create_table(
        "disclosures",
        sa.Column("index", sa.BigInteger(), nullable=False, autoincrement=False),
        *(sa.Column(name, _kind(name), nullable=False) for name in _COLUMNS),
        sa.PrimaryKeyConstraint("index", name="pk_disclosures"),
    )
    op.create_index("ix_disclosures_state", "disclosures", ["state", "index"])
    op.create_index("ix_disclosures_requester", "disclosures", ["requester", "index"])
    op.create_index("ix_disclosures_reason", "disclosures", ["reason"])
    op.create_index("ix_disclosures_answer", "disclosures", ["answer"])


def _kind(name: str) -> sa.String | sa.LargeBinary | sa.Integer:
    if name in _TEXTS:
        return sa.String()
    if name in _BYTES:
        return sa.LargeBinary(_BYTES[name])
    return sa.Integer() if name in _SMALL else sa.BigInteger()
