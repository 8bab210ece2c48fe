"""How old a statement may be when the keeper decides it.

What one person signs is decided in the same moment. What several must sign waits until the last of them has
signed the same bytes; meanwhile it lies sealed (`tipline.proposals`), and its nonce is remembered as long.
"""

from collections.abc import Mapping
from typing import Any, Final

FRESH_SECONDS: Final = 120
JOINT_SECONDS: Final = 3 * 24 * 60 * 60

ALONE: Final = frozenset(
    (
        *("read", "list", "card-group", "reply", "note", "tags", "sheets", "entry", "audit", "export"),
        *("accused", "identity"),
        *("audit-all", "evidence", "genesis", "unreadable", "log-key", "search"),
        *("disclosure", "disclosure-decision", "disclosure-unlock", "disclosure-view", "disclosure-lapse"),
        *("alert", "alert-review", "alert-ask", "alert-answer", "decoy", "report"),
        *("interference", "interference-answer"),
        *("reward-proposal", "reward-check", "reward-approval", "reward-grant", "reward-extend"),
        *("reward-expired", "reward-named", "reward-day", "key-expired", "pay-look", "pay", "pay-named"),
    )
)
"""What no two people sign together; the rules refuse it. Most of a log, so nobody looks for it there."""


def oldest(body: Mapping[str, Any]) -> int:
    """How many seconds may lie between a statement and the keeper's decision."""
    return JOINT_SECONDS if is_joint(body) else FRESH_SECONDS


def is_joint(body: Mapping[str, Any]) -> bool:
    """Whether several people state this, one after the other."""
    return len(body["by"]) > 1 and body["type"] not in ALONE
