"""Types of statements that are asked for together. Their names are no type's: none begins so."""

from collections.abc import Mapping
from typing import Final

from tipline.lookups.facets import Facets
from tipline.roster.changes import CHANGES

ROSTER: Final = "all-roster"
"""What changes the roster."""
EXPORTS: Final = "all-exports"
"""What takes much out of the service: of the log, and of tips to another body."""
JOINT: Final = "all-joint"
"""What two or more people signed, whatever it is."""
ALERTS: Final = "all-alerts"
"""Alerts, what was found of them, and what they rest on."""
STEPS: Final = "all-steps"
"""What moves a tip on, or changes who may read it."""
REWARDS: Final = "all-rewards"
"""All about rewards: steps of awards, budgets, keys, what was minted and presented, payments."""
COUNTER: Final = "all-counter-entries"
"""What takes something of a reward back, or changes it afterwards."""

TYPES_OF: Final[Mapping[str, tuple[str, ...]]] = {
    ROSTER: tuple(sorted(("genesis", *CHANGES))),
    EXPORTS: ("audit-all", "evidence", "export", "packet", "report"),
    ALERTS: ("alert", "alert-answer", "alert-ask", "alert-review", "alert-rules", "decoy"),
    STEPS: (
        *("checked-in", "close-spam", "entry", "erase", "extend", "hold", "link", "missed", "move", "pause"),
        *("pause-end", "received", "resume", "route", "silence", "umbrella", "umbrella-step", "unhold"),
        *("unlink", "watch"),
    ),
    REWARDS: (
        *("key-expired", "mint-keys", "pay", "pay-look", "pay-named", "pay-undo", "pickup-list", "point"),
        *("reward-approval", "reward-budget", "reward-cancel", "reward-check", "reward-day"),
        *("reward-expired", "reward-extend", "reward-grant", "reward-named", "reward-open"),
        *("reward-proposal", "reward-rules"),
    ),
    COUNTER: ("key-expired", "pay-undo", "reward-cancel", "reward-expired", "reward-extend"),
}
"""The groups that are lists of types."""
GROUPS: Final = (*TYPES_OF, JOINT)


def is_of(facets: Facets, asked: str) -> bool:
    """Whether an entry is of a type, or of a group of types."""
    if asked == JOINT:
        return bool(facets.also)
    return facets.type in TYPES_OF.get(asked, (asked,))
