"""Why a member reads: the list that a statement may name."""

from enum import StrEnum


class Purpose(StrEnum):
    """The purpose a reader signs."""

    TRIAGE = "triage"
    VERIFICATION = "verification"
    REPLY = "reply"
    HANDOVER = "handover"
    AUDIT = "audit"
