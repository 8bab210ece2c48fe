"""Why the keeper refuses: one vocabulary for its entries, its answers and whoever explains them."""

from enum import StrEnum


class Reason(StrEnum):
    """The reason that stands in a refused entry."""

    MALFORMED = "malformed"
    """Not a statement of this log, or a body of the wrong shape."""
    TOO_LARGE = "too-large"
    """Longer than a statement may be; only its hash is in the log."""
    BAD_SIGNATURE = "bad-signature"
    UNKNOWN_MEMBER = "unknown-member"
    REMOVED_MEMBER = "removed-member"
    STALE = "stale"
    """More than two minutes away from the keeper's clock."""
    REPLAYED = "replayed"
    TOO_MANY = "too-many"
    DESK_NOT_HELD = "desk-not-held"
    EXCLUDED = "excluded"
    """A unit of the signer is excluded by the latest route."""
    NOT_ALLOWED = "not-allowed"
    TWO_SIGNATURES = "two-signatures"
    UNKNOWN_TIP = "unknown-tip"
    POLICY_MISMATCH = "policy-mismatch"
    """A slip is not for what the statement names."""
    ITEM_MISMATCH = "item-mismatch"
    """Hash, claim key, kind or route differ from what was first seen."""
    CLAIM_SIGNATURE = "claim-signature"
    """The reporter did not sign this item."""
    GROUP_EXISTS = "group-exists"
    TIP_EXISTS = "tip-exists"
    """An entry for a tip that is known already."""
