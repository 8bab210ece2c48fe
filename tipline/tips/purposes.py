"""Why a member reads: the list that a statement may name."""

from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """The purpose a reader signs."""

    TRIAGE = "triage"
    VERIFICATION = "verification"
    REPLY = "reply"
    HANDOVER = "handover"
    AUDIT = "audit"
    PROTECTION = "protection"


OF_CASES: Final = frozenset((Purpose.PROTECTION, Purpose.REPLY, Purpose.HANDOVER))
"""What a protection case is read for; a tip is never read for protection."""
