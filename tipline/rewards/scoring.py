"""The "major" test, the factors of a proposal, and the tier and amount that they suggest.

Source: docs/domain, "Reward": result, originality, completeness, risk, help.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from tipline.rewards.amounts import BASE


class Tier(StrEnum):
    """How heavy a reward is; each has its bounds in the rules."""

    ORDINARY = "ordinary"
    EVIL_FORCE = "evil-force"
    ORGANISED = "organised"
    EXCEPTIONAL = "exceptional"
    UMBRELLA = "umbrella"


class Factor(StrEnum):
    """What is scored, from 0 to `MOST_SCORE`."""

    RESULT = "result"
    ORIGINALITY = "originality"
    COMPLETENESS = "completeness"
    RISK = "risk"
    HELP = "help"


class Major(StrEnum):
    """What makes a lead a major one. At least one holds, or there is no reward."""

    ORGANISED = "organised"
    EVIL_FORCE = "evil-force"
    UMBRELLA = "umbrella"
    SERIOUS = "serious"
    WEAPONS = "weapons"
    ELECTION = "election"
    WIDE = "wide"


class Duty(StrEnum):
    """Whether it was the reporter's duty to report: an officer, or an official by office, has no reward."""

    NONE = "none"
    BOUND = "bound"


class Novelty(StrEnum):
    """What the authorities knew of the facts."""

    NEW = "new"
    ADDED = "added"
    """Another linked tip came first, and this one added facts: it has a share."""
    KNOWN = "known"
    """Known already, or rewarded already: no reward."""


MOST_SCORE: Final = 3
EXCEPTIONAL_SCORE: Final = 13
"""From this sum on a lead on an organised-crime group is exceptional; 15 is the most."""

BOUNDS: Final[Mapping[Tier, tuple[int, int]]] = {
    Tier.ORDINARY: (500, 5_000),
    Tier.EVIL_FORCE: (10_000, 30_000),
    Tier.ORGANISED: (30_000, 100_000),
    Tier.EXCEPTIONAL: (100_000, 500_000),
    Tier.UMBRELLA: (5_000, 30_000),
}
"""The smallest and the largest amount of each tier, in yuan."""


def suggested_tier(major: Collection[Major], scores: Mapping[Factor, int]) -> Tier:
    """The tier that the major test and the scores suggest; the approver decides."""
    if Major.ORGANISED in major:
        return Tier.EXCEPTIONAL if sum(scores.values()) >= EXCEPTIONAL_SCORE else Tier.ORGANISED
    if Major.EVIL_FORCE in major:
        return Tier.EVIL_FORCE
    return Tier.UMBRELLA if Major.UMBRELLA in major else Tier.ORDINARY


def suggested_amount(bounds: tuple[int, int], scores: Mapping[Factor, int]) -> int:
    """Where in a tier's bounds the scores lie, rounded down to `BASE`; never below the lower bound."""
    low, high = bounds
    most = MOST_SCORE * len(Factor)
    return max(low, (low + (high - low) * sum(scores.values()) // most) // BASE * BASE)
